"""A reservation is good for thirty minutes: is what it held free from then on, for quotes as for everything else, before the nightly housekeeping has run?"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from campaigns.checkout import HOLDS_A_USE
from campaigns.offer import Offer
from store.engine import reading, writing
from store.schema import coupons, redemptions
from tests.api.checkout_shop import PETER, a_cart, an_offer, ask, days, issue, uses
from tests.api.conftest import Shop

OFFERS = {
    "the last use": an_offer(),
    "one for each customer": an_offer(uses=None, uses_per_customer=1),
    "new customers only": an_offer(new_customers_only=True, uses=None, uses_per_customer=None),
}


def half_an_hour_goes_by(shop: Shop) -> None:
    with writing(shop.engine) as connection:
        connection.execute(update(redemptions).values(expires_at=datetime.now(UTC) - timedelta(minutes=1)))


def held(shop: Shop) -> int:
    """Uses by the ledger, which must be the count."""
    with reading(shop.engine) as connection:
        found = connection.execute(select(redemptions.c.id).where(redemptions.c.state.in_(HOLDS_A_USE))).all()
    assert len(found) == uses(shop)
    return len(found)


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
@pytest.mark.parametrize("what", ["quote", "reserve", "redeem"])
def test_whoever_left_the_cart_comes_back_with_another_order(program: httpx.Client, shop: Shop, offer: Offer, what: str) -> None:
    issue(shop, offer)
    first, second = (a_cart(order_ref=name, shopper=PETER) for name in ("1", "2"))
    assert ask(program, "reserve", first)["granted"]
    assert not ask(program, what, second)["granted"], "as long as it holds, it holds"
    half_an_hour_goes_by(shop)
    assert ask(program, what, second)["granted"]


@pytest.mark.parametrize("offer", OFFERS.values(), ids=OFFERS)
def test_the_order_that_was_left_gets_it_back_only_if_nobody_has_it(program: httpx.Client, shop: Shop, offer: Offer) -> None:
    issue(shop, offer)
    first, second = (a_cart(order_ref=name, shopper=PETER) for name in ("1", "2"))
    ask(program, "reserve", first)
    half_an_hour_goes_by(shop)
    assert ask(program, "redeem", second)["granted"]
    refused = ask(program, "redeem", first)
    assert not refused["granted"] and refused["refusal"]["reason"] in ("used_up", "customer_limit", "new_customers_only")
    assert held(shop) == 1
    ask(program, "roll-back", {"order_ref": "2"})
    assert ask(program, "redeem", first)["granted"]
    assert held(shop) == 1


def test_a_household_that_holds_one_still_keeps_the_other_out(program: httpx.Client, shop: Shop) -> None:
    """Peter's reservation is over, his wife's of the same home is not."""
    issue(shop, OFFERS["new customers only"])
    ask(program, "reserve", a_cart(order_ref="1", shopper={"email": PETER["email"]}))
    half_an_hour_goes_by(shop)
    ask(program, "reserve", a_cart(order_ref="2", shopper={**PETER, "email": "erna.lang@mail.example"}))
    assert ask(program, "redeem", a_cart(order_ref="3", shopper=PETER))["refusal"]["reason"] == "new_customers_only"
    assert ask(program, "redeem", a_cart(order_ref="4", shopper={"email": PETER["email"]}))["granted"], "by the mailbox alone nobody stands in the way"


def test_a_personal_code_that_is_nobodys_yet_is_good_for_nobody(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(personal=True))
    for what in ("quote", "reserve", "redeem"):
        assert ask(program, what, a_cart(order_ref="1", shopper=PETER))["refusal"]["reason"] in ("other_customer", "customer_required")


@pytest.mark.parametrize(
    ("columns", "reason"), [({"valid_until": days(-1)}, "expired"), ({"uses": 1}, "used_up"), ({"voided": True}, "void"), ({"valid_from": days(3)}, None)]
)
def test_sign_up_keeps_no_code_that_can_never_count(program: httpx.Client, shop: Shop, columns: dict[str, Any], reason: str | None) -> None:
    number = issue(shop, an_offer())
    with writing(shop.engine) as connection:
        connection.execute(update(coupons).where(coupons.c.id == number).values(columns))
    answer = ask(program, "sign-up", {"code": "TEE-2026", "email": "peter.lang@mail.example"})
    assert answer["granted"] == (reason is None)
    assert reason is None or answer["refusal"]["reason"] == reason
