"""Is a preview what was printed?"""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader

from layouts.production import Production
from letters import cut, cut_many
from letters.read_back import Picture, pages_of
from tests.letters.conftest import Compose, Print

ROOT = Path(__file__).parents[2]
WITH_EVERYTHING = replace(Production(), document_parts=True, duplex=True, bleed=3)


def picture(path: Path, number: int) -> Picture:
    with pages_of(path) as pages, pages.page(number) as page:
        return page.picture(72)


def profile(reader: PdfReader) -> bytes:
    """The ICC profile of the only output intent."""
    intents: Any = reader.root_object["/OutputIntents"]
    [intent] = intents
    found: bytes = intent["/DestOutputProfile"].get_data()
    assert len(found) > 100_000
    return found


def test_a_preview_holds_the_pages_of_one_letter_and_no_other(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(*(content(salutation=f"Liebe Frau {name},") for name in ("Eins", "Zwei", "Drei")))
    [page] = PdfReader(BytesIO(cut(path, 2, 1))).pages
    assert "Zwei" in page.extract_text()
    assert page.get_contents().get_data() == PdfReader(path).pages[1].get_contents().get_data()  # type: ignore[union-attr]


@pytest.mark.parametrize("production", [Production(), WITH_EVERYTHING], ids=["plain", "with everything"])
def test_a_preview_looks_like_the_page_that_was_printed(content: Compose, print_letters: Print, tmp_path: Path, production: Production) -> None:
    result, path = print_letters(content("offer"), content(), content("cart"), production=production)
    for place in result.placed:
        assert place
        (tmp_path / "cut.pdf").write_bytes(cut(path, place.first_page, place.pages))
        for number in range(place.pages):
            printed = picture(path, place.first_page + number)
            assert np.array_equal(picture(tmp_path / "cut.pdf", 1 + number), printed)
        assert (picture(path, place.first_page) < 128).any()


def test_a_preview_names_the_printing_condition_and_leads_nowhere_else(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), content(), production=WITH_EVERYTHING)
    preview, original = PdfReader(BytesIO(cut(path, 3, 2))), PdfReader(path)
    assert profile(preview) == profile(original)
    assert len(preview.pages) == 2
    assert all("/DPart" not in page and page["/TrimBox"] == original.pages[0]["/TrimBox"] for page in preview.pages)


def test_a_preview_is_the_same_bytes_every_time(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), content("plain"))
    assert cut(path, 1, 1) == cut(path, 1, 1) != cut(path, 2, 1)


def test_another_process_cuts_the_same_bytes(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(), content("plain"), production=WITH_EVERYTHING)
    code = "import hashlib, sys; from pathlib import Path; from letters.preview import cut; print(hashlib.sha256(cut(Path(sys.argv[1]), 3, 2)).hexdigest())"
    environment = os.environ | {"PYTHONHASHSEED": "5"}
    other = subprocess.run([sys.executable, "-c", code, str(path)], env=environment, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert other.strip() == hashlib.sha256(cut(path, 3, 2)).hexdigest()


def test_a_proof_holds_several_letters_in_order(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(*(content(salutation=f"Liebe Frau {name},") for name in ("Eins", "Zwei", "Drei")))
    pages = PdfReader(BytesIO(cut_many(path, [(3, 1), (1, 1)]))).pages
    assert ["Drei" in pages[0].extract_text(), "Eins" in pages[1].extract_text(), len(pages)] == [True, True, 2]


@pytest.mark.parametrize("production", [replace(Production(), output=None), replace(WITH_EVERYTHING, output=None)], ids=["plain", "with everything"])
def test_a_preview_does_not_carry_the_rest_of_the_file(content: Compose, print_letters: Print, production: Production) -> None:
    """Without the profile, which is larger than all letters."""
    letters = [content(token=f"K7MWPQ4X{index:04d}".replace("0", "A").replace("1", "B")) for index in range(200)]
    _, path = print_letters(*letters, production=production)
    assert len(cut(path, 1, 1)) < path.stat().st_size / 3


@pytest.mark.parametrize(("first", "pages"), [(0, 1), (2, 1), (1, 2), (1, 0)])
def test_pages_that_are_not_there_are_refused(content: Compose, print_letters: Print, first: int, pages: int) -> None:
    _, path = print_letters(content())
    with pytest.raises(ValueError, match="1 pages"):
        cut(path, first, pages)
