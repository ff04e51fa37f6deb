"""Is said what somebody should know before starting a campaign, and nothing where there is nothing to say?"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from campaigns.offer import CodeSource, Offer
from flows.definition.advice import advice
from printshop.cost import read_tariff
from tests.flows.definition.test_feasibility import CART, COUPON_STEP, HOUSE, NO_PURCHASE, TEN, TODAY, draft
from tests.flows.little_shop import tariff_without

FINE = {"landing_url": "https://shop.teehaus.invalid/"}
TWENTY = replace(TEN, slug="twenty", value=2000)
NOTE, LISTED = {"layout": "note", "delay_days": 2}, {"layout": "cart", "delay_days": 2}
LATER = {"layout": "winback", "offer": "ten", "delay_days": 60}


def said(*steps: Any, house: Any = HOUSE, **changes: Any) -> list[str]:
    return advice(draft(*steps, **FINE | changes), house)


def test_nothing_is_said_of_a_campaign_that_is_all_right() -> None:
    assert said() == []
    assert said(COUPON_STEP, LATER | {"offer": "twenty"}, house=replace(HOUSE, offers={"ten": TEN, "twenty": TWENTY})) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"landing_url": "https://teehaus.example/"}, "The landing page is at teehaus.example, which customers cannot reach"),
        ({"limits": {"holdout_percent": 0}}, "Without a holdout nobody can tell"),
        ({"limits": {"max_letters": 999}}, "At the most 999 people can be reached: below 1000 letters the holdout tells next to nothing"),
        ({"limits": {"minimum_letters": 5001}}, "A run prints 5001 letters or none, and only 5000 customers are known: it waits until there are more."),
        ({"audience": {"kind": "segment", "who": "all"}, "steps": [NOTE]}, "some of these people, the prospects, have never bought from you."),
        ({"active": False}, "switched off"),
        (
            {"audience": {"kind": "segment", "who": "prospects"}, "steps": [NOTE]},
            "Law: these people have never bought from you. A letter needs no consent, unlike an e-mail",
        ),
        ({"audience": NO_PURCHASE, "steps": [NOTE]}, "import the Robinson list"),
        (
            {"audience": CART | {"only_with_earlier_order": False}, "steps": [LISTED]},
            "may not simply be kept or used for advertising",
        ),
        ({"audience": CART, "steps": [NOTE]}, "Layout 'note' does not list the articles of the cart"),
        ({"steps": [COUPON_STEP, LATER | {"delay_days": 20}]}, "Step 2 comes 45 days after the letter before, not 20"),
    ],
)
def test_what_should_be_known_is_said(changes: dict[str, Any], told: str) -> None:
    found = advice(draft(*changes.get("steps", ()), **FINE | {name: value for name, value in changes.items() if name != "steps"}), HOUSE)
    assert len(found) == 1, found
    assert told in found[0]


@pytest.mark.parametrize(
    ("offer", "told"),
    [
        (replace(TEN, valid_days=6), ["Step 1: the coupon of the offer 'ten' is good for 6 days after the letter's arrival: 8 to 12 weeks are usual."]),
        (replace(TEN, valid_days=1), ["Step 1: the coupon of the offer 'ten' is good for 1 day after the letter's arrival: 8 to 12 weeks are usual."]),
        (replace(TEN, valid_until=TODAY + timedelta(days=11)), ["Step 1: the coupon of the offer 'ten' is good for 6 days after"]),
        (replace(TEN, valid_until=TODAY + timedelta(days=12)), []),
        (replace(TEN, valid_days=7), []),
    ],
)
def test_a_coupon_that_is_over_within_a_week_is_told(offer: Offer, told: list[str]) -> None:
    found = said(house=replace(HOUSE, offers={"ten": offer}))
    assert len(found) == len(told), found
    assert all(line.startswith(start) for line, start in zip(found, told, strict=True))


def test_buyers_with_a_cart_need_no_legal_warning() -> None:
    assert said(LISTED, audience=CART) == []


def test_a_shop_with_few_customers_measures_little() -> None:
    [found] = said(house=replace(HOUSE, people=400))
    assert "At the most 400 people" in found


def test_offers_that_fall_and_codes_that_have_run_out_are_told() -> None:
    imported = replace(TWENTY, codes=CodeSource.IMPORTED)
    house = replace(HOUSE, offers={"ten": TEN, "twenty": imported}, codes_left={"twenty": 0})
    falling, empty = said(COUPON_STEP | {"offer": "twenty"}, LATER, house=house)
    assert "Step 2 offers less than the step before" in falling
    assert "no imported code of the offer 'twenty' is left" in empty
    assert said(COUPON_STEP | {"offer": "twenty"}, house=replace(house, codes_left={"twenty": 3})) == []


def test_a_campaign_that_writes_everywhere_hears_where_the_tariff_has_no_postage(tmp_path: Path) -> None:
    poor = replace(HOUSE, tariff=read_tariff(tariff_without(tmp_path, "*")))
    [found] = said(house=poor, limits={"countries": []})
    assert "writes everywhere, but the tariff has no postage for AT, BE, BG, CY, CZ …: people there get no letter (abroad)" in found
    [found] = said(house=poor, limits={"countries": []}, audience={"kind": "segment", "countries": ["DE", "FR"]})
    assert "no postage for FR: people" in found
    assert said(house=poor, limits={"countries": ["DE"]}) == []
    assert said(limits={"countries": []}) == [], "the bundled tariff has a row for everywhere"
