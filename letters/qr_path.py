"""How is a QR code drawn: with which operators, and how large?"""

import re
from dataclasses import dataclass
from functools import cache

from letters.errors import UnprintableCode
from letters.qr_code import CodeFamily

DOT = 25.4 / 600
"""Millimetres of a printer's dot: modules of whole dots have equal edges."""
_DARK = re.compile("1+")
QUIET_MODULES = 4
_SMALLEST_MODULE = 0.4
"""Below it phones stop reading at hand distance (print facts 4.1)."""


@dataclass(frozen=True, slots=True)
class PrintedCode:
    """A family of codes at one size on paper."""

    family: CodeFamily
    module: float
    """Side of a module in millimetres."""

    @property
    def size(self) -> float:
        """Side of the symbol in millimetres, without its quiet zone."""
        return self.module * self.family.modules

    @property
    def quiet(self) -> float:
        """Width of the quiet zone, which stays unprinted on all four sides."""
        return self.module * QUIET_MODULES


def printed(family: CodeFamily, wanted_size: float) -> PrintedCode:
    """The largest size not above ``wanted_size`` whose modules are whole dots of 600 dpi; raises UnprintableCode."""
    module = int(wanted_size / family.modules / DOT + 1e-9) * DOT
    if module < _SMALLEST_MODULE:
        raise UnprintableCode(
            f"A QR code of {family.modules} modules has no room in {wanted_size:g} mm (modules below {_SMALLEST_MODULE} mm): "
            "use a shorter public URL or a larger code in the layout."
        )
    return PrintedCode(family, module)


def path(modules: int, symbol: int) -> str:
    """The dark modules of a symbol (``letters.qr_code.packed``) as a path, column by column: a unit per module, origin in the lower left corner.

    Without the operator that fills it. Columns take a seventh less than rows: what letters change stands in strips of two columns, so that x comes again.
    """
    rectangles = _rectangles(modules)
    return "".join([rectangles[run.span()] for run in _DARK.finditer(f"{symbol:0{(modules + 1) * modules}b}")])


@cache
def _rectangles(modules: int) -> "_Rectangles":
    return _Rectangles(modules)


class _Rectangles(dict[tuple[int, int], str]):
    """Where a dark run of a packed symbol begins and ends -> its rectangle: looked up, for they come again in every symbol."""

    def __init__(self, modules: int) -> None:
        super().__init__()
        self._modules = modules

    def __missing__(self, span: tuple[int, int]) -> str:
        start, end = span
        x, top = divmod(start, self._modules + 1)
        self[span] = f"{x} {self._modules - top - (end - start)} 1 {end - start} re\n"
        return self[span]
