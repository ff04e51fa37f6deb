"""How does each letter's own QR code get onto its page?"""

from collections.abc import Callable

from letters.page import POINT, Drawing
from letters.qr_path import PrintedCode, path

ShareUnits = Callable[[int, str], str]
"""Keeps operators for a square of so many units in the print file once; gives the operators that draw them."""


class DrawnCode:
    """Draws a letter's symbol: what all symbols of the print run have in common by a form, the letter's own modules as one path.

    Two thirds of a symbol are finder patterns, format and the shop's address. Leaving them out of every page is a fifth of a page's bytes.
    """

    def __init__(self, printed: PrintedCode, share: ShareUnits) -> None:
        family = printed.family
        self._family, self._module = family, printed.module * POINT
        self._fixed = share(family.modules, f"{path(family.modules, family.fixed)}f")
        self.size, self.quiet = printed.size * POINT, printed.quiet * POINT

    def draw(self, drawing: Drawing, x: float, y: float, token: str) -> None:
        """See ``letters.art.Code``."""
        drawing.units(x, y, self.size, self._module, f"{self._fixed} {path(self._family.modules, self._family.own(token))}f")
