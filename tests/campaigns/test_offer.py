"""What does a coupon promise, in words?"""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.errors import InvalidOffer
from campaigns.offer import Offer, OfferKind, conditions, long_date, money, valid_until, worth


def offer(kind: OfferKind = OfferKind.AMOUNT, value: int = 500, **changes: Any) -> Offer:
    return Offer("welcome", "Welcome back", kind, value, **changes)


@pytest.mark.parametrize(
    ("cents", "currency", "de", "en"),
    [
        (500, "EUR", "5 €", "€5"),
        (1250, "EUR", "12,50 €", "€12.50"),
        (1205, "EUR", "12,05 €", "€12.05"),
        (5, "EUR", "0,05 €", "€0.05"),
        (0, "EUR", "0 €", "€0"),
        (100_000, "EUR", "1.000 €", "€1,000"),
        (100_050, "EUR", "1.000,50 €", "€1,000.50"),
        (123_456_700, "EUR", "1.234.567 €", "€1,234,567"),
        (2000, "GBP", "20 £", "£20"),
    ],
)
def test_money_as_people_write_it(cents: int, currency: str, de: str, en: str) -> None:
    assert money(cents, currency, "de").replace("\u00a0", " ") == de
    assert money(cents, currency, "en").replace("\u00a0", " ") == en


@given(st.integers(0, 10**9))
def test_money_never_changes_its_amount(cents: int) -> None:
    written = money(cents, "EUR", "en").removeprefix("€").replace(",", "")
    whole, _, rest = written.partition(".")
    assert int(whole) * 100 + int(rest or 0) == cents


@pytest.mark.parametrize(
    ("points", "de", "en"), [(1000, "10 %", "10%"), (1250, "12,5 %", "12.5%"), (1, "0,01 %", "0.01%"), (10_000, "100 %", "100%"), (333, "3,33 %", "3.33%")]
)
def test_percent_in_words(points: int, de: str, en: str) -> None:
    percentage = offer(OfferKind.PERCENTAGE, points)
    assert worth(percentage, "de").replace("\u00a0", " ") == de
    assert worth(percentage, "en") == en


def test_an_amount_in_words() -> None:
    assert worth(offer(value=750), "de") == "7,50\u00a0€"


def test_conditions_in_german() -> None:
    assert conditions(offer(minimum_order_cents=100_000), date(2026, 11, 2), "de") == (
        "Gültig bis 2. November 2026. Ab einem Bestellwert von 1.000\u00a0€. Einmal einlösbar, nicht mit anderen Gutscheinen kombinierbar."
    )


def test_conditions_in_english_without_a_minimum() -> None:
    assert conditions(offer(), date(2026, 11, 2), "en") == "Valid until 2 November 2026. Can be used once, not combined with other coupons."


def test_a_language_without_terms_gets_english_ones() -> None:
    assert conditions(offer(), date(2026, 11, 2), "fr") == "Valid until 2 novembre 2026. Can be used once, not combined with other coupons."


def test_a_code_lives_from_the_day_the_letter_arrives() -> None:
    assert valid_until(offer(valid_days=70), date(2026, 1, 1), 5) == date(2026, 3, 17)


@pytest.mark.parametrize(("language", "text"), [("de", "9. Mai 2026"), ("en", "9 May 2026"), ("fr", "9 mai 2026")])
def test_dates_are_long(language: str, text: str) -> None:
    assert long_date(date(2026, 5, 9), language) == text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": 0}, "worth nothing"),
        ({"value": -5}, "worth nothing"),
        ({"kind": OfferKind.PERCENTAGE, "value": 10_001}, "more than 100 %"),
        ({"valid_days": 0}, "valid_days"),
        ({"minimum_order_cents": -1}, "minimum order"),
    ],
)
def test_an_offer_that_cannot_work_says_why(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOffer, match=message) as raised:
        offer(**changes)
    assert "'welcome'" in str(raised.value)
