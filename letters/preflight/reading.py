"""Does every letter of a print file say what it should, and nothing where nothing may be?"""

import unicodedata
from collections.abc import Sequence

from layouts.din5008 import Box
from layouts.production import Production
from letters import marks
from letters.preflight.expected import ExpectedLetter, Sampling
from letters.preflight.findings import Code, Findings
from letters.read_back import Picture, PrintedPage, PrintedPages, codes_in

_WHITE = 250
"""Paper; what is darker is seen."""
_AROUND_TEXT = 1.5
"""Millimetres around written lines in which a descender or the rule below the return line may stand."""


class LetterReader:
    """Reads back the letters of one file; counts what it has read."""

    def __init__(self, pages: PrintedPages, production: Production, findings: Findings) -> None:
        self._pages, self._findings = pages, findings
        self._zones_of = production.unprinted
        self._marks = marks.boxes(production)
        """Where the print shop itself wants something of ours, in whatever zone that is."""
        self.addresses, self.codes = 0, 0

    def read(self, letters: Sequence[ExpectedLetter], sampling: Sampling) -> None:
        """Every letter's words, and the codes and the pixels of those that ``sampling`` picks."""
        picked = sampling.picks(letters)
        for place, letter in enumerate(letters):
            if not letter.address:  # nobody reads what was written to somebody who was erased
                continue
            with self._pages.page(letter.first_page) as page:
                self._read_window(page, letter)
                self._look_at_art(page, letter)
                if place in picked:
                    self._look_closely(page, letter)

    def _read_window(self, page: PrintedPage, letter: ExpectedLetter) -> None:
        form, number = letter.form, letter.first_page
        written = _lines(page.text(form.address_zone))
        self.addresses += 1
        if written != [_plain(line) for line in letter.address]:
            self._tell(Code.WRONG_ADDRESS, "The address in the window is not that of the letter: do not print the file, and tell us.", letter)
            return
        in_reserve, allowed = _words(page.text(form.window_reserved)), [*_words(letter.return_line), *_words(" ".join(letter.address))]
        if in_reserve != allowed:
            self._tell(Code.WINDOW_NOT_CLEAR, "Besides address and return line something else can be read in the window: move it.", letter)
        visible = form.window_visible
        if _lines(page.text(Box(form.address_zone.x, visible.y, visible.right - form.address_zone.x, visible.height))) != written:
            self._findings.add(Code.ADDRESS_CUT_OFF, "A C6/5 envelope can hide the end of the address: take DL, or shorten it.", number, letter.number)
        for zone in self._zones(letter, number):
            if page.text(zone) and any(line.overlaps(zone) and not self._is_mark(line) for line in page.text_boxes()):
                self._tell(Code.ZONE_NOT_CLEAR, f"There is text in {_in_words(zone)}, which the print shop keeps for itself.", letter)

    def _look_at_art(self, page: PrintedPage, letter: ExpectedLetter) -> None:
        """Paths and pictures of the page itself; what all letters share is seen by ``_look_closely``."""
        reserved, zones = letter.form.window_reserved, self._zones(letter, letter.first_page)
        for drawn in page.art():
            if self._is_mark(drawn):
                continue
            if drawn.overlaps(reserved):
                self._tell(Code.WINDOW_NOT_CLEAR, "Something is drawn where the window can show it: move it.", letter)
            for zone in zones:
                if drawn.overlaps(zone):
                    self._tell(Code.ZONE_NOT_CLEAR, f"Something is drawn in {_in_words(zone)}, which the print shop keeps for itself.", letter)

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
        written = [Box(box.x - _AROUND_TEXT, box.y - _AROUND_TEXT, box.width + 2 * _AROUND_TEXT, box.height + 2 * _AROUND_TEXT) for box in page.text_boxes()]
        clear = picture.copy()
        for box in [*written, *self._marks]:
            page.cut(clear, box)[:] = 255
        if number == letter.first_page and _has_ink(page.cut(clear, letter.form.window_reserved)):
            self._tell(Code.WINDOW_NOT_CLEAR, "Something is drawn where the window can show it: move it.", letter)
        without_marks = picture.copy()
        for mark in self._marks:
            page.cut(without_marks, mark)[:] = 255
        for zone in self._zones(letter, number):
            if _has_ink(page.cut(without_marks, zone)):
                self._tell(Code.ZONE_NOT_CLEAR, f"Something is printed in {_in_words(zone)}, which the print shop keeps for itself.", letter, number)
        return codes_in(picture)

    def _is_mark(self, drawn: Box) -> bool:
        return any(mark.x <= drawn.x and mark.y <= drawn.y and drawn.right <= mark.right and drawn.bottom <= mark.bottom for mark in self._marks)

    def _zones(self, letter: ExpectedLetter, number: int) -> list[Box]:
        return [zone.box for zone in self._zones_of if zone.pages.holds(number - letter.first_page + 1)]

    def _tell(self, code: Code, message: str, letter: ExpectedLetter, page: int | None = None) -> None:
        self._findings.add(code, message, page or letter.first_page, letter.number)


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
