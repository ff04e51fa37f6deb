"""What does every importer give, whatever it reads from?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from campaigns.record import Record
from campaigns.rejection import Rejection


@dataclass(frozen=True, slots=True)
class Batch:
    """A few records with those that had to stay outside; each record of the source is in exactly one batch and on one side."""

    records: tuple[Record, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    positions: tuple[int, ...] = ()
    """Where each of ``records`` stood: row of a file, or how-manieth of a stream, from 1."""
    share: float | None = None
    """How much of the source is read, between 0 and 1; None where nobody can know."""
    state: Mapping[str, Any] | None = None
    """Where the next run goes on, once this batch is stored: kept in the same transaction. None leaves it as it was."""
    hashes: tuple[str, ...] = ()
    """What tells of each of ``records`` whether it has changed (equal hashes, equal records).

    "" where the importer leaves that to the store, () where it does so for all.
    """
    unchanged: int = 0
    """Records left out because the store knows them by their hashes already: they are read and unchanged, and in no other field."""
