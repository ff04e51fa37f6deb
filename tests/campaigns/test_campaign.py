"""Which campaigns can work, and what tells two versions apart?"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.campaign import MOST_DAYS, Audience, Campaign, CampaignKind, Limits, Step, as_dict, from_dict
from campaigns.errors import InvalidCampaign

GOOD = Campaign("winback-autumn", "Win-back", CampaignKind.WINBACK, "https://shop.example/hello", (Step("winback"), Step("winback", 30, "ten-percent")))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: replace(GOOD, slug="Winback"), "the slug may hold a-z, 0-9 and single hyphens only"),
        (lambda: replace(GOOD, slug=""), "the slug may hold"),
        (lambda: replace(GOOD, slug="a--b"), "the slug may hold"),
        (lambda: replace(GOOD, slug="../etc"), "the slug may hold"),
        (lambda: replace(GOOD, slug="a\n"), "the slug may hold"),
        (lambda: replace(GOOD, name=" "), "give it a name"),
        (lambda: replace(GOOD, steps=()), "at least one step"),
        (lambda: replace(GOOD, steps=(Step(""),)), "every step needs a layout"),
        (lambda: replace(GOOD, landing_url="shop.example"), "must start with https:// and name a host"),
        (lambda: replace(GOOD, landing_url="https://"), "must start with https:// and name a host"),
        (lambda: replace(GOOD, landing_url="https:///path"), "must start with https:// and name a host"),
        (lambda: replace(GOOD, landing_url="https://?code=1"), "must start with https:// and name a host"),
        (lambda: replace(GOOD, landing_url="https://shop.example\r\nSet-Cookie: a=b"), "must start with https:// and name a host"),
        (lambda: replace(GOOD, landing_url="javascript:alert(1)//https://x"), "must start with https:// and name a host"),
        (lambda: replace(GOOD, steps=(Step("a"), Step("b"))), "every step after the first needs a delay of 1 day or more"),
        (lambda: replace(GOOD, steps=(Step("a", -1),)), "a delay cannot be negative"),
        (lambda: replace(GOOD, audience=Audience(inactive_days=0)), "inactive_days must be 1 or more"),
        (lambda: replace(GOOD, audience=Audience(inactive_days=30, max_inactive_days=30)), "max_inactive_days must be above inactive_days"),
        (lambda: replace(GOOD, limits=Limits(holdout_percent=51)), "between 0 and 50 percent"),
        (lambda: replace(GOOD, limits=Limits(holdout_percent=-1)), "between 0 and 50 percent"),
        (lambda: replace(GOOD, limits=Limits(cooldown_days=-1)), "cooldown and cap cannot be negative"),
        (lambda: replace(GOOD, limits=Limits(cap_days=-1)), "cooldown and cap cannot be negative"),
        (lambda: replace(GOOD, limits=Limits(cap_letters=0)), "the cap is at least 1 letter"),
        (lambda: replace(GOOD, limits=Limits(max_letters_per_run=0)), "max_letters_per_run must be 1 or more"),
        (lambda: replace(GOOD, audience=Audience(max_inactive_days=MOST_DAYS + 1)), f"no number of days can be above {MOST_DAYS}"),
        (lambda: replace(GOOD, steps=(Step("a", 10**12),)), "no number of days"),
        (lambda: replace(GOOD, limits=Limits(countries=("DE", "Austria", "XX"))), "unknown country Austria, XX"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(change: Callable[[], Campaign], message: str) -> None:
    with pytest.raises(InvalidCampaign, match=message) as raised:
        change()
    assert str(raised.value).startswith("Campaign '")


def test_the_bounds_themselves_work() -> None:
    replace(GOOD, audience=Audience(1, 2), limits=Limits(holdout_percent=50, cooldown_days=0, cap_days=0, cap_letters=1, countries=(), max_letters_per_run=1))
    replace(GOOD, limits=Limits(holdout_percent=0), steps=(Step("a", 0),), landing_url="http://127.0.0.1:8080/{coupon_code}?a=b")


STEPS = st.lists(st.builds(Step, st.sampled_from(["plain", "offer"]), st.integers(1, 400), st.sampled_from(["", "ten"])), min_size=1, max_size=4).map(tuple)
CAMPAIGNS = st.builds(
    Campaign,
    slug=st.from_regex(r"[a-z0-9]{1,8}(-[a-z0-9]{1,8}){0,2}", fullmatch=True),
    name=st.text(min_size=1).filter(str.strip),
    kind=st.sampled_from(CampaignKind),
    landing_url=st.just("https://shop.example/ä?x=1"),
    steps=STEPS,
    audience=st.builds(Audience, st.integers(1, 300), st.integers(301, 2000), st.booleans()),
    limits=st.builds(
        Limits,
        st.integers(0, 50),
        st.integers(0, 90),
        st.integers(1, 5),
        st.integers(0, 365),
        st.lists(st.sampled_from(["DE", "AT", "CH"])).map(tuple),
        st.none() | st.integers(1),
    ),
    default_language=st.sampled_from(["de", "en"]),
)


@given(CAMPAIGNS)
def test_a_definition_survives_the_database(campaign: Campaign) -> None:
    stored = json.loads(json.dumps(as_dict(campaign)))
    shuffled = dict(sorted(stored.items(), reverse=True))
    assert from_dict(stored) == from_dict(shuffled) == campaign
    assert from_dict(shuffled).version == campaign.version


@given(CAMPAIGNS, CAMPAIGNS)
def test_versions_are_equal_exactly_when_the_definitions_are(one: Campaign, other: Campaign) -> None:
    assert (one.version == other.version) == (one == other)


def test_every_field_counts_for_the_version() -> None:
    changes: list[dict[str, Any]] = [
        {"slug": "other"},
        {"name": "Other"},
        {"landing_url": "https://other.example"},
        {"steps": GOOD.steps[:1]},
        {"audience": Audience(only_with_empty_cart=False)},
        {"limits": Limits(holdout_percent=11)},
        {"default_language": "en"},
    ]
    versions = {replace(GOOD, **change).version for change in changes}
    assert len(versions | {GOOD.version}) == len(changes) + 1


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in as_dict(GOOD).items() if key != name}


@pytest.mark.parametrize(
    "definition",
    [
        {},
        without("slug"),
        without("limits"),
        as_dict(GOOD) | {"kind": "telephone"},
        as_dict(GOOD) | {"steps": [{"layout": "a", "colour": "red"}]},
        as_dict(GOOD) | {"steps": 5},
        as_dict(GOOD) | {"audience": {"inactive_days": "many"}},
        as_dict(GOOD) | {"slug": "NO"},
    ],
)
def test_a_definition_that_can_no_longer_work_is_an_invalid_campaign(definition: dict[str, Any]) -> None:
    with pytest.raises(InvalidCampaign):
        from_dict(definition)
