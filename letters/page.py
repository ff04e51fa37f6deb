"""How does one draw on a page that is measured like a letter: from the top-left corner, downwards?

The only place that turns the page upside down (PDF counts from the bottom), and the only one that knows PDF's drawing
operators. Every colour is written in CMYK, black as 100 % K.
"""

from collections.abc import Sequence
from functools import lru_cache

from layouts.din5008 import PAGE_HEIGHT
from layouts.style import Cmyk

POINT = 72 / 25.4
"""Points in a millimetre."""
PAPER = Cmyk(0, 0, 0, 0)


@lru_cache(8192)
def number(value: float) -> str:
    """A number as short as PDF allows, exact to a thousandth of a point."""
    return f"{value:.3f}".rstrip("0").rstrip(".") if value % 1 else f"{value:.0f}"


def colour(cmyk: Cmyk, operator: str) -> str:
    """The operator that sets a colour: ``k`` to fill and write, ``K`` to draw lines."""
    return " ".join([*(number(ink / 100) for ink in (cmyk.cyan, cmyk.magenta, cmyk.yellow, cmyk.black)), operator])


class Drawing:
    """Operators of one block, in points from the block's top-left corner, x to the right and y downwards."""

    def __init__(self) -> None:
        self._operators: list[str] = []

    @property
    def operators(self) -> str:
        """All that was drawn so far."""
        return "\n".join(self._operators)

    def lines(self, x: float, baseline: float, font: str, leading: float, codes: Sequence[str], ink: Cmyk | None = None) -> None:
        """Write encoded lines below each other; ``font`` is the operator that selects the type, black unless ``ink`` is given."""
        shown = ")]TJ T*\n[(".join(codes)
        text = f"BT {font} {number(leading)} TL {number(x)} {number(-baseline)} Td\n[({shown})]TJ ET"
        self._operators.append(f"q {colour(ink, 'k')} {text} Q" if ink else text)

    def rectangle(self, x: float, y: float, width: float, height: float, ink: Cmyk) -> None:
        """Fill a rectangle."""
        self._operators.append(f"q {colour(ink, 'k')} {number(x)} {number(-y - height)} {number(width)} {number(height)} re f Q")

    def rule(self, start: tuple[float, float], end: tuple[float, float], width: float, ink: Cmyk, dash: str = "") -> None:
        """Draw a straight line; ``dash`` is the pattern in points, like ``2 2``."""
        (x1, y1), (x2, y2) = start, end
        pattern = f"[{dash}] 0 d " if dash else ""
        self._operators.append(f"q {colour(ink, 'K')} {pattern}{number(width)} w {number(x1)} {number(-y1)} m {number(x2)} {number(-y2)} l S Q")

    def shape(self, path: str, ink: Cmyk, even_odd: bool = False) -> None:
        """Fill a path whose operators are in points from the block's top-left corner; ``even_odd``: a path inside another is a hole."""
        self._operators.append(f"q {colour(ink, 'k')} {path} {'f*' if even_odd else 'f'} Q")

    def outline(self, path: str, width: float, ink: Cmyk, dash: str = "") -> None:
        """Draw along a path."""
        pattern = f"[{dash}] 0 d " if dash else ""
        self._operators.append(f"q {colour(ink, 'K')} {pattern}{number(width)} w {path} S Q")

    def path(self, x: float, y: float, side: float, unit: float, path: str, under: str = "") -> None:
        """Fill ``path``, drawn in units from the lower left corner of a square of ``side`` whose top-left corner is at x, y.

        ``under`` are operators in the same units that are drawn before it.
        """
        self._operators.append(f"q {number(unit)} 0 0 {number(unit)} {number(x)} {number(-y - side)} cm\n{under}{path}f Q")

    def place(self, x: float, y: float, operators: str) -> None:
        """Put a finished block with its top-left corner at x, y."""
        self._operators.append(f"q 1 0 0 1 {number(x)} {number(-y)} cm\n{operators} Q")


class Page:
    """A sheet of A4 on which finished blocks are put, in millimetres from its top-left corner."""

    def __init__(self) -> None:
        self.blocks: list[tuple[str, str]] = [("0 0 0 1 k 0 0 0 1 K", "")]
        """What to draw, in order: operators, then a form by its name, if any."""

    def put(self, x: float, y: float, operators: str, form: str = "") -> None:
        """Put a finished block with its top-left corner at x, y millimetres: the form of that name, and operators over it."""
        place = f"q 1 0 0 1 {number(x * POINT)} {number((PAGE_HEIGHT - y) * POINT)} cm"
        self.blocks += [(place, form), (f"{operators} Q", "")] if form else [(f"{place}\n{operators} Q", "")]

    def underlay(self, form: str) -> None:
        """Put a form that was drawn for the whole page below everything that is on it."""
        self.blocks[1:1] = [(f"q 1 0 0 1 0 {number(PAGE_HEIGHT * POINT)} cm", form), ("Q", "")]
