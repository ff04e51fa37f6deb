"""How is the print shop asked to take letters out again that it has got already?

A list of its own in the print run's folder, numbered from 1 and never written over: each holds only what is new.  No names, and no
addresses: where the letter lies is enough to pull it.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

HEADING = ("letter_id", "file", "sequence", "first_page", "reason")


@dataclass(frozen=True, slots=True)
class Recalled:
    """A letter that must not go out any more; the first four are as in ``letters.csv``."""

    letter_id: int
    file: str
    sequence: int
    first_page: int | None
    reason: str


def name_of(number: int) -> str:
    """What the list is called."""
    return f"recall-{number:04d}.csv"


def content(letters: Sequence[Recalled]) -> bytes:
    """The list; the same letters always give the same bytes."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(HEADING)
    writer.writerows((one.letter_id, one.file, one.sequence, "" if one.first_page is None else one.first_page, one.reason) for one in letters)
    return text.getvalue().encode()
