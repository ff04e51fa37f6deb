"""What does a coupon promise, in words, and is all that restricts it said?"""

from dataclasses import fields
from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.offer import Articles, Offer, OfferKind, TimeWindow
from campaigns.offer_words import conditions, long_date, money, windows_in_words, worth

UNTIL = date(2026, 11, 2)


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


def said(language: str = "de", until: date | None = UNTIL, **changes: Any) -> str:
    return conditions(offer(OfferKind.PERCENTAGE, 1000, **changes), until, language).replace("\u00a0", " ")


def test_conditions_in_german() -> None:
    assert conditions(offer(minimum_order_cents=100_000), date(2026, 11, 2), "de") == (
        "Gültig bis 2. November 2026. Ab einem Bestellwert von 1.000\u00a0€. Einmal einlösbar, nicht mit anderen Gutscheinen kombinierbar."
    )


def test_conditions_in_english_without_a_minimum() -> None:
    assert said("en") == "Valid until 2 November 2026. Can be used once, not combined with other coupons."


def test_a_language_without_terms_gets_english_ones() -> None:
    assert said("fr") == "Valid until 2 novembre 2026. Can be used once, not combined with other coupons."


TEA = Articles(categories=("Tee", "Kannen"))
RULES: list[tuple[dict[str, Any], str, str]] = [
    ({"valid_from": date(2026, 10, 1)}, "Gültig vom 1. Oktober 2026 bis 2. November 2026.", "Valid from 1 October 2026 until 2 November 2026."),
    ({"valid_from": UNTIL}, "Gültig nur am 2. November 2026.", "Valid on 2 November 2026 only."),
    ({"windows": (TimeWindow((1, 2, 3, 4, 5), time(14), time(18, 30)),)}, "Nur Mo.–Fr. 14:00–18:30 Uhr.", "Only Mon–Fri 14:00–18:30."),
    ({"minimum_order_cents": 3050}, "Ab einem Bestellwert von 30,50 €.", "On orders of €30.50 or more."),
    ({"minimum_order_cents": 3000, "never": TEA}, "Ab 30 € Bestellwert dieser Artikel.", "On orders of €30 or more of these articles."),
    ({"only": TEA}, "Nur für die Kategorien Tee, Kannen.", "Only for the categories Tee, Kannen."),
    ({"only": Articles(("A-1",), ("Tee",))}, "Nur für die Kategorie Tee sowie Artikel-Nr. A-1.", "Only for the category Tee and article no. A-1."),
    ({"never": Articles(("A-1", "B 2"))}, "Nicht für Artikel-Nr. A-1, B 2.", "Not for article no. A-1, B 2."),
    ({"vat_rates": (700, 1900)}, "Nur für Artikel mit 7 % und 19 % Mehrwertsteuer.", "Only for articles with 7% and 19% VAT."),
    ({"new_customers_only": True}, "Nur für Neukunden. Ein Gutschein je Haushalt.", "New customers only. One coupon per household."),
    ({"personal": True}, "Persönlich, nicht übertragbar.", "Personal, not transferable."),
    ({"uses": 5, "uses_per_customer": None}, "5-mal einlösbar, nicht", "Can be used 5 times, not"),
    ({"uses": 5}, "Insgesamt 5-mal einlösbar, je Kunde und Haushalt einmal, nicht", "Can be used 5 times in all, once per customer and household, not"),
    ({"uses": None, "uses_per_customer": 3}, "Je Kunde und Haushalt 3-mal einlösbar, nicht", "Can be used 3 times per customer and household, not"),
    ({"uses": None, "uses_per_customer": None}, "Beliebig oft einlösbar, nicht", "Can be used any number of times, not"),
    ({"combinable": True}, "Einmal einlösbar.", "Can be used once."),
]


@pytest.mark.parametrize(("rule", "german", "english"), RULES)
def test_every_rule_is_said(rule: dict[str, Any], german: str, english: str) -> None:
    assert german in said("de", **rule)
    assert english in said("en", **rule)


SAID_ELSEWHERE = {"slug", "name", "kind", "value", "currency", "valid_days", "valid_until", "codes", "prefix", "for_partners", "partner"}
"""Not a restriction on whoever holds a code, or said by its value and its last day."""


def test_no_rule_is_forgotten() -> None:
    tested = {name for rule, _, _ in RULES for name in rule}
    assert {field.name for field in fields(Offer)} == tested | SAID_ELSEWHERE


def test_a_code_without_a_last_day_names_none() -> None:
    assert said(until=None) == "Einmal einlösbar, nicht mit anderen Gutscheinen kombinierbar."
    assert said(until=None, valid_from=UNTIL).startswith("Gültig ab 2. November 2026. ")


def test_an_amount_that_can_be_more_than_the_order_says_that_the_rest_is_lost() -> None:
    assert conditions(offer(value=500), UNTIL, "de").endswith(" Kein Restguthaben.")
    assert conditions(offer(value=500, minimum_order_cents=499), UNTIL, "en").endswith(" No balance is kept.")
    assert "Restguthaben" not in conditions(offer(value=500, minimum_order_cents=500), UNTIL, "de")
    assert "Restguthaben" not in said()


@pytest.mark.parametrize(
    ("weekdays", "text"),
    [((1, 2, 3, 4, 5, 6, 7), ""), ((6, 7), "Sa., So. "), ((5, 6, 7), "Fr.–So. "), ((7, 1), "Mo., So. "), ((1, 2, 3, 5), "Mo.–Mi., Fr. "), ((3,), "Mi. ")],
)
def test_days_of_the_week_are_said_as_people_say_them(weekdays: tuple[int, ...], text: str) -> None:
    assert windows_in_words([TimeWindow(weekdays, time(22), time(2))], "de") == f"{text}22:00–02:00"


def test_several_windows_are_a_list() -> None:
    windows = [TimeWindow((6,), time(10), time(12)), TimeWindow((7,), time(10), time(11))]
    assert windows_in_words(windows, "de") == "Sa. 10:00–12:00 und So. 10:00–11:00"


@pytest.mark.parametrize(("language", "text"), [("de", "9. Mai 2026"), ("en", "9 May 2026"), ("fr", "9 mai 2026")])
def test_dates_are_long(language: str, text: str) -> None:
    assert long_date(date(2026, 5, 9), language) == text
