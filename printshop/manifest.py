"""What does the print shop get told about a print run?

Two files: one line a letter (CSV, semicolons, as German mail software reads it) and the whole (JSON, written last: a shop
takes a folder only when its manifest is there).  No names: postcode and country are what sorting needs (print facts 3).
"""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from campaigns.spreadsheet import harmless

FORMAT = "postillion-manifest-1"
LETTERS_CSV = "letters.csv"
CHECKSUMS = "SHA256SUMS"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One print file as handed over."""

    name: str
    sha256: str
    bytes: int
    letters: int
    pages: int


@dataclass(frozen=True, slots=True)
class LetterEntry:
    """One letter: where it lies and where it goes."""

    letter_id: int
    file: str
    first_page: int
    pages: int
    postcode: str
    country: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """The bytes of both files and the checksum that the shop's acknowledgement is matched by."""

    letters_csv: bytes
    checksums: bytes
    manifest_json: bytes

    @property
    def sha256(self) -> str:
        """Names this hand-over for ever."""
        return hashlib.sha256(self.manifest_json).hexdigest()


@dataclass(frozen=True, slots=True)
class Paper:
    """How the files are meant to be printed."""

    print_shop: str = "lettershop"
    duplex: bool = False
    bleed_mm: float = 0
    output_condition: str = ""

    def sheets(self, pages: int) -> int:
        """Sheets of paper that a letter of so many pages takes: it never begins on a back."""
        return -(-pages // 2) if self.duplex else pages


def of(
    print_run: str,
    campaign: str,
    sender: str,
    approved_at: datetime,
    files: Sequence[FileEntry],
    letters: Sequence[LetterEntry],
    paper: Paper = Paper(),
) -> Manifest:
    """The manifest of a print run; the same run always gives the same bytes.

    Raises ValueError when files and letters contradict each other: counts are checked before anything leaves the house.
    """
    _check(files, letters)
    letters_csv = _csv(letters, paper)
    digest = hashlib.sha256(letters_csv).hexdigest()
    whole = {
        "format": FORMAT,
        "print_run": print_run,
        "campaign": campaign,
        "sender": sender,
        "approved_at": approved_at.isoformat(),
        "print_shop": paper.print_shop,
        "paper": "A4",
        "bleed_mm": paper.bleed_mm,
        "output_condition": paper.output_condition,
        "letters": len(letters),
        "pages": sum(file.pages for file in files),
        "sheets": sum(paper.sheets(letter.pages) for letter in letters),
        "sides": "duplex" if paper.duplex else "simplex",
        "order": "postcode",
        "files": [asdict(file) for file in files],
        "letters_csv": {"name": LETTERS_CSV, "sha256": digest},
    }
    listed = [*((file.sha256, file.name) for file in files), (digest, LETTERS_CSV)]
    checksums = "".join(f"{checksum}  {name}\n" for checksum, name in listed).encode()
    return Manifest(letters_csv, checksums, json.dumps(whole, indent=2, ensure_ascii=False).encode() + b"\n")


def _check(files: Sequence[FileEntry], letters: Sequence[LetterEntry]) -> None:
    by_file: dict[str, list[LetterEntry]] = {}
    for letter in letters:
        by_file.setdefault(letter.file, []).append(letter)
    for file in files:
        mine = by_file.pop(file.name, [])
        if len(mine) != file.letters or sum(letter.pages for letter in mine) != file.pages:
            raise ValueError(f"{file.name} holds {file.letters} letters on {file.pages} pages, but the list of letters says {len(mine)}.")
    if by_file:
        raise ValueError(f"The list of letters names files that are not handed over: {', '.join(sorted(by_file))}.")


def _csv(letters: Sequence[LetterEntry], paper: Paper) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["number", "letter_id", "file", "sequence", "first_page", "pages", "sheets", "postcode", "country"])
    sequences: Counter[str] = Counter()
    for number, letter in enumerate(letters, 1):
        sequences[letter.file] += 1  # what sheet numbers, marks and PDF/VT call it: files are set apart from each other
        sheets = paper.sheets(letter.pages)
        writer.writerow(
            [number, letter.letter_id, letter.file, sequences[letter.file], letter.first_page, letter.pages, sheets, harmless(letter.postcode), letter.country]
        )
    return text.getvalue().encode()
