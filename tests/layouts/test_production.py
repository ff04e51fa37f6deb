"""Does a layout become what the print shop wants, and is a profile of colours the one that the run began with?"""

from dataclasses import replace
from pathlib import Path

import pytest

import layouts
from layouts import print_shop
from layouts.din5008 import Box
from layouts.production import FOGRA39, OutputIntent, Pages, Production, ProfileChanged


def test_the_address_moves_to_where_the_shop_reads_it_and_stays_there() -> None:
    layout = layouts.load("plain")
    pingen = print_shop.load("pingen")
    fitted = pingen.fitted(layout)
    assert (fitted.form.address_zone.y, fitted.form.address_zone.height, fitted.form.address_zone.right) == (60, 25.5, 107.5)
    assert fitted.form.return_line.width == 0
    assert not fitted.style.fold_marks
    assert pingen.fitted(fitted) == fitted
    assert Production().fitted(layout) is layout


def test_an_edge_is_a_zone_on_every_side_that_has_one() -> None:
    zones = print_shop.load("e-post").unprinted
    assert Box(0, 0, 12, 297) in [zone.box for zone in zones]
    assert Box(0, 290, 210, 7) in [zone.box for zone in zones]
    assert [zone.why for zone in zones if zone.pages is Pages.FIRST] == ["the frank"]
    assert Production().unprinted == ()


def test_a_zone_is_on_the_pages_it_names() -> None:
    assert [pages.holds(1) for pages in Pages] == [True, False, True]
    assert [pages.holds(2) for pages in Pages] == [False, True, True]


def test_the_bundled_profile_is_the_one_that_is_named() -> None:
    content = FOGRA39.read()
    assert content[12:20] == b"prtrCMYK"
    assert b"ISO Coated v2 300% (basICColor)" in content


def test_a_profile_that_changed_since_the_run_began_stops_it(tmp_path: Path) -> None:
    path = tmp_path / "own.icc"
    path.write_bytes(FOGRA39.read())
    output = print_shop.load("lettershop", path, "FOGRA52").output
    assert isinstance(output, OutputIntent)
    path.write_bytes(b"another")
    with pytest.raises(ProfileChanged, match="another one than when the print run began"):
        output.read()
    path.unlink()
    with pytest.raises(ProfileChanged, match="cannot be read"):
        output.read()


@pytest.mark.parametrize(("franking", "lines", "top"), [(None, 6, 62.7), (Box(25, 50, 80, 12), 6, 62.7), (Box(25, 50, 80, 21), 4, 71.17)])
def test_an_address_stands_below_a_frank_in_its_window(franking: Box | None, lines: int, top: float) -> None:
    shop = replace(Production(), franking=franking)
    zone = shop.fitted(layouts.load("plain")).form.address_zone
    assert shop.address_lines == lines
    assert zone.y == pytest.approx(top, abs=0.01)
    assert franking is None or not franking.overlaps(zone)
