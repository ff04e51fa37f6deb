"""How do the designed parts look: letterhead and a QR code with its caption?"""

from collections.abc import Sequence
from typing import Protocol

from campaigns.letter import LetterContent
from layouts.din5008 import PAGE_WIDTH, Form
from layouts.style import BLACK, Cmyk, Letterhead, Style
from layouts.text import Heading, Line, Paragraph, Placeholder, QrCode
from letters.blocks import Galley, Scale
from letters.errors import UnprintableLetter, UnusableFile
from letters.fonts import SOFT_HYPHEN, regular, semibold
from letters.page import PAPER, POINT, Drawing
from letters.typeset import Setter, Type
from letters.word import Values


def plain(line: Line, values: Values) -> str:
    """A line as plain text, for lines that are never broken."""
    return "".join(values[run.name] if isinstance(run, Placeholder) else run.text for run in line).replace(SOFT_HYPHEN, "")


EDGE = 8.0
"""Millimetres of white around the art: office printers and letter services print no closer to the edge than 5."""
_HEIGHT = {Letterhead.BAND: 20.0, Letterhead.RULE: 24.0, Letterhead.STRIPE: 22.0, Letterhead.CENTRED: 24.0, Letterhead.NONE: 24.0}
"""Millimetres from the white edge to the end of the art, where the form has room for it."""
_STRIPE = 3.0
_CLEAR = 5.0
"""Millimetres between letterhead and window."""
_NAME_PT = {Letterhead.BAND: 21.0, Letterhead.RULE: 17.0, Letterhead.STRIPE: 20.0, Letterhead.CENTRED: 22.0}
_NOTE_PT, _NOTE_ROOM = 9.5, 6.0
"""Points of the note beside or below the name; millimetres that it takes below a logo."""


class Code(Protocol):
    """A kind of QR code at its size, in points."""

    size: float
    quiet: float

    def draw(self, drawing: Drawing, x: float, y: float, token: str) -> None:
        """Draw the symbol with its top-left corner at x, y; the quiet zone around it is the caller's to keep."""


class QrBlock:
    """The code that leads to the shop with its caption beside it, both on one middle line."""

    def __init__(self, block: QrCode, code: Code, setter: Setter, scale: Scale, measure: float) -> None:
        self._code = code
        self._x = code.size + code.quiet + 6
        self._parts = []
        for part in block.caption:
            type_ = scale.subheading if isinstance(part, Heading) else scale.body
            lines = (part.line,) if isinstance(part, Heading) else part.lines
            self._parts.append((setter.compile(lines, type_, measure - self._x), type_, setter.select(type_)))
        self.names = tuple(dict.fromkeys(name for compiled, _, _ in self._parts for name in compiled.names))
        self.before = max(0.0, 14 - code.quiet)

    def set(self, content: LetterContent) -> Galley:
        """See ``Block.set``."""
        parts = [(compiled.set(content.values), type_, font) for compiled, type_, font in self._parts]
        text_height = sum(len(codes) * type_.leading for codes, type_, _ in parts)
        height = max(self._code.size + 2 * self._code.quiet, text_height)
        drawing = Drawing()
        self._code.draw(drawing, 0, (height - self._code.size) / 2, content.token)
        y = (height - text_height) / 2
        for codes, type_, font in parts:
            drawing.lines(self._x, y + type_.baseline, font, type_.leading, codes)
            y += len(codes) * type_.leading
        return Galley(height, drawing.art, texts=drawing.texts)


def art_bottom(style: Style, form: Form) -> float:
    """Where the letterhead ends, in millimetres from the top of the sheet."""
    return EDGE + min(_HEIGHT[style.letterhead], form.letterhead.height - EDGE - _CLEAR)


def logo_place(style: Style, form: Form, width: float) -> tuple[float, float]:
    """Where the top-left corner of a logo stands that is ``width`` mm wide; raises UnusableFile where it has no room."""
    height, bottom = style.logo_height, art_bottom(style, form)
    match style.letterhead:
        case Letterhead.BAND:
            top, most = (EDGE + bottom - height) / 2, bottom - EDGE - 2
        case Letterhead.STRIPE:
            top, most = bottom - height, bottom - EDGE - _STRIPE - 2
        case Letterhead.RULE:
            top, most = bottom - 3 - height, bottom - EDGE - 3
        case Letterhead.CENTRED:
            top, most = (EDGE + bottom - _NOTE_ROOM - height) / 2, bottom - EDGE - _NOTE_ROOM
        case Letterhead.NONE:
            top, most = (EDGE + bottom - height) / 2, bottom - EDGE
    if height > most:
        raise UnusableFile(f"the logo is {height:g} mm high, but the letterhead {style.letterhead.value!r} has room for {most:.0f}: set 'logo_height' to that.")
    if width > form.body.width:
        raise UnusableFile(f"the logo would be {width:.0f} mm wide, the text is {form.body.width:g}: make 'logo_height' smaller.")
    centred = style.letterhead is Letterhead.CENTRED
    return (PAGE_WIDTH - width) / 2 if centred else form.body.x, top


def letterhead(paragraphs: Sequence[Paragraph], values: Values, setter: Setter, style: Style, form: Form) -> str:
    """The head of page 1, drawn from the page's top-left corner; the name at the left (or the logo, see ``logo_place``), a second paragraph at the right."""
    if style.letterhead is Letterhead.NONE:
        return ""
    texts = [" ".join(plain(line, values) for line in paragraph.lines) for paragraph in paragraphs]
    name, note = [*texts, "", ""][:2]
    return _Head(setter, style, form).drawn("" if style.logo else name, note)


class _Head:
    """One letterhead; lengths in points."""

    def __init__(self, setter: Setter, style: Style, form: Form) -> None:
        self._setter, self._style = setter, style
        self._left, self._right = form.body.x * POINT, form.body.right * POINT
        self._top, self._bottom = EDGE * POINT, art_bottom(style, form) * POINT
        self._name_type = Type(semibold(style.heading_font), _NAME_PT[style.letterhead], 24)
        self._note_type = Type(regular(style.font), _NOTE_PT, 12)
        self._drawing = Drawing()

    def drawn(self, name: str, note: str) -> str:
        drawing, style = self._drawing, self._style
        wide = (PAGE_WIDTH - 2 * EDGE) * POINT
        match style.letterhead:
            case Letterhead.BAND:
                drawing.rectangle(EDGE * POINT, self._top, wide, self._bottom - self._top, style.accent)
                self._beside(name, note, (self._top + self._bottom) / 2, PAPER, PAPER)
            case Letterhead.STRIPE:
                drawing.rectangle(EDGE * POINT, self._top, wide, _STRIPE * POINT, style.accent)
                self._beside(name, note, self._bottom - self._name_type.size / 2, style.accent, BLACK)
            case Letterhead.RULE:
                drawing.rule((self._left, self._bottom), (self._right, self._bottom), 0.5, style.accent)
                self._beside(name, note, self._bottom - 15, style.accent, style.accent)
            case _:
                self._below(name, note)
        return drawing.operators

    def _beside(self, name: str, note: str, middle: float, name_ink: Cmyk, note_ink: Cmyk) -> None:
        """Name at the left, note at the right, on one baseline; the name's capitals stand around ``middle``."""
        note_width, note_code = self._setter.line(note, self._note_type)
        room = self._right - self._left - (note_width + 20 if note else 0)
        type_, _, code = self._fitted(name, room, f" beside {note!r}" if note else "")
        baseline = middle + type_.cap_height / 2
        if name:
            self._drawing.lines(self._left, baseline, self._setter.select(type_), 0, [code], name_ink)
        if note:
            self._drawing.lines(self._right - note_width, baseline, self._setter.select(self._note_type), 0, [note_code], note_ink)

    def _below(self, name: str, note: str) -> None:
        """Everything in the middle, the note below a short rule."""
        middle = PAGE_WIDTH * POINT / 2
        type_, width, code = self._fitted(name, self._right - self._left, "")
        note_width, note_code = self._setter.line(note, self._note_type)
        baseline = self._top + (self._bottom - self._top - 26) / 2 + type_.cap_height
        if name:
            self._drawing.lines(middle - width / 2, baseline, self._setter.select(type_), 0, [code], self._style.accent)
            self._drawing.rule((middle - 16, baseline + 11), (middle + 16, baseline + 11), 0.75, self._style.accent)
        if note:
            below = baseline + 27 if name else self._bottom - 2
            self._drawing.lines(middle - note_width / 2, below, self._setter.select(self._note_type), 0, [note_code], BLACK)

    def _fitted(self, name: str, room: float, beside: str) -> tuple[Type, float, str]:
        type_ = self._name_type.fitted(name, room, 11)
        width, code = self._setter.line(name, type_)
        if width > room:
            raise UnprintableLetter(f"the sender's name {name!r} is too long for the letterhead{beside}: shorten it")
        return type_, width, code
