"""Does every letter of a print file say what it should, and nothing where nothing may be?"""

import re
import unicodedata
from collections.abc import Sequence

from layouts.din5008 import Box
from layouts.production import Production
from letters import marks
from letters.preflight.expected import ExpectedLetter, Sampling
from letters.preflight.findings import Code, Findings
from letters.preflight.ink import Glance
from letters.read_back import DPI, Picture, PrintedPage, PrintedPages, SeenCode, codes_seen

_WHITE = 250
"""Paper; what is darker is seen."""
_WIDEST = 4.0
"""Millimetres of a W in the largest type that addresses are set in: what is short enough need not be looked for in the window."""
_DARK = 200
"""What a letter of the address is at the least: dots and dashes are thinner than a pixel."""
_BLACK = 110
"""What some pixel of a longer line is at the least: grey type is none that sorting machines read (print contrast, print facts 1.3)."""
_AROUND_TEXT = 1.5
"""Millimetres around written lines in which a descender or the rule below the return line may stand."""
_MOST_INK = 0.6
"""Share of a written line's rectangle that can be printed: more lies on it (bold capitals have 0.4)."""
_WORD = Box(0, 0, 4, 1.5)
"""What has a smaller rectangle may be nothing but a dash, a dot or an I, which fills its own."""
_BLUR = 0.3
"""Millimetres of a pixel and a bit."""
_SMALLEST = {"/S/": 14.5, "/O/": 11.5}
"""Millimetres of a code's side, by what its address holds: layouts want 16 and 13 at the least (layouts.style), less what whole dots take off."""
_CODE_EDGE, _CODE_QUIET = 0.4, 1.5
"""Millimetres around a code: its own blurred edge, and the white that it needs at the least (four modules of the smallest code)."""


class LetterReader:
    """Reads back the letters of one file; counts what it has read."""

    def __init__(self, pages: PrintedPages, seen: Sequence[Glance], production: Production, findings: Findings) -> None:
        self._pages, self._seen, self._findings = pages, seen, findings
        self._duplex = production.duplex
        self._ways: set[object] = set()
        """How the pages that were looked at were drawn: operators, colours, and forms in the window."""
        self._zones_of = production.unprinted
        self._marks = marks.boxes(production)
        """Where the print shop itself wants something of ours, in whatever zone that is."""
        self.addresses, self.codes = 0, 0

    def read(self, letters: Sequence[ExpectedLetter], sampling: Sampling) -> None:
        """Every letter's words, and the codes and the pixels of those that ``sampling`` picks and of all that are drawn in another way."""
        picked = sampling.picks(letters)
        for place, letter in enumerate(letters):
            if not letter.address:  # nobody reads what was written to somebody who was erased
                continue
            with self._pages.page(letter.first_page) as page:
                self._read_window(page, letter)
                self._read_pages(page, letter)
                shown = self._look_at_art(page, letter)
                if self._is_new(letter, shown) or place in picked:
                    self._look_closely(page, letter)

    def _is_new(self, letter: ExpectedLetter, shown: frozenset[Box]) -> bool:
        """Whether this is the first letter that is drawn in such a way: what hides or covers something is told by pixels only."""
        start = letter.first_page - 1
        ways = {(one.operators, one.colours) for one in self._seen[start : start + letter.pages]} | {(letter.form, shown)}
        is_new = not ways <= self._ways
        self._ways |= ways
        return is_new

    def _read_pages(self, first: PrintedPage, letter: ExpectedLetter) -> None:
        """Whether all pages are this letter's, as far as words tell: the links on them, and on all but the first their numbers."""
        text = first.all_words()
        for number in range(letter.first_page + 1, letter.first_page + letter.pages):
            with self._pages.page(number) as page:
                found = page.all_words()
            text += found
            self._look_at_other_page(found, letter, number)
        if not letter.token:
            return
        bare = "".join(text.split())
        if letter.token not in bare:
            self._tell(Code.WRONG_LETTER, "The letter's own link cannot be read on it: do not print the file, and tell us.", letter)
        if any(token != letter.token for token in re.findall(rf"/[SO]/(\w{{{len(letter.token)}}})", bare)):
            self._tell(Code.WRONG_LETTER, "On the letter stands another letter's link: do not print the file, and tell us.", letter)

    def _look_at_other_page(self, text: str, letter: ExpectedLetter, number: int) -> None:
        page, pages = number - letter.first_page + 1, letter.pages
        last_of_sheet = self._duplex and page == pages
        if last_of_sheet and self._seen[number - 1].is_blank and not text:
            return
        written = pages - 1 if self._duplex and not last_of_sheet and self._seen[letter.first_page + pages - 2].is_blank else pages
        if f"{page} / {written}" in _lines(text):
            return
        if last_of_sheet:
            message = f"The page is neither page {page} of the letter, nor is it blank: a back without text must stay white."
            self._tell(Code.BACK_NOT_BLANK, message, letter, number)
        else:
            self._tell(Code.WRONG_LETTER, f"The page does not say that it is page {page} of {written}: do not print the file, and tell us.", letter, number)

    def _read_window(self, page: PrintedPage, letter: ExpectedLetter) -> None:
        form, number = letter.form, letter.first_page
        written = _lines(page.text(form.address_zone))
        self.addresses += 1
        if written != [_plain(line) for line in letter.address]:
            self._tell(Code.WRONG_ADDRESS, "The address in the window is not that of the letter: do not print the file, and tell us.", letter)
            return
        if not all(page.has_character_at(x, baseline, letter.type_pt) for x, baseline in letter.line_ends):
            self._tell(Code.ADDRESS_MOVED, "The address is not where and as it was set, or not in its size: do not print the file, and tell us.", letter)
        in_reserve, allowed = _words(page.text(form.window_reserved)), [*_words(letter.return_line), *_words(" ".join(letter.address))]
        if in_reserve != allowed:
            self._tell(Code.WINDOW_NOT_CLEAR, "Besides address and return line something else can be read in the window: move it.", letter)
        visible = form.window_visible
        zone = form.address_zone
        is_whole = visible.y <= zone.y and zone.bottom <= visible.bottom and zone.x + _WIDEST * max(map(len, written)) <= visible.right
        if not is_whole and _lines(page.text(Box(form.address_zone.x, visible.y, visible.right - form.address_zone.x, visible.height))) != written:
            self._findings.add(Code.ADDRESS_CUT_OFF, "A C6/5 envelope can hide the end of the address: take DL, or shorten it.", number, letter.number)
        for zone in self._zones(letter, number):
            if page.text(zone.core) and any(line.overlaps(zone.core) and not self._is_mark(line) for line in page.text_boxes()):
                self._tell(Code.ZONE_NOT_CLEAR, f"There is text in {_in_words(zone)}, which the print shop keeps for itself.", letter)

    def _look_at_art(self, page: PrintedPage, letter: ExpectedLetter) -> frozenset[Box]:
        """Paths and pictures of the page itself; gives the places of the forms in the window, which pixels must tell more of."""
        reserved, zones = letter.form.window_reserved.core, self._zones(letter, letter.first_page)
        forms = set()
        for drawn, is_form in page.art(max(box.bottom for box in (reserved, *zones))):
            if is_form:
                if drawn.overlaps(reserved):
                    forms.add(drawn)
                continue
            if self._is_mark(drawn):
                continue
            if drawn.overlaps(reserved):
                self._tell(Code.WINDOW_NOT_CLEAR, "Something is drawn where the window can show it: move it.", letter)
            for zone in zones:
                if drawn.overlaps(zone.core):
                    self._tell(Code.ZONE_NOT_CLEAR, f"Something is drawn in {_in_words(zone)}, which the print shop keeps for itself.", letter)
        return frozenset(forms)

    def _look_closely(self, first: PrintedPage, letter: ExpectedLetter) -> None:
        found = self._look_at_pixels(first, letter, letter.first_page)
        for number in range(letter.first_page + 1, letter.first_page + letter.pages):
            with self._pages.page(number) as page:
                found += self._look_at_pixels(page, letter, number)
        self.codes += len(found)
        for missing in letter.codes - set(found):
            what = "for the shop" if "/S/" in missing else "for the objection"
            self._tell(Code.CODE_UNREADABLE, f"The QR code {what} cannot be read at 100 dpi: nothing may cover it or stand in its white edge.", letter)
        if set(found) - letter.codes:
            self._tell(Code.WRONG_CODE, "A QR code on the letter leads to somebody else's address: do not print the file, and tell us.", letter)

    def _look_at_pixels(self, page: PrintedPage, letter: ExpectedLetter, number: int) -> list[str]:
        picture = page.picture()
        written = [_grown(box, _AROUND_TEXT) for box in page.text_boxes()]
        clear = picture.copy()
        for box in [*written, *self._marks]:
            page.cut(clear, box)[:] = 255
        if number == letter.first_page:
            if _has_ink(page.cut(clear, letter.form.window_reserved.core)):
                self._tell(Code.WINDOW_NOT_CLEAR, "Something is drawn where the window can show it: move it.", letter)
            self._look_at_address(page, picture, letter)
        without_marks = picture.copy()
        for mark in self._marks:
            page.cut(without_marks, mark)[:] = 255
        for zone in self._zones(letter, number):
            if _has_ink(page.cut(without_marks, zone.core)):
                self._tell(Code.ZONE_NOT_CLEAR, f"Something is printed in {_in_words(zone)}, which the print shop keeps for itself.", letter, number)
        found = codes_seen(picture)
        for code in found:
            if _has_ink(_around(picture, code)):
                self._tell(Code.CODE_UNREADABLE, "Something is printed behind or beside a QR code: it needs white paper, and 2 mm more around.", letter, number)
            if code.side * 25.4 / DPI < next((least for room, least in _SMALLEST.items() if room in code.text), 0):
                self._tell(Code.CODE_TOO_SMALL, "A QR code is smaller than phones read safely: do not print the file, and tell us.", letter, number)
        return [code.text for code in found]

    def _look_at_address(self, page: PrintedPage, picture: Picture, letter: ExpectedLetter) -> None:
        for line in page.text_boxes():
            if not line.overlaps(letter.form.address_zone) or not line.width or not line.height:
                continue
            is_there = (page.cut(picture, _grown(line, _BLUR)) < _DARK).any()
            is_long = line.width > _WORD.width and line.height > _WORD.height
            is_grey = is_long and not (page.cut(picture, line) < _BLACK).any()
            is_covered = is_long and (page.cut(picture, line) < _DARK).mean() > _MOST_INK
            if not is_there or is_grey or is_covered:
                self._tell(Code.HIDDEN, "A line of the address is there and cannot be seen: it is white or grey, clipped, or something lies on it.", letter)

    def _is_mark(self, drawn: Box) -> bool:
        return any(mark.x <= drawn.x and mark.y <= drawn.y and drawn.right <= mark.right and drawn.bottom <= mark.bottom for mark in self._marks)

    def _zones(self, letter: ExpectedLetter, number: int) -> list[Box]:
        return [zone.box for zone in self._zones_of if zone.pages.holds(number - letter.first_page + 1)]

    def _tell(self, code: Code, message: str, letter: ExpectedLetter, page: int | None = None) -> None:
        self._findings.add(code, message, page or letter.first_page, letter.number)


def _around(picture: Picture, code: SeenCode) -> Picture:
    """The white edge of a code, with the code itself taken out."""
    edge, quiet = _CODE_EDGE * DPI / 25.4, (_CODE_EDGE + _CODE_QUIET) * DPI / 25.4
    found = picture.copy()
    found[int(code.top - edge) : round(code.bottom + edge) + 2, int(code.left - edge) : round(code.right + edge) + 2] = 255
    return found[max(0, round(code.top - quiet)) : round(code.bottom + quiet) + 1, max(0, round(code.left - quiet)) : round(code.right + quiet) + 1]


def _grown(box: Box, by: float) -> Box:
    return Box(box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by)


def _has_ink(picture: Picture) -> bool:
    return bool((picture < _WHITE).any())


def _plain(line: str) -> str:
    """A line to compare by: a ligature pasted into a name is read back as its letters."""
    return " ".join(_words(line))


def _words(text: str) -> list[str]:
    return unicodedata.normalize("NFKC", text).split()


def _lines(text: str) -> list[str]:
    return [line for line in map(_plain, text.split("\r\n")) if line]


def _in_words(zone: Box) -> str:
    return f"the rectangle x {zone.x:g} to {zone.right:g}, y {zone.y:g} to {zone.bottom:g} mm"
