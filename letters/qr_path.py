"""How is a QR code drawn: as which path, and how large?"""

from array import array
from dataclasses import dataclass
from functools import cache

from letters.errors import UnprintableCode
from letters.qr_code import BLOCK, LANE_BITS, CodeFamily

DOT = 25.4 / 600
"""Millimetres of a printer's dot: modules of whole dots have equal edges."""
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


@cache
def path_table(modules: int) -> "PathTable":
    """The table for symbols of that size, kept as long as the process lives (6 MB at the most for each size)."""
    return PathTable(modules)


class PathTable:
    """Turns symbols of ``modules`` rows into a path of rectangles, one unit per module, origin in the lower left corner.

    The runs of a lane are looked up, not drawn: after a few hundred symbols nearly every lane has been seen.
    """

    def __init__(self, modules: int) -> None:
        self._per_row = -(-modules // BLOCK)
        self._bytes = modules * self._per_row * LANE_BITS // 8
        self._numbers = sum(index << (LANE_BITS * index + BLOCK + 1) for index in range(modules * self._per_row))
        self._runs = _Runs(modules, self._per_row)

    def path(self, symbol: int) -> str:
        """The path, without the operator that fills it."""
        lanes = array("I", (symbol | self._numbers).to_bytes(self._bytes, "little"))
        return "".join(map(self._runs.__getitem__, lanes))


class _Runs(dict[int, str]):
    """Lane with its number above the modules -> rectangles of its dark runs."""

    def __init__(self, modules: int, per_row: int) -> None:
        super().__init__()
        self._modules, self._per_row = modules, per_row

    def __missing__(self, lane: int) -> str:
        row, block = divmod(lane >> (BLOCK + 1), self._per_row)
        y = self._modules - 1 - row
        rectangles, start = [], None
        for offset in range(BLOCK + 1):
            dark = lane >> offset & 1 and offset < BLOCK
            if dark and start is None:
                start = offset
            elif not dark and start is not None:
                goes_on = offset == BLOCK and lane >> BLOCK & 1  # overlap the next lane, so that no seam shows
                rectangles.append(f"{block * BLOCK + start} {y} {offset - start + bool(goes_on)} 1 re\n")
                start = None
        self[lane] = "".join(rectangles)
        return self[lane]
