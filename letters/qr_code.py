"""How do a million different QR codes get made without making a million QR codes?

With version, mask and segments fixed, every module of a symbol is an exclusive or of data bits (Reed-Solomon codes are linear).
So the library ``qrcode`` draws one symbol per data bit that a token touches, once per print file, and each token's symbol is
the exclusive or of a few of them: whole symbols as Python integers.
"""

from collections.abc import Sequence
from functools import cached_property

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.util import ALPHA_NUM, MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from letters.errors import UnprintableCode, UnprintableLetter

MASK = 4
"""Fixed: choosing the best of 8 per code costs 6 times as much and reads no better (print facts 4.5)."""
_ALPHABET: str = ALPHA_NUM.decode()
_MAX_VERSION = 9
"""Above it the length fields grow, and no letter has room for such a symbol."""


def draw(scheme: str, rest: str, version: int | None = None) -> list[list[bool]]:
    """The modules of one symbol, row by row, as the library ``qrcode`` draws them; ``rest`` is in upper case."""
    code = QRCode(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=MASK, border=0)
    code.add_data(QRData(scheme.encode(), mode=MODE_8BIT_BYTE))
    code.add_data(QRData(rest.encode(), mode=MODE_ALPHA_NUM))
    code.make(fit=version is None)
    return [[bool(module) for module in row] for row in code.get_matrix()]


class CodeFamily:
    """All symbols of one address: ``prefix`` followed by a token of ``length`` characters.

    Raises UnprintableCode where the prefix holds characters outside the alphanumeric mode or is too long.
    """

    def __init__(self, prefix: str, length: int) -> None:
        scheme, colon, rest = prefix.partition(":")
        self._scheme, self._rest, self._length = scheme, colon + rest, length
        if strange := sorted(set(self._rest) - set(_ALPHABET)):
            raise UnprintableCode(f"The QR code cannot hold {' '.join(strange)} in {prefix}: use a public URL of letters, digits, hyphens and dots.")
        try:
            self.modules = len(draw(scheme, self._rest + "0" * length))
        except (DataOverflowError, ValueError) as error:
            raise UnprintableCode(f"The address {prefix} is too long for a QR code: use a shorter host.") from error
        self.version = (self.modules - 17) // 4
        if self.version > _MAX_VERSION:
            raise UnprintableCode(f"The address {prefix} is too long for a QR code: use a shorter host.")
        text = self._rest + "0" * length
        first = len(self._rest) // 2
        self._spans = [(start, text[start : start + 2]) for start in range(2 * first, len(text), 2)]
        self._head = self._rest[2 * first :]
        self._groups = [_Group(self, start, len(pair)) for start, pair in self._spans]

    def symbol(self, token: str) -> int:
        """The lanes of a token's symbol as one integer (see ``lanes``)."""
        text = self._head + token
        if len(token) != self._length:
            raise ValueError(f"The token {token!r} has {len(token)} characters, this family holds tokens of {self._length}.")
        lanes = self.ground
        for index, group in enumerate(self._groups):
            lanes ^= group[text[2 * index : 2 * index + 2]]
        return lanes

    @cached_property
    def ground(self) -> int:
        """The symbol whose groups are all zero."""
        return self.lanes_with(0, "")

    def lanes_with(self, start: int, group: str) -> int:
        """The symbol with ``group`` at ``start`` and zeros in all other groups that a token touches."""
        first = self._spans[0][0]
        blank = self._rest[:first] + "".join("0" * len(pair) for _, pair in self._spans)
        return lanes(draw(self._scheme, blank[:start] + group + blank[start + len(group) :], self.version))


class _Group(dict[str, int]):
    """Characters of one group -> what they change in the symbol; two characters are 11 bits, a last single one is 6."""

    def __init__(self, family: CodeFamily, start: int, length: int) -> None:
        super().__init__()
        ground = family.ground
        self._bits = [family.lanes_with(start, _characters(1 << bit, length)) ^ ground for bit in range(11 if length == 2 else 6)]

    def __missing__(self, characters: str) -> int:
        value = 0
        for character in characters:
            place = _ALPHABET.find(character)
            if place < 0:
                raise UnprintableLetter(f"The letter's token holds {character!r}, which a QR code cannot hold in its alphanumeric mode.")
            value = value * 45 + place
        change = 0
        for bit, lanes_of_bit in enumerate(self._bits):
            if value >> bit & 1:
                change ^= lanes_of_bit
        self[characters] = change
        return change


def _characters(value: int, length: int) -> str:
    high, low = divmod(value, 45)
    return _ALPHABET[high] + _ALPHABET[low] if length == 2 else _ALPHABET[low]


BLOCK = 8
"""Modules in a lane."""
LANE_BITS = 32


def lanes(rows: Sequence[Sequence[bool]]) -> int:
    """Pack a symbol: a lane of 32 bits for every 8 modules of a row, in reading order from the lowest bits up.

    Bit 0 to 7 of a lane are its modules, bit 8 is the first module of the next lane of the row: whoever draws lane by lane
    knows whether a dark run goes on.
    """
    packed = 0
    place = 0
    for row in rows:
        for start in range(0, len(row), BLOCK):
            for offset, dark in enumerate(row[start : start + BLOCK + 1]):
                packed |= dark << (place + offset)
            place += LANE_BITS
    return packed
