"""Does the address fit its window, in a type that machines read?"""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.address import Address, postal
from campaigns.sender import Sender
from layouts import Layout
from layouts.din5008 import FORM_A, FORM_B, FORM_CH_RIGHT, FORMS, Form
from letters.address import address_problem, fitted, return_line_problem
from letters.check import problem
from letters.page import POINT
from tests.letters.conftest import SENDER, Compose, Print, text_in

LONG = "Internationale Handelsgesellschaft für Tee und Gewürze mbH"
WORDS = st.text(alphabet="nWi ", min_size=1, max_size=70).map(lambda text: " ".join(text.split()) or "n")


@pytest.mark.parametrize(("form", "safe"), [(FORM_A, 66), (FORM_B, 66), (FORM_CH_RIGHT, 79)])
@given(st.lists(WORDS, min_size=1, max_size=7))
def test_what_fits_is_read_by_machines_and_loses_nothing(form: Form, safe: float, lines: list[str]) -> None:
    found = fitted(lines, form)
    if found is None:
        assert address_problem(lines, form)
        return
    widest = max(map(found.type.width, found.lines)) / POINT
    assert address_problem(lines, form) is None
    assert " ".join(found.lines) == " ".join(lines)
    assert len(lines) <= len(found.lines) <= 6
    assert found.lines[-1] == lines[-1]
    assert 9 <= found.type.size <= 10.5
    assert widest <= form.address_zone.width
    assert widest <= safe + 0.01 or found.type.size == 9


def test_type_shrinks_to_the_safe_width_then_lines_run_on_to_the_hard_one_then_they_are_broken() -> None:
    sizes, broken, refused = [], [], []
    for letters in range(10, 90):
        line = "nn " * (letters // 3) + "n" * (letters % 3 + 1)
        found = fitted([line, "Weg 1", "20253 Hamburg"], FORM_B)
        if found is None:
            refused.append(letters)
        elif len(found.lines) > 3:
            broken.append(letters)
        else:
            sizes.append(found.type.size)
    assert sizes == sorted(sizes, reverse=True)
    assert (sizes[0], sizes[-1]) == (10.5, 9)
    assert sizes.count(9) > 3
    assert len(broken) > 20
    assert not refused


def test_a_line_is_broken_at_a_blank_where_a_line_is_left() -> None:
    found = fitted([LONG, "Möwenweg 7", "20253 Hamburg"], FORM_B)
    assert found is not None
    assert found.lines == ("Internationale Handelsgesellschaft für Tee", "und Gewürze mbH", "Möwenweg 7", "20253 Hamburg")
    assert found.type.size == 10.5


def test_what_cannot_be_broken_is_refused_with_the_line() -> None:
    solid = "n" * 60
    for lines in ([solid, "Weg 1", "20253 Hamburg"], ["Anna", "Weg 1", f"20253 {solid}"], [LONG, "a", "b", "c", "d", "20253 Hamburg"]):
        reason = address_problem(lines, FORM_B)
        assert reason is not None
        assert re.fullmatch(r"the address line '.*' is wider than the 80 mm of the address field: shorten it", reason)


@pytest.mark.parametrize(("form", "most"), [(FORM_B, 6), (FORM_B.franked, 4), (FORM_A.franked, 4)])
def test_no_more_lines_than_the_zone_holds(form: Form, most: int) -> None:
    lines = ["Weg"] * most
    assert address_problem(lines, form) is None
    assert address_problem([*lines, "Weg"], form) == f"the address has {most + 1} lines, the window shows {most}"
    assert fitted([LONG, *lines[1:]], form) is None


def test_a_form_without_room_for_a_return_line_prints_none(content: Compose, print_letters: Print, all_layouts: dict[str, Layout]) -> None:
    narrow = replace(FORM_B, return_line=replace(FORM_B.return_line, width=0))
    sender = replace(SENDER, name="Teehaus " * 9)
    assert return_line_problem(sender.return_line, FORM_B)
    assert return_line_problem(sender.return_line, narrow) is None
    layout = all_layouts["plain"]
    layout = replace(layout, style=replace(layout.style, form=narrow))
    result, path = print_letters(content("plain"), layouts={"plain": layout})
    assert not result.failures
    assert text_in(path, 0, 20, 45, 90, 12) == ""


@pytest.mark.parametrize("form", [*FORMS.values(), FORM_B.franked], ids=[*FORMS, "B franked"])
def test_every_line_is_read_back_from_the_window(form: Form, content: Compose, print_letters: Print, all_layouts: dict[str, Layout]) -> None:
    address = Address("Tee GmbH", "Dr.", "Anna", "Müller-Lüdenscheidt", "2. Stock", "Damrak 70", "1012LM", "Amsterdam", "NL")
    found = postal(address, "DE", form.address_lines)
    layout = all_layouts["plain"]
    layout = replace(layout, style=replace(layout.style, form=form))
    letter = content("plain", address=found.lines)
    assert found.problem is problem(letter, layout, SENDER) is None
    _, path = print_letters(letter, layouts={"plain": layout})
    zone = form.address_zone
    shown = text_in(path, 0, zone.x - 1, zone.y, zone.width + 1, zone.height).splitlines()
    assert [" ".join(line.split()) for line in shown] == [" ".join(line.split()) for line in found.lines]
    assert len(found.lines) == form.address_lines


def test_a_broken_line_is_printed_as_two(content: Compose, print_letters: Print) -> None:
    _, path = print_letters(content(address=(LONG, "Möwenweg 7", "20253 Hamburg")))
    zone = FORM_B.address_zone
    shown = text_in(path, 0, zone.x - 1, zone.y, zone.width + 1, zone.height)
    assert shown.splitlines() == ["Internationale Handelsgesellschaft für Tee", "und Gewürze mbH", "Möwenweg 7", "20253 Hamburg"]


def test_a_return_line_that_is_too_long_stops_with_the_reason(content: Compose, all_layouts: dict[str, Layout]) -> None:
    sender = Sender("Teehaus Lindenhof " * 6, "Lindenstraße 12", "24103", "Kiel")
    assert "shorten the sender's name" in (problem(content("plain"), all_layouts["plain"], sender) or "")
