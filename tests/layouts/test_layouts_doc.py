"""Does docs/layouts.md tell what a layout may hold, all of it and nothing else?"""

import re
from dataclasses import fields
from pathlib import Path

import pytest

import layouts
from campaigns.kinds import CampaignKind
from layouts import style
from layouts.errors import InvalidLayout
from layouts.layout import BUNDLED
from layouts.markdown import CONTAINERS
from layouts.placeholders import CATALOGUE, Presence
from layouts.style import Style

DOC = (Path(__file__).parents[2] / "docs" / "layouts.md").read_text(encoding="utf-8")


def table(first_heading: str) -> list[list[str]]:
    """The rows of the table whose first column has that heading."""
    _, _, rest = DOC.partition(f"\n| {first_heading} |")
    rows = re.match(r"(?:.*\n)\|[-|]+\|\n((?:\|.*\n)+)", rest)
    assert rows, f"there is no table of {first_heading}"
    return [[cell.strip() for cell in row.strip("|").split(" | ")] for row in rows[1].splitlines()]


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", DOC, re.DOTALL)
    assert found
    return found[1]


def test_every_placeholder_is_documented_with_its_label_and_sample() -> None:
    assert table("placeholder") == [[f"`{{{name}}}`", known.label["en"], known.sample["en"]] for name, known in CATALOGUE.items()]


def test_every_block_is_documented() -> None:
    assert sorted(row[0] for row in table("block")) == sorted(f"`{name}`" for name in CONTAINERS)


def test_every_key_is_documented_with_its_default(tmp_path: Path) -> None:
    keys = {row[0].strip("`"): row[2].strip("`") for row in table("key")}
    assert list(keys) == [field.name for field in fields(Style)]
    written = "\n".join(f"{key} = {default}" for key, default in keys.items() if key != "title")
    assert style_of(tmp_path / "told", written) == style_of(tmp_path / "left_out", "")


@pytest.mark.parametrize("row", [row for row in table("key") if " to " in row[1]], ids=lambda row: str(row[0]))
def test_the_limits_of_every_number_are_documented(tmp_path: Path, row: list[str]) -> None:
    low, high = map(float, row[1].split(" to "))
    key = row[0].strip("`")
    assert getattr(style_of(tmp_path / "low", f"{key} = {low}"), key) == low
    assert getattr(style_of(tmp_path / "high", f"{key} = {high}"), key) == high
    for index, beyond in enumerate((low - 0.5, high + 0.5)):
        with pytest.raises(InvalidLayout, match=key):
            style_of(tmp_path / f"beyond{index}", f"{key} = {beyond}")


def test_the_layout_shown_can_be_loaded(tmp_path: Path) -> None:
    (tmp_path / "spring").mkdir()
    (tmp_path / "spring" / "layout.toml").write_text(block("toml"), encoding="utf-8")
    (tmp_path / "spring" / "en.md").write_text(block("markdown"), encoding="utf-8")
    assert layouts.load("spring", tmp_path).uses_coupon("en")


def test_the_bundled_layouts_are_all_told_with_their_coupons() -> None:
    assert {row[0].strip("`"): row[1] == "yes" for row in table("layout")} == {name: layouts.load(name).uses_coupon("en") for name in layouts.names()}


def test_where_a_placeholder_has_no_value_is_documented() -> None:
    def kinds(cell: str) -> set[str]:
        return {str(kind) for kind in CampaignKind} if cell == "every kind" else {word.strip("`") for word in cell.split(", ")} - {"none"}

    told = {row[0].strip("`{}"): [kinds(cell) for cell in row[1:]] for row in table("in campaigns")}
    for name, known in CATALOGUE.items():
        by_presence = [{str(kind) for kind in CampaignKind if known.presence(kind) is presence} for presence in Presence]
        assert told.get(name, [{str(kind) for kind in CampaignKind}, set(), set()]) == by_presence, name


def test_the_bundled_layouts_are_where_it_says() -> None:
    assert BUNDLED.parts[-2:] == ("layouts", "bundled")


def style_of(home: Path, toml: str) -> Style:
    home.mkdir()
    (home / "layout.toml").write_text(f'title = "Any"\n{toml}\n', encoding="utf-8")
    return style.read(home / "layout.toml")
