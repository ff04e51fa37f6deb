"""Does a layout keep the places free that the print shop needs for itself?"""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from campaigns.letter import LetterContent
from campaigns.sender import Sender
from layouts.layout import Layout
from layouts.production import FreeZone, Production
from letters.check import sample
from letters.errors import Misfit
from letters.marks import boxes
from letters.print_file import render
from letters.read_back import PrintedPages, pages_of

_TOKEN = "MUSTERMUSTER"  # noqa: S105  # names a letter, not a secret
_DPI = 100
_INK = 250
"""A pixel darker than this has ink."""
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def refuse_intrusions(layout: Layout, sender: Sender, public_url: str, production: Production) -> None:
    """Raise Misfit if a letter with sample values prints where this print shop wants nothing of ours.

    The layout is printed and looked at (0.2 s for each language), and only for print shops that keep places free. Ask before
    anybody is selected.
    """
    if not production.unprinted:
        return
    for language in layout.languages:
        content = replace(sample(layout, language, sender), token=_TOKEN)
        if found := next(_of_letter(content, layout, sender, public_url, production), None):
            number, zone = found
            box = zone.box
            raise Misfit(
                f"The layout {layout.name!r} in {language!r} prints on page {number} where {production.title} wants nothing of ours: {zone.why} "
                f"({box.x:g} to {box.right:g} mm from the left, {box.y:g} to {box.bottom:g} mm from the top). Choose another layout, or change this one."
            )


def _of_letter(content: LetterContent, layout: Layout, sender: Sender, public_url: str, production: Production) -> Iterator[tuple[int, FreeZone]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "sample.pdf"
        bare = replace(production, output=None, document_parts=False)
        result = render([content], {layout.name: layout}, sender, public_url, path, layout.name, _ANY_TIME, production=bare)
        if result.failures:
            raise Misfit(f"No letter of the layout {layout.name!r} can be printed for {production.title}: {result.failures[0][1]}.")
        with pages_of(path) as pages:
            yield from intrusions(pages, 1, result.pages, production)


def intrusions(pages: PrintedPages, first_page: int, count: int, production: Production) -> Iterator[tuple[int, FreeZone]]:
    """The zones of a letter that have ink in them, each with its page of the letter, counted from 1; our marks may stand anywhere."""
    for number in range(1, count + 1):
        with pages.page(first_page + number - 1) as page:
            picture = page.picture(_DPI).copy()
            for box in boxes(production):
                page.cut(picture, box, _DPI)[...] = 255
            for zone in production.unprinted:
                if zone.pages.holds(number) and (page.cut(picture, zone.box.core, _DPI) < _INK).any():
                    yield number, zone
