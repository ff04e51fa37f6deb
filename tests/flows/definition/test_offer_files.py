"""Does a coupon offer in a form or a file become the offer that was meant, and is everything that is wrong said at once?"""

import tomllib
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given

from campaigns.errors import InvalidOffer
from campaigns.offer import Articles, CodeSource, Offer, OfferKind, TimeWindow
from flows.definition import offer_files
from flows.definition.campaign_text import offer_as_toml
from flows.forms import OfferForm
from tests.campaigns.offers import offers

FULL = """
slug = "tea-time"
name = "Tea time"
kind = "amount"
value = 4.99
minimum_order = 20
valid_from = 2026-12-01
valid_until = 2026-12-24
windows = [{ weekdays = ["Saturday", "Monday"], start = "22:00", end = "24:00" }]
only_categories = ["Tea", " "]
only_articles = ["P-1"]
never_articles = ["B-1"]
vat_rates = [19, 7]
new_customers_only = true
uses = 0
uses_per_customer = 2
combinable = true
prefix = "tee"
"""


def test_every_field_reaches_the_rule(tmp_path: Path) -> None:
    path = tmp_path / "tea.toml"
    path.write_text(FULL, "utf-8")
    assert offer_files.read(path) == [
        Offer(
            "tea-time",
            "Tea time",
            OfferKind.AMOUNT,
            499,
            minimum_order_cents=2000,
            valid_from=date(2026, 12, 1),
            valid_until=date(2026, 12, 24),
            windows=(TimeWindow((1, 6), time(22), time(0)),),
            only=Articles(("P-1",), ("Tea",)),
            never=Articles(("B-1",)),
            vat_rates=(700, 1900),
            new_customers_only=True,
            uses=None,
            uses_per_customer=2,
            combinable=True,
            prefix="TEE",
        )
    ]


@given(offers())
def test_every_offer_comes_back_from_its_form_and_its_file(offer: Offer) -> None:
    assert OfferForm.of(offer).to_offer() == offer
    assert offer_files.offer(tomllib.loads(offer_as_toml(offer)), "a file") == offer


def test_a_file_may_hold_several(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text('[[offers]]\nslug = "one"\nvalue = 5\n\n[[offers]]\nslug = "two"\ncodes = "shopify"\n', "utf-8")
    assert [(offer.slug, offer.codes) for offer in offer_files.read(path)] == [("one", CodeSource.GENERATED), ("two", CodeSource.SHOPIFY)]
    path.write_text('[[offers]]\nslug = "one"\nvalue = -5\n\n[[offers]]\nslug = "two"\nuses = -1\n', "utf-8")
    with pytest.raises(InvalidOffer) as raised:
        offer_files.read(path)
    assert all(words in str(raised.value) for words in ("two.toml, offer 1 cannot be saved", "value:", "two.toml, offer 2 cannot be saved", "uses:"))


@pytest.mark.parametrize(
    ("text", "words"),
    [("offers = []", "has no offer"), ("offers = 1", "has no offer"), ("offers = [1]", "no table"), ("x = = 1", "no TOML"), ("\xff", "no TOML")],
)
def test_a_file_that_is_none_says_so(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "offer.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidOffer, match=words.replace("no TOML", "not a TOML file")):
        offer_files.read(path)


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(InvalidOffer, match="There is no file"):
        offer_files.read(tmp_path / "no.toml")
    with pytest.raises(InvalidOffer, match="is a folder"):
        offer_files.read(tmp_path)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = {
        "slug": "No Spaces",
        "value": -5,
        "currency": "euro",
        "windows": [{"weekdays": [], "start": "6 pm"}],
        "prefix": "TOO-LONG-PREFIX",
        "valid_from": "2026-12-24",
        "valid_until": "2026-12-01",
        "for_partners": True,
        "colour": "red",
    }
    with pytest.raises(InvalidOffer) as raised:
        offer_files.offer(wrong, "The offer")
    said = str(raised.value)
    assert said.startswith("The offer cannot be saved:\n- ")
    for words in (
        "Short name, in a file slug: it may hold a-z",
        "Value, in a file value: Input should be greater than 0",
        "Currency, in a file currency: write it in three capital letters",
        "Time window 1, Days, in a file windows.1.weekdays",
        "Time window 1, From, in a file windows.1.start: write it like 18:00",
        "Prefix, in a file prefix: it may hold up to 8",
        "Its last day comes before its first one",
        "more than one use",
        "colour: there is no field of that name",
    ):
        assert words in said
    assert len(said.splitlines()) == 10


@pytest.mark.parametrize("value", [float("inf"), float("nan"), 1e300, 12.345, -1, 0])
def test_a_value_that_cannot_be_meant_is_refused(value: float) -> None:
    with pytest.raises(InvalidOffer, match="Value, in a file value"):
        offer_files.offer({"slug": "ten", "value": value}, "The offer")


@pytest.mark.parametrize("names", [["x" * 101], ["x"] * 201])
def test_more_articles_than_can_be_meant_are_refused(names: list[str]) -> None:
    with pytest.raises(InvalidOffer, match="Only these articles"):
        offer_files.offer({"slug": "ten", "only_articles": names}, "The offer")


def test_an_offer_needs_a_name_of_its_own() -> None:
    with pytest.raises(InvalidOffer, match="give the offer a short name"):
        offer_files.offer({"value": 5}, "The offer")
    with pytest.raises(InvalidOffer) as raised:
        offer_files.offer({"slug": "", "value": 5}, "The offer")
    assert str(raised.value).splitlines()[1:] == ["- Short name, in a file slug: it may hold a-z, 0-9 and single hyphens only, like winback-autumn."]


def test_an_offer_without_a_long_name_goes_by_its_short_one() -> None:
    assert offer_files.offer({"slug": "ten", "value": 5}, "The offer").name == "ten"
