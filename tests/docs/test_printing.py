"""Is the guide to printing true to what is read?"""

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from layouts import print_shop
from layouts.production import Production
from tests.docs.conftest import Document


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
