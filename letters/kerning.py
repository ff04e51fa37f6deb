"""Which pairs of characters does the typeface set closer together or further apart?

reportlab does not kern. The pairs stand in the font's GPOS table (OpenType 1.9, "kern" feature, pair adjustment lookups).
"""

from collections.abc import Iterator, Mapping
from struct import unpack_from

_ADVANCE = 0x0004
"""The bit of a value format that says: the first glyph's advance is changed."""


class Kerning(dict[str, int]):
    """Two characters -> change of the distance between them in thousandths of an em; 0 for most; looked up once."""

    def __init__(self, gpos: bytes, glyphs: Mapping[int, int]) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._lookups = [[_subtable(gpos, at) for at in lookup] for lookup in _lookups(gpos)]

    def __missing__(self, pair: str) -> int:
        left, right = (self._glyphs.get(ord(char), 0) for char in pair)
        self[pair] = sum(self._first(lookup, left, right) for lookup in self._lookups)
        return self[pair]

    @staticmethod
    def _first(lookup: "list[_Pairs | _Classes]", left: int, right: int) -> int:
        """Of a lookup only the first subtable counts that knows the pair."""
        return next((change for subtable in lookup if (change := subtable.change(left, right)) is not None), 0)


class _Pairs:
    """Format 1: glyph by glyph."""

    def __init__(self, gpos: bytes, at: int) -> None:
        coverage, first_format, second_format, count = unpack_from(">4H", gpos, at + 2)
        size, field = _value(first_format)
        step = 2 + size + _value(second_format)[0]
        self._pairs: dict[tuple[int, int], int] = {}
        for left, start in zip(_coverage(gpos, at + coverage), unpack_from(f">{count}H", gpos, at + 10), strict=True):
            place = at + start
            for record in range(place + 2, place + 2 + step * unpack_from(">H", gpos, place)[0], step):
                self._pairs[left, unpack_from(">H", gpos, record)[0]] = 0 if field is None else unpack_from(">h", gpos, record + 2 + field)[0]

    def change(self, left: int, right: int) -> int | None:
        """The pair's change, None when it is not listed."""
        return self._pairs.get((left, right))


class _Classes:
    """Format 2: class by class."""

    def __init__(self, gpos: bytes, at: int) -> None:
        coverage, first_format, second_format, first_classes, second_classes, self._first_count, self._second_count = unpack_from(">7H", gpos, at + 2)
        size, field = _value(first_format)
        self._step = size + _value(second_format)[0]
        self._gpos, self._at, self._field = gpos, at + 16, field
        self._covered = frozenset(_coverage(gpos, at + coverage))
        self._first, self._second = _classes(gpos, at + first_classes), _classes(gpos, at + second_classes)

    def change(self, left: int, right: int) -> int | None:
        """The change of the two classes, None when the left glyph is none of this table's."""
        if left not in self._covered:
            return None
        if self._field is None:
            return 0
        place = self._first.get(left, 0) * self._second_count + self._second.get(right, 0)
        return int(unpack_from(">h", self._gpos, self._at + place * self._step + self._field)[0])


def _lookups(gpos: bytes) -> Iterator[list[int]]:
    """The positions of the pair adjustment subtables, lookup by lookup."""
    features, lookups = unpack_from(">2H", gpos, 6)
    chosen: set[int] = set()
    for index in range(unpack_from(">H", gpos, features)[0]):
        tag, offset = unpack_from(">4sH", gpos, features + 2 + 6 * index)
        if tag == b"kern":
            count = unpack_from(">H", gpos, features + offset + 2)[0]
            chosen |= set(unpack_from(f">{count}H", gpos, features + offset + 4))
    for index in sorted(chosen):
        lookup = lookups + unpack_from(">H", gpos, lookups + 2 + 2 * index)[0]
        kind, _, count = unpack_from(">3H", gpos, lookup)
        subtables = [lookup + offset for offset in unpack_from(f">{count}H", gpos, lookup + 6)]
        if kind == 9:  # an extension: the table proper stands further away than 16 bits reach
            kind = unpack_from(">H", gpos, subtables[0] + 2)[0]
            subtables = [at + unpack_from(">I", gpos, at + 4)[0] for at in subtables]
        if kind == 2:
            yield subtables


def _subtable(gpos: bytes, at: int) -> _Pairs | _Classes:
    return _Pairs(gpos, at) if unpack_from(">H", gpos, at)[0] == 1 else _Classes(gpos, at)


def _value(value_format: int) -> tuple[int, int | None]:
    """Bytes of a value record, and where in it the change of the advance stands."""
    field = 2 * (value_format & (_ADVANCE - 1)).bit_count() if value_format & _ADVANCE else None
    return 2 * value_format.bit_count(), field


def _coverage(gpos: bytes, at: int) -> list[int]:
    kind, count = unpack_from(">2H", gpos, at)
    if kind == 1:
        return list(unpack_from(f">{count}H", gpos, at + 4))
    ranges = (unpack_from(">3H", gpos, at + 4 + 6 * index) for index in range(count))
    return [glyph for first, last, _ in ranges for glyph in range(first, last + 1)]


def _classes(gpos: bytes, at: int) -> dict[int, int]:
    kind, first, count = unpack_from(">3H", gpos, at)
    if kind == 1:
        return dict(enumerate(unpack_from(f">{count}H", gpos, at + 6), first))
    ranges = (unpack_from(">3H", gpos, at + 4 + 6 * index) for index in range(first))
    return {glyph: number for start, last, number in ranges for glyph in range(start, last + 1)}
