"""Is a layout refused that prints where a print shop wants nothing of ours, before anybody is selected?"""

from dataclasses import replace

import pytest

import layouts
from campaigns.sender import Sender
from layouts import Layout, print_shop
from layouts.din5008 import Box
from layouts.production import FreeZone, InserterMark, MarkKind, Pages, Production, SheetNumber
from letters.check import problem
from letters.errors import Misfit
from letters.free_zones import refuse_intrusions
from letters.read_back import pages_of
from tests.letters.conftest import ADDRESS, PUBLIC_URL, Compose, Print

SENDER = Sender("Teehaus", "Weg 1", "24103", "Kiel", website="teehaus.example", email="a@teehaus.example")
PINGEN, E_POST = print_shop.load("pingen"), print_shop.load("e-post")


def look(layout: Layout, production: Production) -> None:
    refuse_intrusions(production.fitted(layout), SENDER, PUBLIC_URL, production)


@pytest.mark.parametrize("name", layouts.names())
def test_pingen_takes_every_bundled_layout(name: str, all_layouts: dict[str, Layout]) -> None:
    look(all_layouts[name], PINGEN)


def test_a_band_reaches_into_the_edge_that_e_post_keeps_free(all_layouts: dict[str, Layout]) -> None:
    with pytest.raises(Misfit, match=r"'winback' in 'de' prints on page 1 where E-POST \(Deutsche Post\) wants nothing of ours: the unprinted edge"):
        look(all_layouts["winback"], E_POST)
    look(all_layouts["plain"], E_POST)


def test_the_return_line_stands_in_pingens_postage_area_unless_it_is_left_out(all_layouts: dict[str, Layout]) -> None:
    with pytest.raises(Misfit, match="the frank"):
        look(all_layouts["plain"], replace(PINGEN, return_line=True))


def test_a_zone_of_following_pages_is_not_asked_of_the_first(all_layouts: dict[str, Layout]) -> None:
    whole = Box(0, 0, 210, 297)
    look(all_layouts["plain"], Production(free_zones=(FreeZone(whole, Pages.OTHER, "all of it"),)))
    with pytest.raises(Misfit, match="all of it"):
        look(all_layouts["plain"], Production(free_zones=(FreeZone(whole, Pages.FIRST, "all of it"),)))


def test_marks_that_the_shop_wants_may_stand_in_its_edge(all_layouts: dict[str, Layout]) -> None:
    mark = InserterMark(MarkKind.OMR, 3, 120)
    look(all_layouts["plain"], replace(E_POST, inserter=mark, sheet_number=SheetNumber(4, 294)))


@pytest.mark.parametrize(("production", "lines"), [(PINGEN, 6), (E_POST, 5)])
def test_an_address_stands_where_the_machine_reads_it_or_is_refused(
    production: Production, lines: int, content: Compose, print_letters: Print, all_layouts: dict[str, Layout]
) -> None:
    address = (*(f"Zeile {number}" for number in range(lines - 1)), "20253 Hamburg")
    fits, too_many = content("plain", address=address), content("plain", address=("Noch eine", *address))
    result, path = print_letters(fits, too_many, production=production)
    assert [index for index, _ in result.failures] == [1]
    assert "lines" in result.failures[0][1]
    assert problem(too_many, production.fitted(all_layouts["plain"]), SENDER)
    assert production.address is not None
    with pages_of(path) as pages, pages.page(1) as page:
        assert page.text(production.address).split() == " ".join(address).split()
        written = [box for box in page.text_boxes() if box.overlaps(production.address)]
        assert all(production.address.y <= box.y and box.bottom <= production.address.bottom for box in written)


def test_where_a_shop_has_no_wishes_the_address_stays(content: Compose, print_letters: Print, all_layouts: dict[str, Layout]) -> None:
    _, path = print_letters(content("plain"))
    with pages_of(path) as pages:
        assert pages.text(1, all_layouts["plain"].form.address_zone).split() == " ".join(ADDRESS).split()
