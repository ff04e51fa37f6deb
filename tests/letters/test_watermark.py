"""Is a proof told from a letter at once, and still as readable?"""

from pathlib import Path

import numpy as np
import pypdfium2
import pytest

import layouts
from campaigns.letter import code_url
from layouts.din5008 import FORM_B
from letters.read_back import pages_of
from tests.letters.conftest import ADDRESS, PUBLIC_URL, Compose, Print, text_in, text_of


def grey(path: Path, page: int = 0) -> float:
    """The share of a page in the watermark's grey: 15 % black, as pdfium shows it."""
    with pypdfium2.PdfDocument(path) as pdf:
        picture = np.asarray(pdf[page].render(scale=1).to_pil().convert("L"), dtype=int)
    return float(((picture > 205) & (picture < 228)).mean())


@pytest.mark.parametrize("name", layouts.names())
@pytest.mark.parametrize("word", ["SPECIMEN", "MUSTER"])
def test_codes_and_address_of_a_proof_are_read_as_ever(content: Compose, print_letters: Print, name: str, word: str) -> None:
    letter = content(name)
    _, path = print_letters(letter, watermark=word)
    assert word in text_of(path)
    with pages_of(path) as pages:
        assert pages.codes(1, dpi=100) == [code_url(PUBLIC_URL, room, letter.token) for room in "SO"]
    zone = FORM_B.address_zone
    assert text_in(path, 0, zone.x, zone.y, zone.width, zone.height) == "\n".join(ADDRESS)


def test_every_page_carries_it_large(content: Compose, print_letters: Print) -> None:
    letters = [content("plain"), content(salutation="Guten Tag " + "und noch ein Wort " * 150)]
    result, path = print_letters(*letters)
    plain = [grey(path, page) for page in range(result.pages)]
    result, path = print_letters(*letters, watermark="SPECIMEN")
    assert result.pages == 3
    for page in range(result.pages):
        assert "SPECIMEN" in text_of(path, page)
        assert grey(path, page) - plain[page] > 0.05


def test_a_file_without_it_is_what_it_was_and_one_with_it_is_the_same_every_time(content: Compose, print_letters: Print) -> None:
    bare = print_letters(content())[0]
    marked = print_letters(content(), watermark="MUSTER")[0]
    assert print_letters(content(), watermark="")[0] == bare != marked
    assert print_letters(content(), watermark="MUSTER")[0] == marked


def test_a_long_word_is_set_smaller_and_stays_on_the_page(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content("plain"), watermark="NUR ZUR ANSICHT")
    with pypdfium2.PdfDocument(path) as pdf:
        textpage = pdf[0].get_textpage()
        boxes = [textpage.get_charbox(index) for index in range(textpage.count_chars())]
        width, height = pdf[0].get_size()
    assert all(left >= 0 and bottom >= 0 and right <= width and top <= height for left, bottom, right, top in boxes)
    assert "NUR ZUR ANSICHT" in text_of(path)
