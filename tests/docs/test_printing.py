"""Is the guide to printing true to what is read?"""

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from campaigns.shop_report import Reported
from layouts import print_shop
from layouts.production import Production
from printshop.reports import reading
from printshop.reports.words import EVENTS, HEADINGS, REASONS
from tests.docs.conftest import ROOT, Document


def test_the_example_of_a_profile_can_be_loaded_and_shows_every_key(document: Callable[[str], Document], tmp_path: Path) -> None:
    [example] = document("docs/printing.md").blocks("toml")
    path = tmp_path / "example.toml"
    path.write_text(example, encoding="utf-8")
    production = print_shop.load(str(path))
    assert production.slug == "example"
    assert (production.duplex, production.bleed, production.letters_per_file) == (True, 3, 2000)
    assert {field.name for field in fields(Production)} - {"slug"} <= set(re.findall(r"^\[*(\w+)", example, re.MULTILINE))


def test_every_bundled_print_shop_is_in_the_table(document: Callable[[str], Document]) -> None:
    rows = document("docs/printing.md").table("Choosing the print shop")
    assert sorted(row[0].strip("`") for row in rows) == print_shop.shops()


@pytest.mark.parametrize(("heading", "words"), [("Columns", HEADINGS), ("Events", EVENTS), ("Reasons of a return", REASONS)])
def test_every_word_that_is_understood_in_a_report_is_told(heading: str, words: Mapping[str, tuple[str, ...]], document: Callable[[str], Document]) -> None:
    rows = document("docs/printing.md").table(heading)
    assert [(row[0].strip("`"), row[2]) for row in rows] == [(name, ", ".join(few)) for name, few in words.items()]


def test_the_example_reports_are_understood_to_the_last_line() -> None:
    found = {path.name: list(reading.read(path.read_bytes(), ZoneInfo("Europe/Berlin"))) for path in (ROOT / "examples" / "shop_reports").iterdir()}
    assert {name: len(lines) for name, lines in found.items()} == {"posted.csv": 4, "ruecklaeufer.csv": 3, "accepted.json": 1}
    assert all(isinstance(line, Reported) for lines in found.values() for line in lines)
