"""How do a million different QR codes get made without making a million QR codes?

With version, mask and segments fixed, every module of a symbol is an exclusive or of data bits (Reed-Solomon codes are linear).
So the library ``qrcode`` draws one symbol per data bit that a token touches, once per process, and each token's symbol is the
exclusive or of a few of them: whole symbols as Python integers.
"""

from collections.abc import Sequence
from functools import cache, reduce
from operator import or_

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.exceptions import DataOverflowError
from qrcode.util import ALPHA_NUM, MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

from letters.errors import UnprintableCode, UnprintableLetter

MASK = 4
"""Fixed: choosing the best of 8 per code costs 6 times as much and reads no better (print facts 4.5)."""
_ALPHABET: str = ALPHA_NUM.decode()
_ZERO = _ALPHABET[0]
"""The character that is packed as zero."""
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
        rest = colon + rest
        if strange := sorted(set(rest) - set(_ALPHABET)):
            raise UnprintableCode(f"The QR code cannot hold {' '.join(strange)} in {prefix}: use a public URL of letters, digits, hyphens and dots.")
        # Characters are packed in pairs: the first pair that the token touches may begin with the prefix's last character.
        first, end = len(rest) // 2 * 2, len(rest) + length
        self._head, self._length = rest[first:], length
        ground = _draw_or_refuse(prefix, scheme, rest[:first] + _ZERO * (end - first))
        self.modules = len(ground)
        self.version = (self.modules - 17) // 4
        self._ground = packed(ground)
        self._pairs = [_pair(scheme, end, start, self.version) for start in range(first, end, 2)]
        self._changing = reduce(or_, (bit for pair in self._pairs for bit in pair.bits))

    @property
    def fixed(self) -> int:
        """The modules that are dark in every symbol of the family."""
        return self._ground & ~self._changing

    def own(self, token: str) -> int:
        """A token's dark modules that other symbols may have light: with ``fixed`` they make the symbol."""
        return self.symbol(token) & self._changing

    def symbol(self, token: str) -> int:
        """A token's symbol as one number (see ``packed``); raises UnprintableLetter for a token that fits no code."""
        text = self._head + token
        if len(token) != self._length:
            raise ValueError(f"The token {token!r} has {len(token)} characters, this family holds tokens of {self._length}.")
        symbol = self._ground
        for index, pair in enumerate(self._pairs):
            symbol ^= pair[text[2 * index : 2 * index + 2]]
        return symbol


def _draw_or_refuse(prefix: str, scheme: str, rest: str) -> list[list[bool]]:
    try:
        symbol = draw(scheme, rest)
    except (DataOverflowError, ValueError) as error:
        raise UnprintableCode(f"The address {prefix} is too long for a QR code: use a shorter host.") from error
    if len(symbol) > 17 + 4 * _MAX_VERSION:
        raise UnprintableCode(f"The address {prefix} is too long for a QR code: use a shorter host.")
    return symbol


class _Pair(dict[str, int]):
    """Two characters (or a last single one) -> which modules they change against zeros in their place."""

    def __init__(self, bits: list[int]) -> None:
        super().__init__()
        self.bits = bits
        """The modules that each bit of the packed pair changes."""

    def __missing__(self, characters: str) -> int:
        value = 0
        for character in characters:
            place = _ALPHABET.find(character)
            if place < 0:
                raise UnprintableLetter(f"The letter's token holds {character!r}, which a QR code cannot hold in its alphanumeric mode.")
            value = value * 45 + place
        change = 0
        for bit, modules in enumerate(self.bits):
            if value >> bit & 1:
                change ^= modules
        self[characters] = change
        return change


@cache
def _pair(scheme: str, end: int, start: int, version: int) -> _Pair:
    """The pair at ``start`` of a text of ``end`` characters: the same for every prefix of that length, so once per process."""

    def drawn(characters: str) -> int:
        # The characters around cancel out; they are no zeros because qrcode cannot divide a block of nothing but zeros.
        return packed(draw(scheme, "A" * start + characters + "A" * (end - start - len(characters)), version))

    single = start + 1 == end
    ground = drawn(_ZERO if single else 2 * _ZERO)
    values = (divmod(1 << bit, 45) for bit in range(6 if single else 11))
    return _Pair([drawn(_ALPHABET[low] if single else _ALPHABET[high] + _ALPHABET[low]) ^ ground for high, low in values])


def packed(rows: Sequence[Sequence[bool]]) -> int:
    """A symbol as one number: column by column from the left, each from the top down with a light module below it; the first one is the highest bit."""
    return int("".join("".join("01"[row[column]] for row in rows) + "0" for column in range(len(rows))), 2)
