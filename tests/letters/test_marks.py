"""Can people and inserting machines read which sheet is which, and does a letter never begin on a back?"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zxingcpp

from layouts.din5008 import Box
from layouts.production import Dash, InserterMark, MarkKind, Production, SheetNumber
from letters.marks import boxes, dashes, data_matrix
from letters.read_back import pages_of
from tests.letters.conftest import Compose, Print

DPI = 300
OMR = InserterMark(MarkKind.OMR, x=12, y=120)
MATRIX = InserterMark(MarkKind.DATA_MATRIX, x=5, y=120)
LONG = "Guten Tag " + "und noch ein Wort " * 150
"""A salutation that makes two pages of a plain letter."""


def dashes_on(path: Path, page: int, mark: InserterMark) -> list[int]:
    """Places of the dashes, found as a machine finds them: dark rows in the strip where they stand."""
    with pages_of(path) as pages, pages.page(page) as printed:
        picture = printed.picture(DPI)
        strip = printed.cut(picture, Box(mark.x + 1, mark.y - 2, mark.length - 2, 2 * 2 + 5 * mark.pitch), DPI)
    rows = np.flatnonzero(strip.mean(axis=1) < 128)
    middles = [group.mean() for group in np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1) if len(group)]
    places = [(middle / DPI * 25.4 - 2) / mark.pitch for middle in middles]
    assert all(abs(place - round(place)) < 0.05 for place in places), places
    return [round(place) for place in places]


def matrices_on(path: Path, page: int) -> list[str]:
    with pages_of(path) as pages, pages.page(page) as printed:
        found = zxingcpp.read_barcodes(printed.picture(DPI), formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.DataMatrix))
    return [code.text for code in found]


def test_dashes_say_start_end_and_the_number_of_the_sheet_and_come_in_pairs() -> None:
    said = {sheet: [str(OMR.dashes[place]) for place in dashes(OMR, sheet, is_last=sheet % 2 == 0)] for sheet in range(1, 10)}
    assert said[1] == ["start", "sequence_1"]
    assert said[2] == ["start", "end", "sequence_2", "parity"]
    assert said[7] == ["start", "sequence_1", "sequence_2", "sequence_4"]
    assert said[8] == ["start", "end"]  # the number begins anew
    assert said[9] == said[1]
    assert all(len(dashes) % 2 == 0 for dashes in said.values())


def test_dashes_are_read_from_the_page_where_the_machine_looks(content: Compose, print_letters: Print) -> None:
    result, path = print_letters(content(), content("plain", salutation=LONG), production=replace(Production(), inserter=OMR))
    assert result.pages == 3
    wanted = [dashes(OMR, sheet, is_last=sheet != 2) for sheet in (1, 2, 3)]
    assert [dashes_on(path, page, OMR) for page in (1, 2, 3)] == wanted


def test_a_machine_with_other_dashes_gets_those(content: Compose, print_letters: Print) -> None:
    mark = replace(OMR, pitch=3.175, dashes=(Dash.END, Dash.START))
    _, path = print_letters(content(), production=replace(Production(), inserter=mark, bleed=3))
    assert dashes_on(path, 1, mark) == [0, 1]


def test_a_data_matrix_says_job_letter_and_sheet(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), content("plain", salutation=LONG), production=replace(Production(), inserter=MATRIX))
    assert [matrices_on(path, page) for page in (1, 2, 3)] == [["Test;000001;1;1"], ["Test;000002;1;2"], ["Test;000002;2;2"]]


@pytest.mark.parametrize("length", range(1, 40))
def test_a_data_matrix_is_square_whatever_it_says(length: int) -> None:
    rows = data_matrix("a" * length)
    assert {len(row) for row in rows} == {len(rows)}
    assert all(rows[-1]), "the finder's solid lower edge"


def test_sheet_numbers_stand_where_the_shop_wants_them(content: Compose, print_letters: Print) -> None:
    place = SheetNumber(150, 292)
    production = replace(Production(), sheet_number=place)
    result, path = print_letters(content(salutation="王"), content("plain", salutation=LONG), content(), production=production)
    assert [placed is None for placed in result.placed] == [True, False, False]
    with pages_of(path) as pages:
        found = [pages.text(page, boxes(production)[0]).strip() for page in (1, 2, 3)]
    assert found == ["000001 1/2", "000001 2/2", "000002 1/1"]


def blank(path: Path) -> Iterator[bool]:
    with pages_of(path) as pages:
        for number in range(1, len(pages) + 1):
            with pages.page(number) as page:
                yield bool((page.picture() == 255).all())


def test_printed_on_both_sides_no_letter_begins_on_a_back(content: Compose, print_letters: Print) -> None:
    production = replace(Production(), duplex=True, inserter=OMR, sheet_number=SheetNumber())
    letters = [content(), content("plain", salutation=LONG), content()]
    result, path = print_letters(*letters, production=production)
    assert [(placed.first_page, placed.pages) for placed in result.placed if placed] == [(1, 2), (3, 2), (5, 2)]
    assert list(blank(path)) == [False, True, False, False, False, True]
    assert dashes_on(path, 3, OMR) == dashes(OMR, 2, is_last=True)
    assert dashes_on(path, 4, OMR) == []


def test_a_proof_has_its_word_on_printed_pages_only(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), production=replace(Production(), duplex=True), watermark="SPECIMEN")
    assert list(blank(path)) == [False, True]


def test_a_letter_with_more_pages_than_the_shop_takes_is_left_out(content: Compose, print_letters: Print) -> None:
    production = replace(Production(), most_pages=1, title="Pingen")
    result, _ = print_letters(content(), content("plain", salutation=LONG), production=production)
    assert result.failures == ((1, "the letter has 2 pages, Pingen takes 1: shorten the text or the values in it"),)


def test_without_wishes_nothing_is_marked(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content())
    assert matrices_on(path, 1) == []
    assert dashes_on(path, 1, OMR) == []
    assert boxes(Production()) == []


def test_fold_marks_go_where_the_shop_does_not_want_them(content: Compose, print_letters: Print) -> None:
    strip = Box(4, 100, 6, 115)

    def is_clean(production: Production) -> bool:
        _, path = print_letters(content("plain"), production=production)
        with pages_of(path) as pages, pages.page(1) as page:
            return bool((page.cut(page.picture(DPI), strip, DPI) > 250).all())

    assert not is_clean(Production())
    assert is_clean(replace(Production(), fold_marks=False))
    assert is_clean(replace(Production(), inserter=replace(OMR, x=30))), "the inserter could take a fold mark for a dash"
