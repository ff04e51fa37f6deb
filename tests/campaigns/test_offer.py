"""Can this coupon rule work, and how long does a code of it live?"""

from datetime import date, time
from typing import Any

import pytest

from campaigns.errors import InvalidOffer
from campaigns.offer import Articles, CodeSource, Offer, OfferKind, OfferProblem, TimeWindow, valid_until


def offer(kind: OfferKind = OfferKind.AMOUNT, value: int = 500, **changes: Any) -> Offer:
    return Offer("welcome", "Welcome back", kind, value, **changes)


def test_a_code_lives_from_the_day_the_letter_arrives() -> None:
    assert valid_until(offer(valid_days=70), date(2026, 1, 1), 5) == date(2026, 3, 17)


def test_the_days_of_an_offer_that_begins_later_count_from_its_first_day() -> None:
    assert valid_until(offer(valid_days=10, valid_from=date(2026, 12, 1)), date(2026, 10, 1), 5) == date(2026, 12, 11)
    assert valid_until(offer(valid_days=10, valid_from=date(2026, 9, 1)), date(2026, 10, 1), 5) == date(2026, 10, 16)


def test_the_last_day_of_the_longest_offer_can_be_worked_out() -> None:
    assert valid_until(offer(valid_days=36_500, valid_from=date(2999, 12, 31)), date(2026, 1, 1), 5).year == 3099


def test_no_code_outlives_its_offer() -> None:
    assert valid_until(offer(valid_until=date(2026, 1, 31)), date(2026, 1, 1), 5) == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": 0}, "worth nothing"),
        ({"value": -5}, "worth nothing"),
        ({"kind": OfferKind.PERCENTAGE, "value": 10_001}, "more than 100 %"),
        ({"valid_days": 0}, "valid_days"),
        ({"minimum_order_cents": -1}, "minimum order"),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 31)}, "last day comes before"),
        ({"windows": (TimeWindow((), time(8), time(9)),)}, "days of the week"),
        ({"windows": (TimeWindow((0,), time(8), time(9)),)}, "days of the week"),
        ({"windows": (TimeWindow((1, 8), time(8), time(9)),)}, "days of the week"),
        ({"vat_rates": (-1,)}, "VAT rate"),
        ({"vat_rates": (1900, 10_001)}, "VAT rate"),
        ({"only": Articles()}, "names none"),
        ({"never": Articles()}, "names none"),
        ({"only": Articles(("A", " "))}, "names none"),
        ({"never": Articles((), ("",))}, "names none"),
        ({"only": Articles(("A",)), "never": Articles(("A",))}, "the very articles"),
        ({"uses": 0}, "at least one order"),
        ({"uses_per_customer": 0}, "at least once"),
        ({"for_partners": True}, "more than one use"),
        ({"for_partners": True, "uses": None, "personal": True}, "cannot be personal"),
        ({"partner": "meier"}, "not for partners"),
        ({"prefix": "TOOLONGABC"}, "prefix"),
        ({"prefix": "tee"}, "capital letters"),
        ({"prefix": "A-B"}, "prefix"),
        ({"prefix": "ARSCH"}, "nobody wants on paper"),
        ({"prefix": "TEE", "codes": CodeSource.IMPORTED}, "Imported codes"),
        ({"value": 10**11 + 1}, "beyond measure"),
        ({"minimum_order_cents": 10**30}, "beyond measure"),
        ({"valid_days": 36_501}, "beyond measure"),
        ({"valid_from": date(3000, 1, 1)}, "beyond measure"),
        ({"uses": 10**9 + 1}, "beyond measure"),
        ({"uses_per_customer": 10**10}, "beyond measure"),
    ],
)
def test_an_offer_that_cannot_work_says_why(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOffer, match=message) as raised:
        offer(**changes)
    assert "'welcome'" in str(raised.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidOffer) as raised:
        offer(value=0, valid_days=0, uses=0)
    assert all(word in str(raised.value) for word in ("worth nothing", "valid_days", "at least one order"))
    assert [problem for problem, _ in raised.value.problems] == [OfferProblem.WORTH_NOTHING, OfferProblem.NEVER_VALID, OfferProblem.NO_USE]


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": date(2026, 1, 31), "valid_until": date(2026, 1, 31)},
        {"uses": None, "uses_per_customer": None, "for_partners": True, "partner": "meier"},
        {"uses": 2, "for_partners": True},
        {"vat_rates": (0, 10_000), "prefix": "TEE2026", "personal": True},
        {"windows": (TimeWindow((1, 7), time(22), time(2)), TimeWindow((3,), time(0), time(0)))},
    ],
)
def test_offers_that_can_work(changes: dict[str, Any]) -> None:
    offer(**changes)
