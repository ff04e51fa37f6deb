"""Does the manifest say what is handed over, and refuse to say anything else?"""

import csv
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from printshop import manifest
from printshop.manifest import FileEntry, LetterEntry, Paper

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILES = [FileEntry("a-0001of0002.pdf", "aa" * 32, 1000, 2, 3), FileEntry("a-0002of0002.pdf", "bb" * 32, 900, 1, 1)]
LETTERS = [
    LetterEntry(11, "a-0001of0002.pdf", 1, 2, "01067", "DE"),
    LetterEntry(12, "a-0001of0002.pdf", 3, 1, "22767", "DE"),
    LetterEntry(13, "a-0002of0002.pdf", 1, 1, "8001", "CH"),
]


def made(files: list[FileEntry] = FILES, letters: list[LetterEntry] = LETTERS) -> manifest.Manifest:
    return manifest.of("winback-00001", "winback", "Teehaus", AT, files, letters)


def test_counts_and_checksums_are_those_of_the_files() -> None:
    whole = json.loads(made().manifest_json)
    assert (whole["letters"], whole["pages"], whole["sheets"]) == (3, 4, 4)
    assert [file["sha256"] for file in whole["files"]] == [file.sha256 for file in FILES]
    assert whole["letters_csv"]["sha256"] == hashlib.sha256(made().letters_csv).hexdigest()
    assert made().sha256 == hashlib.sha256(made().manifest_json).hexdigest()


def test_checksums_are_in_the_format_of_sha256sum() -> None:
    lines = made().checksums.decode().splitlines()
    assert lines[0] == f"{'aa' * 32}  a-0001of0002.pdf"
    assert lines[-1].endswith("  letters.csv")


def test_leading_zeros_of_postcodes_and_no_names() -> None:
    rows = list(csv.DictReader(made().letters_csv.decode().splitlines(), delimiter=";"))
    assert [row["postcode"] for row in rows] == ["01067", "22767", "8001"]
    assert set(rows[0]) == {"number", "letter_id", "file", "sequence", "first_page", "pages", "sheets", "postcode", "country"}


def test_the_same_run_gives_the_same_bytes() -> None:
    assert made() == made()


@pytest.mark.parametrize(
    ("files", "letters"),
    [
        (FILES, LETTERS[:2]),
        (FILES[:1], LETTERS),
        ([replace(FILES[0], pages=4), FILES[1]], LETTERS),
        (FILES, [*LETTERS, replace(LETTERS[2], letter_id=14)]),
    ],
)
def test_files_and_letters_that_contradict_each_other_are_never_handed_over(files: list[FileEntry], letters: list[LetterEntry]) -> None:
    with pytest.raises(ValueError, match="letters"):
        made(files, letters)


def test_both_sides_of_a_sheet_are_counted_once_and_letters_are_numbered_in_their_files() -> None:
    paper = Paper("house", duplex=True, bleed_mm=3, output_condition="FOGRA52")
    files = [replace(FILES[0], pages=6), replace(FILES[1], pages=2)]
    letters = [replace(LETTERS[0], pages=4), replace(LETTERS[1], first_page=5, pages=2), replace(LETTERS[2], pages=2)]
    made = manifest.of("winback-00001", "winback", "Teehaus", AT, files, letters, paper)
    whole = json.loads(made.manifest_json)
    assert (whole["pages"], whole["sheets"], whole["sides"]) == (8, 4, "duplex")
    assert (whole["print_shop"], whole["bleed_mm"], whole["output_condition"]) == ("house", 3, "FOGRA52")
    rows = list(csv.DictReader(made.letters_csv.decode().splitlines(), delimiter=";"))
    assert [(row["sequence"], row["sheets"]) for row in rows] == [("1", "2"), ("2", "1"), ("1", "1")]
