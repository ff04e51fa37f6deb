"""What do the letters look like: every layout, for a made-up or a real customer, as its files are right now?"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from starlette.responses import Response

import layouts
from api.desk.sessions import SignedIn
from api.errors import NotFound, PdfMissing
from api.keys import LARGEST_ID
from api.office import AtOffice, Office
from api.pages import pdf, render
from campaigns.errors import PostillionError
from campaigns.letter import LetterContent, Occasion
from layouts import print_shop
from layouts.errors import InvalidLayout, InvalidText, LayoutError, UnknownLayout
from layouts.layout import Layout
from layouts.placeholders import CATALOGUE
from letters import proof_sheet
from letters.drawn_preview import FOLD, MOST_PAGES, ZONES, Job, Preview
from store import campaign_history, history, recipients

router = APIRouter(prefix="/desk", include_in_schema=False, dependencies=[SignedIn])

log = logging.getLogger(__name__)

_DPI, _SMALL_DPI = 96, 36
_FOUND = 10
_LONGEST_SOURCE = 100_000
LayoutName = Annotated[str, InPath(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]
"""As layouts.layout wants it: no name leads out of the folder."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a preview is to show."""

    language: str = ""
    customer: int = 0
    """Zero: made-up values."""
    long: bool = False
    overlay: bool = False

    def address(self, **changes: object) -> str:
        """The query of a link to it, with some of it changed."""
        told = {name: getattr(self, name) for name in ("language", "customer", "long", "overlay")} | changes
        return urlencode({name: int(value) if isinstance(value, bool) else value for name, value in told.items() if value})


def wanted(
    language: Annotated[str, Query(pattern="^([a-z]{2})?$")] = "",
    customer: Annotated[int, Query(ge=0, le=LARGEST_ID)] = 0,
    long: bool = False,
    overlay: bool = False,
) -> Wanted:
    """What an address asks for."""
    return Wanted(language, customer, long, overlay)


AsWanted = Annotated[Wanted, Depends(wanted)]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a layout, and where."""

    words: str
    file: str
    line: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A layout of the list."""

    name: str
    title: str
    languages: tuple[str, ...]
    is_bundled: bool
    mistakes: int


@router.get("/layouts")
async def layout_list(request: Request, office: AtOffice) -> Response:
    """Every layout, the operator's own ones first."""
    found, campaigns = await _drawing(office, lambda: (_listed(office), _campaigns_by_layout(office)))
    return render(request, "desk/layouts.html", layouts=found, campaigns=campaigns, has_own=office.settings.layouts_dir is not None)


@router.get("/layouts/{name}")
async def layout(name: LayoutName, request: Request, office: AtOffice, asked: AsWanted, q: Annotated[str, Query(max_length=200)] = "") -> Response:
    """One layout: its pages as they are drawn now, or its mistakes."""
    values = await _drawing(office, partial(_page, office, name, asked, q))
    return render(request, "desk/layout.html", name=name, asked=asked, text=q, zones=ZONES, fold=FOLD, most_pages=MOST_PAGES, catalogue=CATALOGUE, **values)


@router.get("/layouts/{name}/small.png")
async def small(name: LayoutName, office: AtOffice) -> Response:
    """The first page with sample values, for the list."""
    return await _picture(office, name, Wanted(), 1, _SMALL_DPI)


@router.get("/layouts/{name}/page-{number}.png")
async def page(name: LayoutName, number: Annotated[int, InPath(ge=1, le=MOST_PAGES)], office: AtOffice, asked: AsWanted) -> Response:
    """A page of the preview."""
    return await _picture(office, name, asked, number, _DPI)


@router.get("/layouts/{name}/preview.pdf")
async def as_pdf(name: LayoutName, office: AtOffice, asked: AsWanted) -> Response:
    """The whole preview; never with the overlay: that belongs to the pictures."""
    found = await _drawing(office, partial(_preview, office, name, asked, _DPI))
    if not found.pdf:
        raise PdfMissing
    return pdf(found.pdf, f"{name}-preview.pdf")


async def _picture(office: Office, name: str, asked: Wanted, number: int, dpi: int) -> Response:
    found = await _drawing(office, partial(_preview, office, name, asked, dpi))
    if number > len(found.pictures):
        raise NotFound
    return Response(found.pictures[number - 1], media_type="image/png")


async def _drawing(office: Office, work: Callable[[], Any]) -> Any:
    """In threads of its own: whoever looks at layouts waits for others who do, and no other page does."""
    return await run_sync(work, limiter=office.drawing)


def _listed(office: Office) -> list[Listed]:
    folder, found = office.settings.layouts_dir, []
    for name in layouts.names(folder):
        own = not layouts.is_bundled(name, folder)
        try:
            one = layouts.load(name, folder)
            found.append(Listed(name, one.title, one.languages, not own, 0))
        except (LayoutError, OSError):
            found.append(Listed(name, name, (), not own, len(_mistakes(name, folder))))
    return sorted(found, key=lambda one: (one.is_bundled, one.name))


def _campaigns_by_layout(office: Office) -> dict[str, list[tuple[str, str]]]:
    """Layout -> slug and name of the campaigns that use it."""
    with office.reading() as connection:
        saved = campaign_history.everything(connection)
    used: dict[str, list[tuple[str, str]]] = {}
    for record in saved:
        for name in {name for step in record.definition.steps for name in step.layouts} if record.definition else ():
            used.setdefault(name, []).append((record.slug, record.definition.name if record.definition else record.slug))
    return used


def _page(office: Office, name: str, asked: Wanted, text: str) -> dict[str, Any]:
    """All that the page of a layout shows."""
    folder = office.settings.layouts_dir
    sources = _existing(lambda: layouts.sources(name, folder))
    found, preview, mistakes = None, Preview(), []
    try:
        found = layouts.load(name, folder)
    except (LayoutError, OSError):
        mistakes = _mistakes(name, folder)
    if found:
        preview = _preview(office, name, asked, _DPI)
    with office.reading() as connection:
        people = history.search(connection, text, _FOUND) if text.strip() else []
        chosen = history.of(connection, asked.customer) if asked.customer else None
    return {
        "found": found,
        "spoken": _spoken(found, asked, chosen.customer.language if chosen else "") if found else "",
        "preview": preview,
        "mistakes": mistakes,
        "sources": {file: source[:_LONGEST_SOURCE].splitlines() for file, source in sources.items()},
        "is_bundled": layouts.is_bundled(name, folder),
        "campaigns": _campaigns_by_layout(office).get(name, []),
        "people": people,
        "chosen": chosen,
    }


def _spoken(found: Layout, asked: Wanted, theirs: str) -> str:
    """The language of the preview: as asked for, else the customer's, else the first one that there is."""
    return next(language for language in (asked.language, theirs, *found.languages) if language in found.languages)


def _preview(office: Office, name: str, asked: Wanted, dpi: int) -> Preview:
    """Drawn, or kept from the last time that everything was the same; raises NotFound for a layout, a language or a customer that is not there."""
    settings = office.settings
    try:
        found = layouts.load(name, settings.layouts_dir)
        production = print_shop.load(settings.print_shop, settings.output_profile, settings.output_condition)
    except UnknownLayout as error:
        raise NotFound from error
    except (PostillionError, OSError) as error:
        return Preview(problem=str(error))
    if asked.language and asked.language not in found.languages:
        raise NotFound
    content = _content(office, found, asked)
    return office.previews.of(Job(found, content, settings.sender, settings.public_url, production, dpi, asked.overlay))


def _content(office: Office, found: Layout, asked: Wanted) -> LetterContent:
    settings = office.settings
    if not asked.customer:
        return proof_sheet.sample(found, asked.language or found.languages[0], settings.sender, settings.public_url, asked.long)
    today = datetime.now(UTC).astimezone(office.timezone).date()
    with office.reading() as connection:
        known = recipients.recipient(connection, asked.customer, today)
    if known is None:
        raise NotFound
    return proof_sheet.personal(found, *known, asked.language, Occasion(settings.sender, today, settings.public_url, office.timezone), asked.long)


def _existing(read: Callable[[], dict[str, str]]) -> dict[str, str]:
    try:
        return read()
    except (LayoutError, OSError) as error:
        raise NotFound from error


def _mistakes(name: str, folder: Path | None) -> list[Mistake]:
    """In the words of ``postillion layout check``, without the folder: where the installation lies is nobody's business at the desk."""
    try:
        return [_mistake(name, one) for one in layouts.mistakes(name, folder)] or [Mistake("", "", None)]
    except (LayoutError, OSError) as error:
        log.warning("The layout %s cannot be read: %s", name, type(error).__name__)
        return [Mistake("", "", None)]


def _mistake(name: str, error: LayoutError) -> Mistake:
    line = error.line if isinstance(error, InvalidLayout | InvalidText) else None
    before, found, rest = str(error).partition(f"/{name}/")
    words = rest if found else before.rpartition("/")[2]
    return Mistake(words, words.partition(":")[0], line)
