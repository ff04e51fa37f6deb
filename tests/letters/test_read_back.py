"""Do pages read back say what stands on them, and where?"""

from pathlib import Path

import pytest
from reportlab.pdfgen.canvas import Canvas

from campaigns.letter import code_url
from layouts.din5008 import FORM_B, Box
from letters.read_back import MM, pages_of
from tests.letters.conftest import ADDRESS, PUBLIC_URL, Compose, Print


@pytest.fixture
def four_corners(tmp_path: Path) -> Path:
    """A page that we drew ourselves: a word in every quarter."""
    canvas = Canvas(str(tmp_path / "corners.pdf"), pagesize=(210 * MM, 297 * MM), initialFontName="Helvetica")
    for x, y, word in ((30, 40, "north-west"), (150, 40, "north-east"), (30, 250, "south-west"), (150, 250, "south-east")):
        canvas.drawString(x * MM, (297 - y) * MM, word)
    canvas.save()
    return tmp_path / "corners.pdf"


def test_only_the_text_inside_a_box_is_read(four_corners: Path) -> None:
    with pages_of(four_corners) as pages:
        assert pages.text(1, Box(20, 30, 60, 20)).strip() == "north-west"
        assert pages.text(1, Box(140, 240, 60, 20)).strip() == "south-east"
        assert pages.text(1, Box(20, 100, 170, 100)) == ""
        assert pages.text(1).split() == ["north-west", "north-east", "south-west", "south-east"]


def test_codes_come_from_top_to_bottom_page_by_page(content: Compose, print_letters: Print) -> None:
    tokens = ("K7MWPQ4XH2RD", "A2BC3DE4FGH5")
    _, path = print_letters(*(content(token=token) for token in tokens))
    with pages_of(path) as pages:
        assert len(pages) == 2
        for number, token in enumerate(tokens, 1):
            assert pages.codes(number) == [code_url(PUBLIC_URL, room, token) for room in "SO"]


def test_a_page_without_codes_has_none(four_corners: Path) -> None:
    with pages_of(four_corners) as pages:
        assert pages.codes(1) == []


def test_the_address_is_read_from_its_zone(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content())
    with pages_of(path) as pages:
        assert pages.text(1, FORM_B.address_zone).splitlines() == list(ADDRESS)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_a_page_that_is_not_there_is_told(four_corners: Path, number: int) -> None:
    with pages_of(four_corners) as pages, pytest.raises(IndexError, match="only 1 to 1"):
        pages.text(number)


def test_a_line_that_ends_with_a_hyphen_stays_a_line(content: Compose, print_letters: Print) -> None:
    address = ("Müller-", "Anna Lang -", "Tee- und", "Weg 1-", "22767 Hamburg-")
    _, path = print_letters(content(address=address))
    with pages_of(path) as pages:
        assert pages.text(1, FORM_B.address_zone).split("\r\n") == list(address)
