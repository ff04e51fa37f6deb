"""Letters to test with, and eyes that are not ours: pages are read back by pdfium, pypdf and zxing."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import layouts
from campaigns.letter import Item, LetterContent, short_link
from campaigns.sender import Sender
from layouts import Layout
from layouts.din5008 import Box
from layouts.placeholders import sample_items, samples
from letters import RenderedFile, render
from letters.read_back import pages_of

PUBLIC_URL = "https://lindenhof.example"
SENDER = Sender("Teehaus Lindenhof", "Lindenstraße 12", "24103", "Kiel")
ADDRESS = ("Johanna Weber", "Möwenweg 7", "20253 Hamburg")
CREATED_AT = datetime(2026, 11, 22, tzinfo=UTC)

Compose = Callable[..., LetterContent]
Print = Callable[..., tuple[RenderedFile, Path]]


@pytest.fixture(scope="session")
def all_layouts() -> dict[str, Layout]:
    return {name: layouts.load(name) for name in layouts.names()}


@pytest.fixture
def content() -> Compose:
    def make(
        layout: str = "winback",
        language: str = "de",
        token: str = "K7MWPQ4XH2RD",
        address: tuple[str, ...] = ADDRESS,
        items: tuple[Item, ...] | None = None,
        **values: str,
    ) -> LetterContent:
        links = {"short_link": short_link(PUBLIC_URL, "S", token), "objection_link": short_link(PUBLIC_URL, "O", token)}
        cart = sample_items(language) if items is None else items
        return LetterContent(layout, language, token, address, {**samples(language), **links, **values}, cart)

    return make


@pytest.fixture
def print_letters(tmp_path: Path, all_layouts: dict[str, Layout]) -> Print:
    def make(*contents: LetterContent, sender: Sender = SENDER, **changed: Any) -> tuple[RenderedFile, Path]:
        path = tmp_path / "letters.pdf"
        usual = {"layouts": all_layouts, "title": "Test", "created_at": CREATED_AT}
        result = render(contents, sender=sender, public_url=PUBLIC_URL, path=path, **{**usual, **changed})
        return result, path

    return make


def text_in(path: Path, page: int, x: float, y: float, width: float, height: float) -> str:
    """Text within a rectangle, given in millimetres from the top-left corner."""
    with pages_of(path) as pages:
        return "\n".join(pages.text(page + 1, Box(x, y, width, height)).splitlines()).strip()


def text_of(path: Path, page: int = 0) -> str:
    """All words of a page, single-spaced."""
    with pages_of(path) as pages:
        return " ".join(pages.text(page + 1).split())
