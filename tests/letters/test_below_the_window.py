"""Does the window stay clear whatever the text begins with, and whoever it speaks to?"""

from pathlib import Path

import pytest

import layouts
from layouts.din5008 import FORMS
from layouts.layout import BUNDLED
from layouts.production import Production
from letters import render
from letters.preflight import Sampling, check, expected
from tests.letters.conftest import CREATED_AT, PUBLIC_URL, SENDER, Compose


def part(layout: str, name: str) -> str:
    """A block of a bundled layout's German text."""
    text = (BUNDLED / layout / "de.md").read_text()
    start = text.index(f"::: {name}\n")
    return text[start : text.index("\n:::\n", start) + 5]


BEGINNINGS = {
    "a name's accent": "{salutation}\n",
    "two accents in the largest heading": "# ÅẾ {salutation}\n",
    "coupon": part("offer", "coupon"),
    "cart": part("cart", "cart"),
    "code": part("plain", "qr-code"),
    "table": "| ÅẾ | Ö |\n|---|---|\n| 1 | 2 |\n",
    "list": "- ÅẾ\n",
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("beginning", BEGINNINGS.values(), ids=BEGINNINGS)
def test_the_window_is_clear_whatever_the_text_begins_with(content: Compose, tmp_path: Path, form: str, beginning: str) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "layout.toml").write_text(f'title = "Mine"\nform = "{form}"\nheading_pt = 28\n')
    (folder / "de.md").write_text(f"{beginning}\n{part('plain', 'objection')}")
    mine = {"mine": layouts.load("mine", tmp_path)}
    letter, path, production = content("mine", salutation="Élodie, Åke,"), tmp_path / "file.pdf", Production()
    result = render([letter], mine, SENDER, PUBLIC_URL, path, "Test", CREATED_AT, production=production)
    assert (result.pages, result.failures) == (1, ())
    wanted = expected([(1, letter)], {1: (1, 1)}, mine, SENDER, PUBLIC_URL, production)
    assert [str(finding) for finding in check(path, wanted, production, Sampling(1)).findings] == []
