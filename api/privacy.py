"""What does whoever scans a code or objects want to know about their data, and who is answerable for it (Art. 13 GDPR)?"""

from pathlib import Path

from fastapi import APIRouter, Request
from markdown_it import MarkdownIt
from markupsafe import Markup
from starlette.responses import Response

from api.office import AtOffice
from api.pages import render, wording_for

router = APIRouter(include_in_schema=False)
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@router.api_route("/privacy", methods=["GET", "HEAD"])
def privacy(request: Request, office: AtOffice) -> Response:
    """The controller's own text where there is one in the visitor's language, else ours, which says what this software does."""
    own = _own_text(office.settings.privacy_dir, wording_for(request).language)
    return render(request, "privacy.html", own=Markup(_MARKDOWN.render(own)) if own else None)  # noqa: S704 (raw HTML in it is switched off)


def _own_text(folder: Path | None, language: str) -> str:
    path = folder / f"privacy.{language}.md" if folder else None
    return path.read_text("utf-8") if path and path.is_file() else ""
