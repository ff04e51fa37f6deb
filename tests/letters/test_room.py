"""Is it known before anything is printed whether a letter fits on its pages?"""

from dataclasses import replace
from pathlib import Path

import pytest

import layouts
from campaigns.sender import Sender
from layouts import Layout
from letters import problem
from letters.check import refuse_misfits
from letters.errors import Misfit
from letters.room import Room
from tests.letters.conftest import SENDER, Compose, Print

SHOP = replace(SENDER, email="gruss@lindenhof.example", phone="0431 555 01 20", website="lindenhof.example", signatory="Marlene Lindenhof")
DESIGNS = [(layout, language) for layout in layouts.names() for language in ("de", "en")]
WIDE = "WWWWWWWWW " * 6
TEXT = """
::: letterhead
{sender_name}
:::

# {salutation}

{body}

::: objection
{objection_link}
:::
"""


def layout_of(folder: Path, text: str) -> Layout:
    (folder / "mine").mkdir()
    (folder / "mine" / "layout.toml").write_text('title = "Mine"\n')
    (folder / "mine" / "de.md").write_text(text)
    return layouts.load("mine", folder)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"salutation": "endlos " * 5000}, "the letter is longer than 6 pages"),
        ({"coupon_value": "123.456.789.012,50 € und noch mehr"}, "the coupon's value '123.456.789.012,50 € und noch mehr' is too long for the coupon"),
        ({"coupon_code": "GUTSCHEIN-" * 8}, "the coupon code 'GUTSCHEIN-"),
        ({"coupon_conditions": "Nur montags. " * 900}, "longer than a page"),
        ({"customer_number": "K-20481 " * 80}, "the information block runs into the text"),
        ({"sender_website": "x" * 120}, "is too long for the letterhead"),
    ],
)
def test_what_does_not_fit_is_a_problem_and_the_renderer_gives_the_same_reason(
    content: Compose, all_layouts: dict[str, Layout], print_letters: Print, changed: dict[str, str], reason: str
) -> None:
    letter = content(**changed)
    found = problem(letter, all_layouts["winback"], SENDER)
    assert found is not None
    assert reason in found
    assert print_letters(letter)[0].failures == ((0, found),)


@pytest.mark.parametrize("design", DESIGNS)
def test_a_letter_whose_values_are_as_wide_as_usual_ones_get_is_printed(
    content: Compose, all_layouts: dict[str, Layout], print_letters: Print, design: tuple[str, str]
) -> None:
    numbers = dict.fromkeys(("customer_number", "last_order_number"), WIDE[:20]) | {"coupon_code": WIDE[:22]}
    letter = content(*design, **numbers, **dict.fromkeys(("salutation", "full_name", "last_order_date", "short_link", "objection_link"), WIDE[:60]))
    assert problem(letter, all_layouts[design[0]], SENDER) is None
    assert not print_letters(letter)[0].failures


def test_a_long_value_that_fits_is_no_problem(content: Compose, all_layouts: dict[str, Layout], print_letters: Print) -> None:
    letter = content(salutation="Guten Tag " + "und noch ein Wort " * 150)
    assert problem(letter, all_layouts["winback"], SENDER) is None
    assert print_letters(letter)[0].pages == 2


def test_letters_with_usual_values_are_not_set_one_by_one(content: Compose, all_layouts: dict[str, Layout], monkeypatch: pytest.MonkeyPatch) -> None:
    layout = replace(all_layouts["winback"])  # one that no other test has asked about
    heard: list[str] = []
    monkeypatch.setattr(Room, "_set", lambda _, letter: heard.append(letter.values["salutation"]))
    for name in ("Eins", "Zwei", "Drei"):
        assert problem(content(salutation=f"Liebe Frau {name},"), layout, SENDER) is None
    assert len(heard) == 1
    problem(content(salutation="Liebe " * 20), layout, SENDER)
    assert heard[1:] == ["Liebe " * 20]


@pytest.mark.parametrize("name", layouts.names())
def test_the_bundled_layouts_suit_a_shop_that_says_who_it_is(all_layouts: dict[str, Layout], name: str) -> None:
    refuse_misfits(all_layouts[name], SHOP)


@pytest.mark.parametrize(
    ("sender", "reason"),
    [
        (replace(SHOP, website="lindenhof.example/" * 6), "'winback' in 'de' .* is too long for the letterhead beside"),
        (replace(SHOP, name="W" * 60), "shorten the sender's name"),
        (replace(SHOP, website=""), "there is no value for {sender_website}"),
        (replace(SHOP, name="Teehaus 王"), "the font has no 王"),
        (replace(SHOP, street="Am alten langen Weg " * 20), "wider than the 80 mm"),
        (replace(SHOP, email="gruss-" * 150 + "@lindenhof.example"), "the information block runs into the text"),
    ],
)
def test_a_sender_for_whom_no_letter_can_be_set_stops_the_layout(all_layouts: dict[str, Layout], sender: Sender, reason: str) -> None:
    with pytest.raises(Misfit, match=reason):
        refuse_misfits(all_layouts["winback"], sender)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("Ein langer Absatz. " * 2500, "the letter is longer than 6 pages"),
        ("| a | b |\n|---|---|\n| " + "W" * 50 + " | " + "W" * 50 + " |", "a table is wider than the text"),
        ("::: information\n" + "Zeile\n" * 12 + ":::", "the information block runs into the text"),
        ("王", "the font has no 王"),
    ],
)
def test_a_text_without_room_stops_the_layout(tmp_path: Path, body: str, reason: str) -> None:
    with pytest.raises(Misfit, match=reason):
        refuse_misfits(layout_of(tmp_path, TEXT.replace("{body}", body)), SHOP)
