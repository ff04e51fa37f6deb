"""What is a coupon worth for a cart, and why is one refused?"""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from campaigns.address import Address
from campaigns.checkout import Checkout, CheckoutLine, Quote, RefusalReason, Refused, Shopper
from campaigns.errors import InvalidCheckout
from campaigns.offer import Articles, Offer, OfferKind, TimeWindow
from campaigns.quote import Standing, quote

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # a Sunday, eleven o'clock in Berlin
TEA = CheckoutLine("TEE-1", 2, 2000, 700, "Tee")
POT = CheckoutLine("KANNE-1", 1, 3000, 1900, "Kannen")
ANNA = Shopper("anna@mail.example")
FIVE = Offer("five", "Five", OfferKind.AMOUNT, 500)
TEN_PERCENT = Offer("ten", "Ten", OfferKind.PERCENTAGE, 1000)


def ask(offer: Offer = FIVE, moment: datetime = NOW, shopper: Shopper = ANNA, lines: tuple[CheckoutLine, ...] = (TEA, POT), **more: Any) -> Quote | Refused:
    cart = Checkout(more.pop("currency", "EUR"), lines, shopper, more.pop("other_codes", ()))
    return quote(offer, Standing(**more), cart, moment, BERLIN)


def reason(*args: Any, **more: Any) -> RefusalReason | None:
    found = ask(*args, **more)
    return found.reason if isinstance(found, Refused) else None


def taken(*args: Any, **more: Any) -> dict[str, int]:
    found = ask(*args, **more)
    assert isinstance(found, Quote), found
    return {line.sku: line.gross_cents for line in found.lines}


def test_an_amount_is_spread_over_the_lines_by_their_prices() -> None:
    found = ask()
    assert isinstance(found, Quote)
    assert (found.currency, found.gross_cents) == ("EUR", 500)
    assert [(line.position, line.gross_cents, line.net_cents, line.vat_cents) for line in found.lines] == [(0, 200, 187, 13), (1, 300, 252, 48)]
    assert [(share.vat_rate, share.gross_cents, share.net_cents, share.vat_cents) for share in found.shares] == [(700, 200, 187, 13), (1900, 300, 252, 48)]


def test_half_a_cent_of_a_percentage_is_rounded_up_on_the_whole_and_not_line_by_line() -> None:
    odd = CheckoutLine("A", 1, 5, 1900)
    found = ask(TEN_PERCENT, lines=(odd, replace(odd, sku="B"), replace(odd, sku="C")))
    assert isinstance(found, Quote)
    assert found.gross_cents == 2  # 1.5 cents
    assert taken(TEN_PERCENT, lines=(odd,)) == {"A": 1}


def test_an_amount_above_the_cart_makes_it_free_and_no_more() -> None:
    assert taken(replace(FIVE, value=100_000)) == {"TEE-1": 2000, "KANNE-1": 3000}


def test_a_hundred_percent_is_the_whole_cart() -> None:
    assert taken(replace(TEN_PERCENT, value=10_000)) == {"TEE-1": 2000, "KANNE-1": 3000}


@pytest.mark.parametrize(
    ("rule", "granted"),
    [
        ({"only": Articles(categories=("  tee ",))}, {"TEE-1"}),
        ({"only": Articles(skus=("kanne-1",))}, {"KANNE-1"}),
        ({"only": Articles(skus=("KANNE-1",), categories=("TEE",))}, {"TEE-1", "KANNE-1"}),
        ({"never": Articles(categories=("Tee",))}, {"KANNE-1"}),
        ({"only": Articles(categories=("Tee", "Kannen")), "never": Articles(skus=("tee-1",))}, {"KANNE-1"}),
        ({"vat_rates": (700,)}, {"TEE-1"}),
        ({"vat_rates": (0, 700, 1900)}, {"TEE-1", "KANNE-1"}),
    ],
)
def test_only_articles_of_the_rule_get_cheaper(rule: dict[str, Any], granted: set[str]) -> None:
    found = taken(replace(FIVE, **rule))
    assert set(found) == granted
    assert sum(found.values()) == 500


@pytest.mark.parametrize("rule", [{"only": Articles(skus=("X",))}, {"never": Articles(categories=("Tee", "Kannen"))}, {"vat_rates": (0,)}])
def test_a_cart_without_an_article_of_the_rule_is_refused(rule: dict[str, Any]) -> None:
    assert reason(replace(FIVE, **rule)) is RefusalReason.NO_ELIGIBLE_ARTICLE


def test_an_article_without_a_category_is_in_none() -> None:
    bare = replace(TEA, category="")
    assert reason(replace(FIVE, only=Articles(categories=("Tee",))), lines=(bare,)) is RefusalReason.NO_ELIGIBLE_ARTICLE
    assert taken(replace(FIVE, never=Articles(categories=("Tee",))), lines=(bare,)) == {"TEE-1": 500}


def test_a_category_is_one_however_its_umlauts_are_stored() -> None:
    greens = replace(TEA, category="Grüntee")
    assert taken(replace(FIVE, only=Articles(categories=("GRU\u0308NTEE",))), lines=(greens,)) == {"TEE-1": 500}


def test_what_costs_nothing_gets_nothing() -> None:
    gift = CheckoutLine("GIFT", 1, 0, 1900)
    assert reason(lines=(gift,)) is RefusalReason.NO_ELIGIBLE_ARTICLE
    assert taken(lines=(gift, TEA)) == {"TEE-1": 500}


def test_the_minimum_order_is_reached_to_the_cent_by_articles_of_the_rule_alone() -> None:
    assert reason(replace(FIVE, minimum_order_cents=5000)) is None
    assert ask(replace(FIVE, minimum_order_cents=5001)) == Refused(
        RefusalReason.MINIMUM_NOT_REACHED, {"minimum_cents": 5001, "missing_cents": 1, "currency": "EUR"}
    )
    assert reason(replace(FIVE, minimum_order_cents=2001, only=Articles(categories=("Tee",)))) is RefusalReason.MINIMUM_NOT_REACHED


def test_money_is_of_one_currency() -> None:
    assert ask(currency="CHF") == Refused(RefusalReason.WRONG_CURRENCY, {"currency": "EUR"})
    assert reason(replace(TEN_PERCENT, minimum_order_cents=1), currency="CHF") is RefusalReason.WRONG_CURRENCY
    assert reason(TEN_PERCENT, currency="CHF") is None  # ten percent are ten percent


@pytest.mark.parametrize(
    ("moment", "refused"),
    [
        (datetime(2026, 11, 19, 22, 59, tzinfo=UTC), RefusalReason.NOT_YET_VALID),  # 23:59 of the day before, in Berlin
        (datetime(2026, 11, 19, 23, 0, tzinfo=UTC), None),
        (datetime(2026, 11, 30, 22, 59, tzinfo=UTC), None),
        (datetime(2026, 11, 30, 23, 0, tzinfo=UTC), RefusalReason.EXPIRED),
    ],
)
def test_first_and_last_day_are_days_of_the_shops_calendar(moment: datetime, refused: RefusalReason | None) -> None:
    days: dict[str, Any] = {"valid_from": date(2026, 11, 20), "valid_until": date(2026, 11, 30)}
    assert reason(moment=moment, **days) is refused
    assert reason(replace(FIVE, **days), moment=moment) is refused  # a code of before codes had days of their own


def test_the_days_printed_on_a_code_go_before_those_of_its_offer() -> None:
    assert reason(replace(FIVE, valid_until=date(2026, 11, 1)), valid_until=date(2026, 11, 30)) is None


def test_a_coupon_of_one_day() -> None:
    day: dict[str, Any] = {"valid_from": date(2026, 11, 22), "valid_until": date(2026, 11, 22)}
    assert reason(**day) is None
    assert ask(moment=datetime(2026, 11, 21, 10, tzinfo=UTC), **day) == Refused(RefusalReason.NOT_YET_VALID, {"valid_from": "2026-11-22"})
    assert ask(moment=datetime(2026, 11, 23, 10, tzinfo=UTC), **day) == Refused(RefusalReason.EXPIRED, {"valid_until": "2026-11-22"})


def test_hours_of_the_rule_and_when_they_come_again() -> None:
    happy = replace(FIVE, windows=(TimeWindow((7,), time(10), time(12)),))
    assert reason(happy) is None
    assert ask(happy, moment=datetime(2026, 11, 22, 11, tzinfo=UTC)) == Refused(RefusalReason.OUTSIDE_HOURS, {"opens_at": "2026-11-29T10:00:00+01:00"})


@pytest.mark.parametrize(
    ("uses", "most", "refused"), [(0, 1, None), (1, 1, RefusalReason.USED_UP), (49, 50, None), (50, 50, RefusalReason.USED_UP), (10**6, None, None)]
)
def test_a_code_is_good_as_often_as_the_rule_says(uses: int, most: int | None, refused: RefusalReason | None) -> None:
    assert reason(replace(FIVE, uses=most, uses_per_customer=None), uses=uses, most_uses=most) is refused


def test_a_customer_uses_a_code_as_often_as_the_rule_says() -> None:
    standing = replace(FIVE, uses=None, uses_per_customer=2)
    assert reason(standing, most_uses=None, uses_by_shopper=1) is None
    assert ask(standing, most_uses=None, uses_by_shopper=2) == Refused(RefusalReason.CUSTOMER_LIMIT, {"uses_per_customer": 2})
    assert reason(replace(standing, uses_per_customer=None), most_uses=None, uses_by_shopper=99) is None


@pytest.mark.parametrize(
    ("rule", "standing", "needs"),
    [
        ({}, {}, False),
        ({"uses": None}, {"most_uses": None}, True),
        ({"uses": 5}, {"most_uses": 5}, True),
        ({"uses": 5, "uses_per_customer": 5}, {"most_uses": 5}, False),
        ({"uses": None, "uses_per_customer": None}, {"most_uses": None}, False),
        ({"personal": True}, {"is_shoppers": True}, True),
        ({"new_customers_only": True}, {}, True),
    ],
)
def test_who_it_is_is_asked_only_where_the_rule_needs_it(rule: dict[str, Any], standing: dict[str, Any], needs: bool) -> None:
    offer = replace(FIVE, **rule)
    assert reason(offer, shopper=Shopper(), **standing) is (RefusalReason.CUSTOMER_REQUIRED if needs else None)
    assert reason(offer, **standing) is None


def test_a_number_says_who_somebody_is_but_not_that_they_are_new() -> None:
    number = Shopper(customer_number="K-1")
    assert reason(replace(FIVE, personal=True), shopper=number, is_shoppers=True, is_known=True) is None
    assert reason(replace(FIVE, new_customers_only=True), shopper=number) is RefusalReason.CUSTOMER_REQUIRED
    home = Shopper(address=Address(last_name="Muster", street="Weg 1", postcode="20095", town="Hamburg", country="DE"))
    assert reason(replace(FIVE, new_customers_only=True), shopper=home) is None


@pytest.mark.parametrize("rule", [{"personal": True}, {"uses": None, "uses_per_customer": 1}])
def test_a_number_that_finds_nobody_says_nothing(rule: dict[str, Any]) -> None:
    offer, made_up = replace(FIVE, **rule), Shopper(customer_number="K-1")
    assert reason(offer, shopper=made_up, most_uses=offer.uses) is RefusalReason.CUSTOMER_REQUIRED
    assert reason(offer, shopper=made_up, most_uses=offer.uses, is_known=True, is_shoppers=True) is None


def test_a_personal_coupon_is_for_whom_it_was_given_to() -> None:
    assert reason(replace(FIVE, personal=True), is_shoppers=True) is None
    assert reason(replace(FIVE, personal=True), is_shoppers=False) is RefusalReason.OTHER_CUSTOMER
    assert reason(FIVE, is_shoppers=False) is None


@pytest.mark.parametrize("known", ["has_ordered", "was_newcomer"])
def test_a_new_customers_coupon_is_refused_to_whoever_is_none(known: str) -> None:
    assert reason(replace(FIVE, new_customers_only=True)) is None
    assert reason(replace(FIVE, new_customers_only=True), **{known: True}) is RefusalReason.NEW_CUSTOMERS_ONLY
    assert reason(FIVE, **{known: True}) is None


def test_partners_redeem_no_codes_of_their_own_and_need_to_be_active() -> None:
    assert reason(is_own_code=True) is RefusalReason.OWN_CODE
    assert reason(partner_is_active=False) is RefusalReason.PARTNER_INACTIVE


@pytest.mark.parametrize(("mine", "theirs", "refused"), [(True, True, False), (True, False, True), (False, True, True), (False, False, True)])
def test_two_coupons_in_one_order_both_have_to_allow_it(mine: bool, theirs: bool, refused: bool) -> None:
    expected = RefusalReason.NOT_COMBINABLE if refused else None
    assert reason(replace(FIVE, combinable=mine), other_codes=("OTHER",), others_combinable=theirs) is expected
    assert reason(replace(FIVE, combinable=mine)) is None


def test_a_void_code_is_refused() -> None:
    assert reason(voided=True) is RefusalReason.VOID


EVERYTHING_WRONG: dict[str, Any] = {
    "voided": True,
    "partner_is_active": False,
    "valid_until": date(2026, 11, 1),
    "uses": 1,
    "is_own_code": True,
    "has_ordered": True,
    "uses_by_shopper": 1,
    "others_combinable": False,
}
STRICT = replace(
    FIVE,
    windows=(TimeWindow((1,), time(1), time(2)),),
    new_customers_only=True,
    personal=True,
    only=Articles(skus=("X",)),
    minimum_order_cents=10_000,
)


def test_the_reasons_come_in_the_order_that_is_promised() -> None:
    wrong, offer = EVERYTHING_WRONG, STRICT
    cart: dict[str, Any] = {"currency": "CHF", "other_codes": ("B",), "shopper": Shopper()}
    cures: list[tuple[RefusalReason, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
        (RefusalReason.VOID, {"voided": False}, {}, {}),
        (RefusalReason.PARTNER_INACTIVE, {"partner_is_active": True}, {}, {}),
        (RefusalReason.EXPIRED, {"valid_until": date(2026, 12, 31)}, {}, {}),
        (RefusalReason.USED_UP, {"uses": 0, "valid_from": date(2026, 12, 1)}, {}, {}),
        (RefusalReason.NOT_YET_VALID, {"valid_from": None}, {}, {}),
        (RefusalReason.OUTSIDE_HOURS, {}, {"windows": ()}, {}),
        (RefusalReason.CUSTOMER_REQUIRED, {}, {}, {"shopper": ANNA}),
        (RefusalReason.OWN_CODE, {"is_own_code": False}, {}, {}),
        (RefusalReason.OTHER_CUSTOMER, {"is_shoppers": True}, {}, {}),
        (RefusalReason.NEW_CUSTOMERS_ONLY, {"has_ordered": False}, {}, {}),
        (RefusalReason.CUSTOMER_LIMIT, {"uses_by_shopper": 0}, {}, {}),
        (RefusalReason.WRONG_CURRENCY, {}, {}, {"currency": "EUR"}),
        (RefusalReason.NOT_COMBINABLE, {}, {}, {"other_codes": ()}),
        (RefusalReason.NO_ELIGIBLE_ARTICLE, {}, {"only": None}, {}),
        (RefusalReason.MINIMUM_NOT_REACHED, {}, {"minimum_order_cents": 0}, {}),
    ]
    for expected, standing, rule, order in cures:
        assert reason(offer, **wrong, **cart) is expected
        wrong, offer, cart = wrong | standing, replace(offer, **rule), cart | order
    assert reason(offer, **wrong, **cart) is None
    assert {one for one, *_ in cures} == set(RefusalReason) - {RefusalReason.UNKNOWN_CODE, RefusalReason.ROLLED_BACK}  # those the store alone knows


@pytest.mark.parametrize(
    "lines",
    [
        (),
        (TEA,) * 1001,
        (replace(TEA, quantity=0),),
        (replace(TEA, quantity=-1),),
        (replace(TEA, quantity=10**6 + 1),),
        (TEA, replace(TEA, gross_cents=-1)),
        (replace(TEA, gross_cents=10**11 + 1),),
        (replace(TEA, vat_rate=-1),),
        (replace(TEA, vat_rate=10_001),),
    ],
)
def test_a_cart_that_cannot_be_is_an_error_of_the_callers(lines: tuple[CheckoutLine, ...]) -> None:
    with pytest.raises(InvalidCheckout, match="send"):
        ask(lines=lines)
