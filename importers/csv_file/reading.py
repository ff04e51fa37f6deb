"""How do the rows of a file of any size come in, parsed column by column?

pandas reads a chunk of rows as text; each column is then parsed by its kind, every distinct text of it once (an export repeats
most of its cells: titles, prices, dates, names). What cannot be parsed makes its row faulty, and the record of that row is rejected.
"""

import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import repeat
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self, TextIO
from zoneinfo import ZoneInfo

import pandas as pd

from campaigns.rejection import RejectionReason
from importers.csv_file import money, persons, text
from importers.csv_file.dates import moment
from importers.csv_file.detect import Layout, opened, skip_heading
from importers.csv_file.formats import Format
from importers.errors import BadRecord, UnreadableFile

CHUNK_ROWS = 20_000
SPARE_COLUMNS = 3
"""Read beyond the heading's width: text there means that a row has more cells than the heading."""

Parse = Callable[[str], Any]


class Fault(NamedTuple):
    """Why a row cannot be taken over."""

    reason: RejectionReason
    message: str


class Row(Protocol):
    """What every row of ours begins with; the other fields are those of a format's headings."""

    @property
    def position(self) -> int:
        """Row as a spreadsheet counts it: the heading is row 1, a cell with line breaks does not count twice."""

    @property
    def fault(self) -> Fault | None:
        """The first thing wrong with it."""

    @classmethod
    def _make(cls, iterable: Any, /) -> Self: ...


PARSES: dict[str, Parse] = {
    **dict.fromkeys(("id", "number", "customer_number", "house_number", "postcode", "sku"), text.key),
    **dict.fromkeys(("first_name", "last_name", "name", "company", "honorific", "addition", "street", "town"), text.printed),
    "email": text.email,
    "country": persons.country,
    "language": persons.language,
}
"""How the column of a field is parsed; the fields not named here or below are plain text."""
MOMENTS = frozenset({"ordered_at", "cancelled_at", "registered_at", "created_at", "updated_at"})
AMOUNTS: dict[str, Callable[[str, str], int | None]] = {"total": money.cents, "unit_price": money.cents, "quantity": money.count}


@dataclass(slots=True)
class Reader:
    """One pass over the rows of one file."""

    path: Path
    layout: Layout
    format: Format
    zone: ZoneInfo
    bytes_read: int = 0
    """How far the pass has come, for a progress bar."""
    _signs: dict[str, str] = field(default_factory=dict)
    """Decimal sign of each column of amounts, once it has shown one."""

    def rows[R: Row](self, make: type[R]) -> Iterator[R]: ...
