"""How does one draw on a page that is measured like a letter: from the top-left corner, downwards?

The only place that turns the page upside down (PDF counts from the bottom), and the only one that knows PDF's drawing
operators. Every colour is written in CMYK, black as 100 % K.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

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


class Written(NamedTuple):
    """Encoded lines below each other in black; points from the top-left corner of what they stand in."""

    x: float
    baseline: float
    font: str
    """The operator that selects the type."""
    leading: float
    codes: Sequence[str]


def text_object(texts: Iterable[Written]) -> str:
    """The operators that write texts, each told from where the one before it stands: distances come again and again, places do not."""
    operators, font, leading, x, y = ["BT"], "", 0.0, 0.0, 0.0
    for text in texts:
        if text.font != font:
            font = text.font
            operators.append(font)
        if len(text.codes) > 1 and text.leading != leading:
            leading = text.leading
            operators.append(f"{number(leading)} TL")
        right, up = round(text.x - x, 2), round(-text.baseline - y, 2)
        operators.append(f"{number(right)} {number(up)} Td")
        shown = ")]TJ T*\n[(".join(text.codes)
        operators.append(f"[({shown})]TJ")
        x, y = x + right, y + up - leading * (len(text.codes) - 1)
    operators.append("ET")
    return "\n".join(operators)


class Drawing:
    """What one block draws, in points from the block's top-left corner, x to the right and y downwards."""

    def __init__(self) -> None:
        self._operators: list[str] = []
        self.texts: list[Written] = []
        """The black texts, which stand above the rest of the block."""

    @property
    def art(self) -> str:
        """The operators of everything but ``texts``."""
        return "\n".join(self._operators)

    @property
    def operators(self) -> str:
        """All that was drawn so far."""
        return "\n".join([*self._operators, text_object(self.texts)]) if self.texts else self.art

    def lines(self, x: float, baseline: float, font: str, leading: float, codes: Sequence[str], ink: Cmyk | None = None) -> None:
        """Write encoded lines below each other; ``font`` is the operator that selects the type, black unless ``ink`` is given."""
        text = Written(x, baseline, font, leading, codes)
        if ink:
            self._operators.append(f"q {colour(ink, 'k')} {text_object([text])} Q")
        else:
            self.texts.append(text)

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

    def units(self, x: float, y: float, side: float, unit: float, operators: str) -> None:
        """Draw in units of so many points, from the lower left corner of a square of ``side`` points whose top-left corner is at x, y."""
        self._operators.append(f"q {number(unit)} 0 0 {number(unit)} {number(x)} {number(-y - side)} cm\n{operators} Q")

    def place(self, x: float, y: float, operators: str) -> None:
        """Put a finished block with its top-left corner at x, y."""
        self._operators.append(f"q 1 0 0 1 {number(x)} {number(-y)} cm\n{operators} Q")


class Page:
    """A sheet of A4 on which finished blocks are put, in millimetres from its top-left corner."""

    def __init__(self) -> None:
        self._blocks: list[tuple[str, str]] = [("0 0 0 1 k 0 0 0 1 K", "")]
        self._texts: list[Written] = []
        """What stands above the blocks: texts of several blocks without art between them are one text object."""

    @property
    def blocks(self) -> list[tuple[str, str]]:
        """What to draw, in the order in which one reads: operators, then a form by its name, if any."""
        self._close()
        return self._blocks

    def put(self, x: float, y: float, operators: str, form: str = "", texts: Iterable[Written] = ()) -> None:
        """Put a finished block with its top-left corner at x, y millimetres: the form of that name, operators over it, and texts over both."""
        left, top = round(x * POINT, 2), round((y - PAGE_HEIGHT) * POINT, 2)
        if operators or form:
            self._close()
            place = f"q 1 0 0 1 {number(left)} {number(-top)} cm"
            self._blocks += [(place, form), (f"{operators} Q", "")] if form else [(f"{place}\n{operators} Q", "")]
        self._texts += [Written(left + text_x, top + baseline, font, leading, codes) for text_x, baseline, font, leading, codes in texts]

    def _close(self) -> None:
        if self._texts:
            self._blocks.append((text_object(self._texts), ""))
            self._texts = []

    def underlay(self, form: str) -> None:
        """Put a form that was drawn for the whole page below everything that is on it."""
        self._blocks[1:1] = [(f"q 1 0 0 1 0 {number(PAGE_HEIGHT * POINT)} cm", form), ("Q", "")]
