"""Is a preview what was printed?"""

from io import BytesIO

import pytest
from pypdf import PdfReader

from letters import cut, cut_many
from tests.letters.conftest import Compose, Print


def test_a_preview_holds_the_pages_of_one_letter_and_no_other(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(*(content(salutation=f"Liebe Frau {name},") for name in ("Eins", "Zwei", "Drei")))
    [page] = PdfReader(BytesIO(cut(path, 2, 1))).pages
    assert "Zwei" in page.extract_text()
    assert page.get_contents().get_data() == PdfReader(path).pages[1].get_contents().get_data()  # type: ignore[union-attr]


def test_a_preview_is_the_same_bytes_every_time(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), content("plain"))
    assert cut(path, 1, 1) == cut(path, 1, 1) != cut(path, 2, 1)


def test_a_proof_holds_several_letters_in_order(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(*(content(salutation=f"Liebe Frau {name},") for name in ("Eins", "Zwei", "Drei")))
    pages = PdfReader(BytesIO(cut_many(path, [(3, 1), (1, 1)]))).pages
    assert ["Drei" in pages[0].extract_text(), "Eins" in pages[1].extract_text(), len(pages)] == [True, True, 2]


def test_a_preview_does_not_carry_the_rest_of_the_file(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(*(content(token=f"K7MWPQ4X{index:04d}".replace("0", "A").replace("1", "B")) for index in range(200)))
    assert len(cut(path, 1, 1)) < path.stat().st_size / 3


@pytest.mark.parametrize(("first", "pages"), [(0, 1), (2, 1), (1, 2), (1, 0)])
def test_pages_that_are_not_there_are_refused(content: Compose, print_letters: Print, first: int, pages: int) -> None:
    _, path = print_letters(content())
    with pytest.raises(ValueError, match="1 pages"):
        cut(path, first, pages)
