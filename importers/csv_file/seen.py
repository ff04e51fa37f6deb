"""Has this file named the same record before, with other words?

The second of two groups of rows under one id would undo the first at every import.  Only hashes are kept, ten bytes a record, so that a
file of millions of records fits.  Python's own string hash is 64 bits wide and keyed anew in each process; of the contents 16 bits do,
since they are compared only where a key comes again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LONGEST_RUN = 1 << 20
"""Records in one sorted run at the most: uniting two takes some time and as much memory again."""


@dataclass(slots=True)
class _Run:
    """Hashes of keys in ascending order, with those of the contents that came with them."""

    keys: NDArray[np.int64]
    contents: NDArray[np.int16]


class Seen:
    """What a file has named so far."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def contradictions(self, keys: Sequence[str], contents: Sequence[str]) -> set[int]:
        """Indexes of the records that stood in the file before, with another content; those without a key are not compared."""
        named = [index for index, key in enumerate(keys) if key]
        verdicts = self._compared([keys[index] for index in named], [contents[index] for index in named])
        first: dict[str, str] = {}
        found = set()
        for index, verdict in zip(named, verdicts, strict=True):
            is_same = first.setdefault(keys[index], contents[index]) == contents[index] if verdict is None else verdict
            if not is_same:
                found.add(index)
        self._add(first)
        return found

    def _compared(self, keys: Sequence[str], contents: Sequence[str]) -> list[bool | None]:
        """For each key whether it came with this content, None for one that is new."""
        wanted, told = _hashed(keys), _hashed(contents).astype(np.int16)
        there, same = np.zeros(len(wanted), dtype=bool), np.zeros(len(wanted), dtype=bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run.keys, wanted), len(run.keys) - 1)
            hits = run.keys[places] == wanted
            there |= hits
            same |= hits & (run.contents[places] == told)
        return [bool(is_same) if is_there else None for is_there, is_same in zip(there, same, strict=True)]

    def _add(self, named: dict[str, str]) -> None:
        if named:
            self._runs.append(_sorted(_hashed(named), _hashed(named.values()).astype(np.int16)))
        while len(self._runs) > 1 and len(self._runs[-2].keys) <= 2 * len(self._runs[-1].keys) <= LONGEST_RUN:
            last, before = self._runs.pop(), self._runs.pop()
            self._runs.append(_sorted(np.concatenate((before.keys, last.keys)), np.concatenate((before.contents, last.contents))))


def _sorted(keys: NDArray[np.int64], contents: NDArray[np.int16]) -> _Run:
    order = np.argsort(keys, kind="stable")
    return _Run(keys[order], contents[order])


def _hashed(texts: Iterable[str]) -> NDArray[np.int64]:
    return np.fromiter(map(hash, texts), dtype=np.int64)
