"""Are print shops' profiles read as they are meant, and is every wrong one refused with its file and key?"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from layouts import print_shop
from layouts.din5008 import Box
from layouts.errors import InvalidProduction
from layouts.production import FOGRA39, Dash, FreeZone, InserterMark, MarkKind, Pages, Production, SheetNumber

USABLE = [name for name in print_shop.shops() if name != "lob"]


def written(folder: Path, text: str) -> str:
    path = folder / "house.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_usual_print_shop_is_the_one_without_wishes() -> None:
    assert print_shop.load("lettershop") == Production()


@pytest.mark.parametrize("name", USABLE)
def test_a_profile_comes_back_from_the_database_as_it_was(name: str) -> None:
    production = print_shop.load(name)
    assert print_shop.from_dict(json.loads(json.dumps(print_shop.as_dict(production)))) == production


def test_everything_that_can_be_said_comes_back_from_the_database() -> None:
    production = Production(
        address=Box(20.5, 60, 80, 25),
        franking=Box(20, 40, 90, 20),
        free_zones=(FreeZone(Box(0, 282, 15, 15), Pages.OTHER, "a corner"),),
        duplex=True,
        fold_marks=False,
        sheet_number=SheetNumber(12, 290),
        inserter=InserterMark(MarkKind.OMR, 6, 100, dashes=(Dash.START, Dash.END)),
    )
    assert print_shop.from_dict(json.loads(json.dumps(print_shop.as_dict(production)))) == production


def test_a_print_run_from_before_there_were_profiles_is_printed_as_usual() -> None:
    assert print_shop.from_dict({}) == Production()


def test_what_pingen_and_e_post_publish_is_in_their_profiles() -> None:
    pingen, e_post = print_shop.load("pingen"), print_shop.load("e-post")
    assert (pingen.address, pingen.franking, pingen.most_bytes) == (Box(22, 60, 85.5, 25.5), Box(20, 40, 89.5, 20), 8_000_000)
    assert (pingen.address_lines, e_post.address_lines, Production().address_lines) == (6, 5, 6)
    assert (e_post.edge.left, e_post.edge.right) == (12, 2.5)


def test_lob_is_refused_because_of_its_paper() -> None:
    with pytest.raises(InvalidProduction, match=r"lob\.toml.*US Letter.*A4 only"):
        print_shop.load("lob")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("duplx = true", "no key 'duplx', did you mean duplex"),
        ("duplex = 1", "'duplex' is 1, but must be true or false"),
        ("bleed = -3", "'bleed' is -3, but must be a number of 0 or more"),
        ("most_pages = 0", "'most_pages' is 0, but must be a whole number above 0"),
        ("address = 5", "'address' is 5, but must be a table"),
        ("address = { x = 5 }", "'address' lacks something: .*'y'"),
        ("free_zones = 5", "'free_zones' is 5, but must be a list"),
        ("[[free_zones]]\nbox = { x = 0, y = 0, width = 1, height = 1 }\nwhy = ''\npages = '3'", r"'free_zones\[0\]\.pages' is '3', but may only be"),
        ('[inserter]\nkind = "omr"\nx = 5\ny = 90\ndashes = ["begin"]', r"'inserter\.dashes\[0\]' is 'begin'"),
        ('output = "own.icc"', "'output' is 'own.icc', but must be true or false: the profile is named by POSTILLION_OUTPUT_PROFILE"),
        ("title = 5", "'title' is 5, but must be a text"),
        ("duplex =", "this is no TOML"),
    ],
)
def test_a_wrong_profile_is_refused_with_file_and_key(tmp_path: Path, text: str, reason: str) -> None:
    with pytest.raises(InvalidProduction, match=reason) as refused:
        print_shop.load(written(tmp_path, text))
    assert str(refused.value).startswith(str(tmp_path / "house.toml"))


def test_an_unknown_print_shop_names_the_known_ones() -> None:
    with pytest.raises(InvalidProduction, match=r"did you mean pingen.*There are: e-post, lettershop, lob, pingen"):
        print_shop.load("pingn")


def test_a_profile_of_ones_own_needs_the_name_of_its_condition(tmp_path: Path) -> None:
    path = tmp_path / "own.icc"
    path.write_bytes(FOGRA39.read() + b"\0")
    with pytest.raises(InvalidProduction, match="POSTILLION_OUTPUT_CONDITION"):
        print_shop.load("lettershop", path)
    output = print_shop.load("lettershop", path, "FOGRA52").output
    assert output is not None
    assert (output.identifier, output.read()) == ("FOGRA52", path.read_bytes())


def test_a_profile_for_screens_or_nothing_at_all_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "screen.icc"
    with pytest.raises(InvalidProduction, match="cannot be read"):
        print_shop.load("lettershop", path, "FOGRA52")
    path.write_bytes(FOGRA39.read().replace(b"prtrCMYK", b"mntrRGB ", 1))
    with pytest.raises(InvalidProduction, match="no ICC profile of a printing condition"):
        print_shop.load("lettershop", path, "FOGRA52")


def test_a_shop_without_colour_profiles_gets_none_whatever_is_set(tmp_path: Path) -> None:
    path = tmp_path / "own.icc"
    path.write_bytes(FOGRA39.read())
    assert print_shop.load("pingen", path, "FOGRA52").output is None
    assert replace(Production(), output=None).output is None


def test_every_mistake_of_a_profile_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = """title = 5
bleeed = 3

[inserter]
kind = "foo"
x = 6
y = -1

[[free_zones]]
box = { x = 0, y = 0, width = 1, height = 1 }
why = "a"
pages = "every"

[[free_zones]]
box = { x = 0, y = 0, width = 1, height = "1" }
why = "b"
pages = "3"

[sheet_number]
z = 3
"""
    with pytest.raises(InvalidProduction) as refused:
        print_shop.load(written(tmp_path, text))
    told = [line.removeprefix(str(tmp_path / "house.toml")) for line in str(refused.value).splitlines()]
    assert [mistake.split(" ", 1)[0] for mistake in told] == [":1:", ":2:", ":5:", ":7:", ":15:", ":17:", ":20:"]
    assert "did you mean bleed" in told[1] and "'free_zones[1].box.height'" in told[4] and "'free_zones[1].pages'" in told[5]


def test_a_profile_that_is_no_toml_is_refused_with_the_line(tmp_path: Path) -> None:
    with pytest.raises(InvalidProduction, match=r"house\.toml:2: this is no TOML"):
        print_shop.load(written(tmp_path, 'title = "x"\nbleed = = 3'))
