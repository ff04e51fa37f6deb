"""Has this file named the same record before, with other words?

The second of two groups of rows under one id would undo the first at every import.  Only hashes are kept, sixteen bytes a record, so
that a file of millions of records fits; Python's own string hash is 64 bits wide and keyed anew in each process.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_RUN = 1 << 20
"""Hashes in one sorted run at the most: uniting two takes as much memory again."""


class Seen:
    """What a file has named so far."""

    def __init__(self) -> None:
        self._keys = _Hashes()
        self._contents = _Hashes()

    def contradictions(self, keys: Sequence[str], contents: Sequence[str]) -> set[int]:
        """Indexes of the records that stood in the file before, with another content; those without a key are not compared."""
        named = [index for index, key in enumerate(keys) if key]
        before = self._keys.have(keys[index] for index in named)
        same = self._contents.have(contents[index] for index in named)
        first: dict[str, str] = {}
        found = set()
        for index, was_there, was_same in zip(named, before, same, strict=True):
            if not (was_same if was_there else first.setdefault(keys[index], contents[index]) == contents[index]):
                found.add(index)
        self._keys.add(first)
        self._contents.add(first.values())
        return found


class _Hashes:
    """A set of 64-bit hashes as a few sorted arrays of doubling size."""

    def __init__(self) -> None:
        self._runs: list[NDArray[np.int64]] = []

    def have(self, texts: Iterable[str]) -> list[bool]:
        """For each text whether it was added before."""
        hashes = _hashed(texts)
        found = np.zeros(len(hashes), dtype=bool)
        for run in self._runs:
            found |= run[np.minimum(np.searchsorted(run, hashes), len(run) - 1)] == hashes
        return [bool(each) for each in found]

    def add(self, texts: Iterable[str]) -> None:
        """Remember these."""
        hashes = np.sort(_hashed(texts))
        if len(hashes):
            self._runs.append(hashes)
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]) <= 2 * _RUN:
            last = self._runs.pop()
            self._runs[-1] = np.sort(np.concatenate((self._runs[-1], last)))


def _hashed(texts: Iterable[str]) -> NDArray[np.int64]:
    return np.fromiter(map(hash, texts), dtype=np.int64)
