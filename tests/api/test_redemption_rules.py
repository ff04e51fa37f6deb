"""Does every rule of an offer (product.md 7.1) grant when it should and refuse when it should, by API?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import pytest

from campaigns.checkout import RefusalReason
from campaigns.offer import Articles, OfferKind, TimeWindow, valid_until
from store import partners
from store.engine import writing
from tests.api.checkout_shop import ANNA, PETER, TEA, TODAY, a_cart, an_offer, ask, days, issue
from tests.api.conftest import Shop

ALWAYS = TimeWindow((1, 2, 3, 4, 5, 6, 7), time(0), time(0))
NOT_TODAY = TimeWindow((days(3).isoweekday(),), time(9), time(17))
"""Three days off, so that no test that runs at midnight meets it."""
LETTER_DATE = TODAY - timedelta(days=40)
TWICE = {"uses": None, "uses_per_customer": 2}


@dataclass(frozen=True)
class Rule:
    """Two offers or two carts that differ in one thing, which decides."""

    granted: dict[str, Any]
    """What the offer says where the coupon is granted."""
    refused: dict[str, Any]
    because: str
    off: int = 500
    """Cents that are taken off where it is granted."""
    cart: dict[str, Any] = field(default_factory=dict)
    refused_cart: dict[str, Any] | None = None
    """Where the cart decides."""
    codes: tuple[dict[str, Any], dict[str, Any]] = ({}, {})
    """Columns of the code, granted and refused, where they decide."""


RULES = {
    "percentage": Rule({"value": 1500}, {"value": 1}, "no_eligible_article", off=750, refused_cart={"lines": [{**TEA, "gross_cents": 20}]}),
    "amount": Rule(
        {"kind": OfferKind.AMOUNT, "value": 700}, {"kind": OfferKind.AMOUNT, "value": 700}, "no_eligible_article", 700,
        refused_cart={"lines": [{**TEA, "gross_cents": 0}]},
    ),
    "currency": Rule(
        {"kind": OfferKind.AMOUNT, "value": 700}, {"kind": OfferKind.AMOUNT, "value": 700}, "wrong_currency", 700, refused_cart={"currency": "CHF"}
    ),
    "vat_rates": Rule({"vat_rates": (700,)}, {"vat_rates": (2500,)}, "no_eligible_article", off=200),
    "minimum_order": Rule({"minimum_order_cents": 5000}, {"minimum_order_cents": 5001}, "minimum_not_reached"),
    "only_category": Rule({"only": Articles(categories=("tea",))}, {"only": Articles(categories=("coffee",))}, "no_eligible_article", off=200),
    "only_sku": Rule({"only": Articles(skus=("pot-7",))}, {"only": Articles(skus=("POT-8",))}, "no_eligible_article", off=300),
    "never": Rule({"never": Articles(categories=("Pots",))}, {"never": Articles(("POT-7",), ("Tea",))}, "no_eligible_article", off=200),
    "new_customers_only": Rule(
        {"new_customers_only": True}, {"new_customers_only": True}, "new_customers_only", cart={"shopper": PETER},
        refused_cart={"shopper": {"email": " ANNA.mueller+shop@mail.example"}},
    ),
    "new_customers_must_be_named": Rule(
        {"new_customers_only": True}, {"new_customers_only": True}, "customer_required", cart={"shopper": PETER}, refused_cart={}
    ),
    "valid_from": Rule({"valid_from": TODAY}, {"valid_from": days(2)}, "not_yet_valid"),
    "valid_until": Rule({"valid_until": days(2)}, {"valid_until": days(-2)}, "expired"),
    "on_a_day": Rule({"valid_from": days(-1), "valid_until": days(1)}, {"valid_from": days(5), "valid_until": days(5)}, "not_yet_valid"),
    "time_windows": Rule({"windows": (NOT_TODAY, ALWAYS)}, {"windows": (NOT_TODAY,)}, "outside_hours"),
    "days_after_delivery": Rule(
        {"valid_days": 60}, {"valid_days": 30}, "expired",
        codes=tuple({"valid_until": valid_until(an_offer(valid_days=days), LETTER_DATE, 5)} for days in (60, 30)),  # type: ignore[arg-type]
    ),
    "single_use": Rule({"uses": 1}, {"uses": 1}, "used_up", codes=({}, {"uses": 1})),
    "number_of_redemptions": Rule({"uses": 50}, {"uses": 50}, "used_up", cart={"shopper": ANNA}, codes=({"uses": 49}, {"uses": 50})),
    "without_end": Rule({"uses": None}, {"uses": 3, "uses_per_customer": 3}, "used_up", cart={"shopper": ANNA}, codes=({"uses": 5000}, {"uses": 3})),
    "not_combinable": Rule({}, {}, "not_combinable", refused_cart={"other_codes": ["SECOND"]}),
    "void": Rule({}, {}, "void", codes=({}, {"voided": True})),
}  # fmt: skip


@pytest.mark.parametrize("name", RULES)
def test_a_rule_grants_and_refuses(name: str, program: httpx.Client, shop: Shop, anna: int) -> None:
    rule = RULES[name]
    issue(shop, an_offer(slug="granted", **rule.granted), "GRANTED", **rule.codes[0])
    issue(shop, an_offer(slug="refused", **rule.refused), "REFUSED", **rule.codes[1])
    granted = ask(program, "quote", a_cart("GRANTED", **rule.cart))
    assert (granted["granted"], granted.get("discount", {}).get("gross_cents")) == (True, rule.off), granted
    refused = ask(program, "quote", a_cart("REFUSED", **(rule.cart if rule.refused_cart is None else rule.refused_cart)))
    assert (refused["granted"], refused.get("refusal", {}).get("reason")) == (False, rule.because), refused
    assert all("{" not in words and words.endswith(".") for words in refused["refusal"]["message"].values())
    order = ask(program, "redeem", a_cart("REFUSED", **(rule.cart if rule.refused_cart is None else rule.refused_cart), order_ref="1"))
    assert order == refused, "whoever redeems is refused for the same reason"
    assert ask(program, "redeem", a_cart("GRANTED", **rule.cart, order_ref="2"))["redemption"]["state"] == "redeemed"


def test_a_personal_code_is_for_whom_it_was_given_to(program: httpx.Client, shop: Shop, anna: int) -> None:
    issue(shop, an_offer(personal=True), customer_id=anna)
    for shopper, reason in ((PETER, "other_customer"), ({}, "customer_required")):
        assert ask(program, "quote", a_cart(shopper=shopper))["refusal"]["reason"] == reason
    assert ask(program, "quote", a_cart(shopper={"email": "anna.MUELLER@mail.example"}))["granted"]


def test_a_standing_code_has_a_number_for_each_person(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(**TWICE))
    answers = [ask(program, "redeem", a_cart(shopper=ANNA, order_ref=f"order-{number}")) for number in range(3)]
    assert [answer["granted"] for answer in answers] == [True, True, False]
    assert answers[2]["refusal"]["reason"] == "customer_limit"
    assert ask(program, "redeem", a_cart(shopper=PETER, order_ref="order-4"))["granted"], "somebody else has uses of their own"


def test_two_coupons_go_together_where_both_allow_it(program: httpx.Client, shop: Shop) -> None:
    for slug, combinable in (("both", True), ("too", True), ("alone", False)):
        issue(shop, an_offer(slug=slug, combinable=combinable), f"CODE-{slug.upper()}")
    assert ask(program, "quote", a_cart("CODE-BOTH", other_codes=["CODE-TOO"]))["granted"]
    assert ask(program, "quote", a_cart("CODE-BOTH", other_codes=["CODE-ALONE"]))["refusal"]["reason"] == "not_combinable"


def test_a_partners_code_holds_for_others_while_the_partner_is_active(program: httpx.Client, shop: Shop) -> None:
    offer = an_offer(slug="partners", for_partners=True, uses=None, uses_per_customer=None)
    issue(shop, offer, "UNUSED")
    with writing(shop.engine) as connection:
        partner = partners.add(connection, "meier", "Vera Meier", ANNA["email"], "", datetime.now(UTC))
        partners.derive(connection, partner, "partners", "vonmeier", datetime.now(UTC), TODAY)
    assert ask(program, "quote", a_cart("Von Meier", shopper=PETER))["granted"], "in any spelling"
    assert ask(program, "quote", a_cart("vonmeier", shopper=ANNA))["refusal"]["reason"] == "own_code"
    with writing(shop.engine) as connection:
        partners.change(connection, "meier", is_active=False)
    assert ask(program, "quote", a_cart("vonmeier", shopper=PETER))["refusal"]["reason"] == "partner_inactive"


def test_a_new_customer_is_one_once(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(slug="first", new_customers_only=True), "FIRST-1")
    issue(shop, an_offer(slug="first", new_customers_only=True), "FIRST-2")
    assert ask(program, "redeem", a_cart("FIRST-1", shopper=PETER, order_ref="1"))["granted"]
    again = PETER | {"email": "Peter.Lang+2@mail.example", "address": PETER["address"] | {"street": "Hafenstr. 3"}}
    assert ask(program, "redeem", a_cart("FIRST-2", shopper=again, order_ref="2"))["refusal"]["reason"] == "new_customers_only"


def test_every_reason_there_is_was_met_here_or_has_a_test_of_its_own() -> None:
    met = {rule.because for rule in RULES.values()}
    of_their_own = {"unknown_code", "other_customer", "customer_limit", "own_code", "partner_inactive", "rolled_back"}
    assert met | of_their_own == set(map(str, RefusalReason))
