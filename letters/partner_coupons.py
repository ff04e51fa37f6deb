"""How does a partner get coupons to hand out: sheets to cut up, or a letter?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaigns.letter import code_url, short_link
from campaigns.sender import Sender
from layouts.din5008 import PAGE_HEIGHT, PAGE_WIDTH
from layouts.production import FOGRA39, OutputIntent, Production
from layouts.style import BLACK, Cmyk, Style
from layouts.text import Paragraph, Words
from letters.check import printable
from letters.coupon import closer
from letters.encoding import Encoder
from letters.errors import UnprintableLetter
from letters.finish import finished
from letters.fonts import face, regular, semibold
from letters.page import PAPER, POINT, Drawing, Page
from letters.print_canvas import PrintCanvas
from letters.qr_code import CodeFamily
from letters.qr_path import path, printed
from letters.typeset import Setter, Type

MOST_PAGES = 500
"""Sheets or letters at once; all look the same, so it costs next to nothing."""


class Make(StrEnum):
    """What is printed of a partner's code."""

    SHEET = "sheet"
    """Eight coupons on a page of A4, to cut up."""
    LETTER = "letter"
    """A page of A4 without an address, to hand over or to lay beside a parcel."""


@dataclass(frozen=True, slots=True)
class PartnerCoupon:
    """What is said on a partner's coupon, in the words of its language."""

    code: str
    value: str
    """As ``offer_words.worth`` says it."""
    terms: str
    """All conditions: they must stand beside the offer (§ 5a UWG)."""
    partner: str
    language: str


_WORDS = {
    "de": {
        "recommended": "Empfohlen von {partner}",
        "code": "Gutscheincode",
        "subject": "{value} für Sie, empfohlen von {partner}",
        "greeting": "Guten Tag,",
        "first": "{partner} kauft gern bei uns und möchte, dass Sie uns kennenlernen. Mit diesem Gutschein fällt der Anfang leichter.",
        "second": "Geben Sie den Code an der Kasse unseres Shops ein, oder scannen Sie ihn mit der Kamera Ihres Telefons: Dann ist er dort schon eingetragen.",
        "scan": "Mit einem Scan in unseren Shop",
        "closing": "Wir freuen uns auf Sie.",
    },
    "en": {
        "recommended": "Recommended by {partner}",
        "code": "Coupon code",
        "subject": "{value} for you, recommended by {partner}",
        "greeting": "Good day,",
        "first": "{partner} likes to shop with us and would like you to get to know us. This coupon makes the start easier.",
        "second": "Enter the code at the checkout of our shop, or scan it with your phone’s camera: then it is filled in already.",
        "scan": "One scan to our shop",
        "closing": "We look forward to welcoming you.",
    },
}
_WIDTH, _HEIGHT = 95.0, 68.0
_COLUMNS, _ROWS = 2, 4
_LEFT, _TOP = (PAGE_WIDTH - _COLUMNS * _WIDTH) / 2, (PAGE_HEIGHT - _ROWS * _HEIGHT) / 2
_STUB = 27.0
_INSIDE, _BEYOND = 5.0, 1.5


def render(
    make: Make,
    coupon: PartnerCoupon,
    pages: int,
    sender: Sender,
    public_url: str,
    style: Style,
    created_at: datetime,
    output: OutputIntent | None = FOGRA39,
) -> bytes:
    """A PDF of ``pages`` equal sheets or letters, finished as print files are; equal arguments give equal bytes.

    ``output`` is the printing condition; without one the file is no PDF/X-4. Raises UnprintableLetter for words that the font lacks, or that
    have no room; ValueError for a number of pages out of bounds; ProfileChanged.
    """
    if not 1 <= pages <= MOST_PAGES:
        raise ValueError(f"{pages} pages: print 1 to {MOST_PAGES} at once.")
    _check(coupon, sender)
    title = f"{sender.name}: {coupon.code}"
    canvas = PrintCanvas(title, created_at)
    drawn = _Press(Setter(Encoder(canvas.document)), coupon, sender, public_url, style)
    drawing = {Make.SHEET: drawn.sheet, Make.LETTER: drawn.letter}[make]()
    form = canvas.share(PAGE_HEIGHT * POINT, drawing.operators)
    for _ in range(pages):
        page = Page()
        page.put(0, 0, "", form)
        canvas.add(page)
    return finished(canvas.getpdfdata(), title, created_at, Production(output=output))


def _check(coupon: PartnerCoupon, sender: Sender) -> None:
    for words in (coupon.code, coupon.value, coupon.terms, coupon.partner, sender.name, sender.return_line):
        if missing := set(words) - printable():
            raise UnprintableLetter(f"the font has no {', '.join(sorted(missing))} in {words!r}")


class _Press:
    """One coupon, drawn as often as it is wanted."""

    def __init__(self, setter: Setter, coupon: PartnerCoupon, sender: Sender, public_url: str, style: Style) -> None:
        self._setter, self._coupon, self._sender, self._style = setter, coupon, sender, style
        self._words = _WORDS[coupon.language if coupon.language in _WORDS else "en"]
        code = coupon.code.upper()
        self._family = CodeFamily(code_url(public_url, "P", ""), len(code))
        self._symbol = self._family.symbol(code)
        self._link = short_link(public_url, "P", code)

    def sheet(self) -> Drawing:
        """Eight coupons with hairlines to cut along."""
        drawing, one = Drawing(), self._small()
        for column in range(_COLUMNS):  # the colour goes on beyond the outer cuts: a knife that is a millimetre off leaves no white edge
            beyond = 0 if column else _BEYOND
            left, wide = (_LEFT + column * _WIDTH - beyond) * POINT, (_STUB + beyond) * POINT
            drawing.rectangle(left, (_TOP - _BEYOND) * POINT, wide, (_ROWS * _HEIGHT + 2 * _BEYOND) * POINT, self._style.accent)
        for column in range(_COLUMNS):
            for row in range(_ROWS):
                drawing.place((_LEFT + column * _WIDTH) * POINT, (_TOP + row * _HEIGHT) * POINT, one.operators)
        for column in range(_COLUMNS + 1):
            x = (_LEFT + column * _WIDTH) * POINT
            drawing.rule((x, 4 * POINT), (x, (_TOP - 2) * POINT), 0.25, BLACK)
            drawing.rule((x, (PAGE_HEIGHT - _TOP + 2) * POINT), (x, (PAGE_HEIGHT - 4) * POINT), 0.25, BLACK)
        for row in range(_ROWS + 1):
            y = (_TOP + row * _HEIGHT) * POINT
            drawing.rule((4 * POINT, y), ((_LEFT - 2) * POINT, y), 0.25, BLACK)
            drawing.rule(((PAGE_WIDTH - _LEFT + 2) * POINT, y), ((PAGE_WIDTH - 4) * POINT, y), 0.25, BLACK)
        return drawing

    def _small(self) -> Drawing:
        """One coupon of 95 x 68 mm: the value at the left, the code, its QR code and the terms at the right."""
        drawing, style = Drawing(), self._style
        x, right = (_STUB + _INSIDE) * POINT, (_WIDTH - _INSIDE) * POINT
        drawing.rectangle(0, 0, _STUB * POINT, _HEIGHT * POINT, style.accent)
        drawing.rectangle(_STUB * POINT, 0, (_WIDTH - _STUB) * POINT, _HEIGHT * POINT, PAPER)
        self._value(drawing, _STUB / 2 * POINT, _HEIGHT / 2 * POINT, (_STUB - 5) * POINT, 30)
        side = self._code(drawing, right, 6 * POINT, 19)
        head = right - side - 4 * POINT - x
        self._line(drawing, self._sender.name, Type(semibold(), 10.5, 13), x, 6 * POINT, head, 7)
        y = 11.5 * POINT
        y = self._paragraph(drawing, self._words["recommended"].format(partner=self._coupon.partner), Type(regular(), 8, 10), x, y, head)
        if y > 30.5 * POINT:
            raise UnprintableLetter(f"the partner's name {self._coupon.partner!r} is too long for a coupon: shorten it, or print letters instead of sheets")
        self._line(drawing, self._words["code"], Type(regular(), 7.5, 9), x, 31 * POINT, right - x, 7)
        self._line(drawing, self._coupon.code, Type(semibold(), 17, 20), x, 34 * POINT, right - x, 9)
        y = self._paragraph(drawing, self._coupon.terms, Type(regular(), 6.5, 8), x, 43.5 * POINT, right - x)
        y = self._paragraph(drawing, self._link, Type(semibold(), 6.5, 8), x, y + 3, right - x)
        y = self._paragraph(drawing, self._sender.return_line, Type(regular(), 6, 7.5), x, y + 1, right - x)
        if y > (_HEIGHT - 3) * POINT:
            raise UnprintableLetter("the offer's terms are too long for a coupon of 95 x 68 mm: print letters instead of sheets, or simplify the offer")
        return drawing

    def letter(self) -> Drawing:
        """A page to hand over: who recommends us, the coupon, the code to scan."""
        drawing, style, words, coupon = Drawing(), self._style, self._words, self._coupon
        left, measure = 25 * POINT, 165 * POINT
        said = {"partner": coupon.partner, "value": coupon.value}
        drawing.rectangle(8 * POINT, 8 * POINT, 194 * POINT, 20 * POINT, style.accent)
        self._line(drawing, self._sender.name, Type(semibold(), 21, 26), left, 13.4 * POINT, measure, 12, PAPER)
        body = Type(regular(), style.body_pt, style.leading_pt)
        y = self._paragraph(drawing, words["subject"].format(**said), Type(semibold(), 18, 23), left, 55 * POINT, measure) + 14
        for key in ("greeting", "first", "second"):
            y = self._paragraph(drawing, words[key].format(**said), body, left, y, measure) + body.leading / 2
        y = self._large(drawing, left, y + 14, measure) + 26
        side = self._code(drawing, left + 26 * POINT, y, 26)
        beside = left + side + 8 * POINT
        self._paragraph(drawing, words["scan"], Type(semibold(), 12, 16), beside, y + 16, measure - side - 8 * POINT)
        self._paragraph(drawing, self._link, body, beside, y + 34, measure - side - 8 * POINT)
        y = self._paragraph(drawing, words["closing"], body, left, y + side + 20, measure) + 6
        y = self._paragraph(drawing, self._sender.signed(self._coupon.language), Type(semibold(), style.body_pt, style.leading_pt), left, y, measure)
        if y > 270 * POINT:
            raise UnprintableLetter("the offer's terms are too long for one page: simplify the offer")
        foot = " · ".join(filter(None, (self._sender.return_line, self._sender.website, self._sender.email)))
        self._line(drawing, foot, Type(regular(), 7.5, 10), left, 284 * POINT, measure, 5.5)
        return drawing

    def _large(self, drawing: Drawing, x: float, y: float, measure: float) -> float:
        """The coupon across the page; returns where it ends."""
        stub, padding = 132.0, 15.0
        small = Type(regular(), 8.5, 11.5)
        room = measure - stub - 2 * padding
        terms = self._compiled(self._coupon.terms, small, room)
        height = max(96.0, 2 * padding + 12 + 30 + len(terms) * small.leading)
        drawing.rectangle(x, y, stub, height, self._style.accent)
        drawing.rectangle(x + stub, y, measure - stub, height, self._style.tint)
        drawing.rule((x + stub, y), (x + stub, y + height), 1.2, PAPER, "2.6 2.6")
        self._value(drawing, x + stub / 2, y + height / 2, stub - 16, 40)
        inside = x + stub + padding
        self._line(drawing, self._words["code"], small, inside, y + padding, room, 7)
        self._line(drawing, self._coupon.code, Type(semibold(), 21, 28), inside, y + padding + 12, room, 10)
        drawing.lines(inside, y + padding + 42 + small.baseline, self._setter.select(small), small.leading, terms)
        return y + height

    def _value(self, drawing: Drawing, middle: float, height: float, room: float, largest: float) -> None:
        type_ = Type(face("Bold"), largest, largest).fitted(self._coupon.value, room, 9)
        width, code = closer(*self._setter.line(self._coupon.value, type_), type_.size)
        if width > room:
            raise UnprintableLetter(f"the coupon's value {self._coupon.value!r} is too long: shorten it")
        drawing.lines(middle - width / 2, height + type_.cap_height / 2, self._setter.select(type_), 0, [code], PAPER)

    def _code(self, drawing: Drawing, right: float, y: float, wanted: float) -> float:
        """The QR code with its top-right corner at right, y; returns its side in points."""
        found = printed(self._family, wanted)
        side = found.size * POINT
        drawing.units(right - side, y, side, found.module * POINT, f"{path(self._family.modules, self._symbol)}f")
        return side

    def _line(self, drawing: Drawing, text: str, type_: Type, x: float, y: float, room: float, smallest: float, ink: Cmyk | None = None) -> None:
        fitted = type_.fitted(text, room, smallest)
        width, code = self._setter.line(text, fitted)
        if width > room:
            raise UnprintableLetter(f"{text!r} is too long for the coupon: shorten it")
        drawing.lines(x, y + type_.baseline, self._setter.select(fitted), 0, [code], ink)

    def _paragraph(self, drawing: Drawing, text: str, type_: Type, x: float, y: float, measure: float) -> float:
        """Set lines below y; returns where they end."""
        lines = self._compiled(text, type_, measure)
        drawing.lines(x, y + type_.baseline, self._setter.select(type_), type_.leading, lines)
        return y + len(lines) * type_.leading

    def _compiled(self, text: str, type_: Type, measure: float) -> list[str]:
        return self._setter.compile(Paragraph(((Words(text),),)).lines, type_, measure).set({})
