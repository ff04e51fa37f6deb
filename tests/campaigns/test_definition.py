"""Does a definition survive the database, also one of an older version, and what tells two versions apart?"""

import json
from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaign import Campaign, Limits, Step
from campaigns.definition import as_dict, from_dict, version
from campaigns.errors import InvalidCampaign
from campaigns.kinds import (
    AbandonedCart,
    Audience,
    CampaignKind,
    Counted,
    CouponExpiry,
    NoPurchase,
    Product,
    ProductField,
    Reorder,
    Scanned,
    Segment,
    Who,
    Winback,
)
from tests.campaigns.people import CAMPAIGNS

OLD: dict[str, Any] = {
    "slug": "winback",
    "name": "Rückgewinnung",
    "kind": "winback",
    "landing_url": "https://shop.example",
    "steps": [{"layout": "winback", "delay_days": 0, "offer": ""}, {"layout": "winback", "delay_days": 45, "offer": "ten"}],
    "audience": {"inactive_days": 200, "max_inactive_days": 900, "only_with_empty_cart": False},
    "limits": {
        "holdout_percent": 5,
        "cooldown_days": 30,
        "cap_letters": 2,
        "cap_days": 60,
        "countries": ["DE"],
        "max_letters_per_run": 10,
    },
    "default_language": "en",
}
"""As versions before the campaign engine stored it."""

DATES = st.dates(date(2000, 1, 1), date(2040, 1, 1))
WORDS = st.lists(st.text(max_size=5), max_size=2).map(tuple)
PRODUCTS = st.lists(st.builds(Product, st.sampled_from(ProductField), st.text(min_size=1, max_size=5).map(lambda text: f"T{text}")), max_size=2).map(tuple)
COUNTRIES = st.lists(st.sampled_from(["DE", "AT", "CH"]), max_size=3).map(tuple)


def span(numbers: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, Any]]:
    """From and until, in this order, either left out now and then."""
    return st.tuples(numbers, numbers).map(sorted).flatmap(lambda two: st.tuples(st.sampled_from([None, two[0]]), st.sampled_from([None, two[1]])))


@st.composite
def segments(draw: st.DrawFn) -> Segment:
    numbers = {}
    for least, most in (("orders_min", "orders_max"), ("total_min_cents", "total_max_cents"), ("average_min_cents", "average_max_cents")):
        numbers[least], numbers[most] = draw(span(st.integers(0, 10**9)))
    first = draw(span(DATES))
    days = draw(st.tuples(st.none() | st.integers(0, 500), st.none() | st.integers(500, 900)))
    return Segment(
        draw(st.sampled_from([Who.ALL, Who.CUSTOMERS])), draw(COUNTRIES), draw(WORDS), draw(WORDS), draw(WORDS), draw(WORDS), **numbers,
        currency=draw(st.sampled_from(["EUR", "CHF"])), first_order_from=first[0], first_order_until=first[1],
        last_order_min_days=days[0], last_order_max_days=days[1], bought=draw(PRODUCTS), not_bought=draw(PRODUCTS),
        scanned=draw(st.sampled_from(Scanned)), max_inactive_days=draw(st.integers(500, 1095)),
        only_with_empty_cart=draw(st.booleans()), loop_days=draw(st.none() | st.integers(1, 400)),
    )  # fmt: skip


AUDIENCES: st.SearchStrategy[Audience] = st.one_of(
    st.builds(NoPurchase, st.integers(100, 2000), st.booleans()),
    st.builds(AbandonedCart, st.booleans()),
    st.builds(Winback, st.integers(1, 300), st.integers(900, 2000), st.booleans(), st.none() | st.integers(1, 400)),
    st.builds(Reorder, st.integers(1, 9), st.booleans(), st.sampled_from(Counted), st.integers(100, 400), st.booleans()),
    segments(),
    st.builds(CouponExpiry, st.integers(70, 100), st.integers(1, 9)),
)


@st.composite
def limits(draw: st.DrawFn) -> Limits:
    most = st.none() | st.integers(50, 10**9)
    first = draw(span(DATES))
    return Limits(
        draw(st.integers(0, 50)), draw(st.integers(0, 90)), draw(st.integers(1, 5)), draw(st.integers(0, 365)), draw(COUNTRIES),
        draw(most), draw(most), draw(most), draw(most), draw(st.integers(1, 50)), first[0], first[1], draw(st.integers(1, 9)),
    )  # fmt: skip


@st.composite
def campaigns(draw: st.DrawFn) -> Campaign:
    audience = draw(AUDIENCES)
    offers = st.just("") if isinstance(audience, CouponExpiry) else st.sampled_from(["", "ten"])
    step = st.builds(Step, st.sampled_from(["plain", "offer"]), st.integers(1, 15), offers, st.sampled_from(["", "other"]), st.integers(1, 99))
    return Campaign(
        draw(st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True)),
        draw(st.text(min_size=1).filter(str.strip)),
        "https://shop.example/ä?x=1",
        draw(st.lists(step, min_size=1, max_size=4).map(tuple)),
        audience,
        draw(limits()),
        draw(st.sampled_from(["de", "en"])),
        draw(st.booleans()),
    )


@given(campaigns())
def test_a_definition_survives_the_database(campaign: Campaign) -> None:
    stored = json.loads(json.dumps(as_dict(campaign)))
    shuffled = dict(sorted(stored.items(), reverse=True))
    assert from_dict(stored) == from_dict(shuffled) == campaign
    assert version(from_dict(shuffled)) == version(campaign)


@given(campaigns(), campaigns())
def test_versions_are_equal_exactly_when_the_definitions_are(one: Campaign, other: Campaign) -> None:
    assert (version(one) == version(other)) == (one == other)


@pytest.mark.parametrize("campaign", CAMPAIGNS.values(), ids=list(CAMPAIGNS))
def test_every_field_is_written_down(campaign: Campaign) -> None:
    stored = as_dict(campaign)
    assert set(stored) == {field.name for field in fields(Campaign)} | {"kind"}
    for part, read in ((campaign.audience, stored["audience"]), (campaign.limits, stored["limits"]), (campaign.steps[0], stored["steps"][0])):
        assert set(read) == {field.name for field in fields(part)}


def test_two_kinds_with_the_same_options_are_two_versions() -> None:
    steps = (Step("a", 1),)
    versions = {version(Campaign("a", "A", "https://shop.example", steps, audience)) for audience in (Winback(180, 1095), NoPurchase(), Reorder(), Segment())}
    assert len(versions) == 4


def test_a_definition_of_an_older_version_is_read_as_it_was_meant() -> None:
    campaign = from_dict(OLD)
    assert campaign.audience == Winback(inactive_days=200, max_inactive_days=900, only_with_empty_cart=False)
    assert campaign.steps == (Step("winback"), Step("winback", 45, "ten"))
    assert campaign.limits == Limits(5, 30, 2, 60, ("DE",), 10)
    assert (campaign.name, campaign.default_language, campaign.active) == ("Rückgewinnung", "en", True)
    assert from_dict(json.loads(json.dumps(as_dict(campaign)))) == campaign


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in OLD.items() if key != name}


def told_otherwise(kind: CampaignKind, **audience: Any) -> dict[str, Any]:
    """The definition of a campaign that works, but for this."""
    good = as_dict(CAMPAIGNS[kind])
    return good | {"audience": good["audience"] | audience}


@pytest.mark.parametrize(
    "definition",
    [
        {},
        without("slug"),
        without("limits"),
        without("kind"),
        OLD | {"kind": "telephone"},
        OLD | {"kind": "abandoned_cart"},
        told_otherwise(CampaignKind.SEGMENT, who="martians"),
        told_otherwise(CampaignKind.SEGMENT, scanned="twice"),
        told_otherwise(CampaignKind.SEGMENT, bought=[{"field": "colour", "text": "green"}]),
        told_otherwise(CampaignKind.SEGMENT, first_order_from="yesterday"),
        told_otherwise(CampaignKind.REORDER, counted="refunded"),
        OLD | {"steps": [{"layout": "a", "colour": "red"}]},
        OLD | {"steps": 5},
        OLD | {"audience": {"inactive_days": "many"}},
        OLD | {"audience": 5},
        OLD | {"limits": OLD["limits"] | {"earliest": "tomorrow"}},
        OLD | {"limits": OLD["limits"] | {"countries": "DE"}},
        OLD | {"slug": "NO"},
    ],
)
def test_a_definition_that_can_no_longer_work_is_an_invalid_campaign(definition: dict[str, Any]) -> None:
    with pytest.raises(InvalidCampaign):
        from_dict(definition)
