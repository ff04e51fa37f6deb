"""How should the bundled layouts look?  `make golden` draws the pages anew that the test compares with, and the contact sheet of the docs."""

from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageChops, ImageFilter

import layouts
from campaigns.sender import Sender
from letters import proof_sheet

GOLDEN = Path(__file__).parent / "golden"
SHEET = Path(__file__).parents[2] / "docs" / "screens" / "layouts.png"
PUBLIC_URL = "https://lindenhof.example"
SHOP = Sender(
    "Teehaus Lindenhof",
    "Lindenstraße 12",
    "24103",
    "Kiel",
    email="gruss@teehaus-lindenhof.example",
    phone="0431 555 01 20",
    website="teehaus-lindenhof.example",
    signatory="Marlene Lindenhof",
    register="Amtsgericht Kiel HRB 12345 · USt-IdNr. DE123456789",
)
DPI = 50
_STEPS = [round(level / 17) * 17 for level in range(256)]
"""16 levels of grey: a third of the bytes, and nobody sees it."""
SEEN = 14
"""Levels of 255 by which a spot of the page (a third of a centimetre) may differ: another version of pdfium draws the edges of letters differently."""


def pages(name: str) -> Iterator[tuple[str, Image.Image]]:
    """The pages of a layout's samples, with the names of their files."""
    for label, drawn in proof_sheet.pages_of_samples(layouts.load(name), SHOP, PUBLIC_URL, DPI):
        stem = "-".join(label.split(" · "))
        yield from ((f"{stem}-{number}.png", page.convert("L").point(_STEPS)) for number, page in enumerate(drawn, 1))


def difference(one: Image.Image, other: Image.Image) -> float:
    """How much the two differ where they differ most, in levels of 255; 255 for another size."""
    if one.size != other.size:
        return 255.0
    blurred = (page.convert("L").filter(ImageFilter.BoxBlur(3)) for page in (one, other))
    return float(ImageChops.difference(*blurred).getextrema()[1])  # type: ignore[arg-type]


def renew() -> None:
    """Write all golden pages and the contact sheet."""
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.glob("*.png"):
        old.unlink()
    for name in layouts.names():
        for file, page in pages(name):
            (GOLDEN / file).write_bytes(proof_sheet.as_png(page))
    sheet = proof_sheet.contact_sheet([layouts.load(name) for name in layouts.names()], SHOP, PUBLIC_URL, 36)
    SHEET.write_bytes(proof_sheet.as_png(sheet, 160))


if __name__ == "__main__":
    renew()
