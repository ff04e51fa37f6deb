"""Which pictures of a layout stand on a letter's sheets, and where?"""

from dataclasses import dataclass

from letters.blocks import Galley


@dataclass(frozen=True, slots=True)
class Artwork:
    """What the print file holds once and every letter of a layout shows."""

    first_page: str = ""
    """Name of the form that lies below everything on page 1, drawn for the whole page from its top-left corner; none if empty."""
    other_pages: str = ""
    """The same for all following pages."""
    head: tuple[tuple[float, float, Galley], ...] = ()
    """What stands on page 1 above ``first_page``, like a logo: millimetres from the page's top-left corner, and the galley."""
    signature: Galley | None = None
    """The picture between closing and name; its height is kept free where it is not drawn."""
