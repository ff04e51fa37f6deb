"""Is a coupon quoted, held, used, given back and shown again as a checkout needs it, and by nobody else?"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from api.coupons.guessing import Guesses
from campaigns.offer import OfferKind
from store import api_keys, redemptions
from store.api_keys import Scope
from store.engine import reading, writing
from store.schema import coupon_events, sign_up_codes
from tests.api.checkout_shop import ANNA, TEA, a_cart, an_offer, ask, issue, uses
from tests.api.conftest import Shop

WHATS = ("quote", "reserve", "redeem", "release", "roll-back", "sign-up")


def events(shop: Shop) -> list[tuple[str, str, str]]:
    with reading(shop.engine) as connection:
        rows = connection.execute(select(coupon_events.c.action, coupon_events.c.outcome, coupon_events.c.actor).order_by(coupon_events.c.id))
        return [(row.action, row.outcome, row.actor) for row in rows]


def test_an_order_is_found_under_its_reference_as_it_was_sent(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer())
    ask(program, "redeem", a_cart(order_ref="A  1"))
    for spelt in ("A  1", "A 1", " A 1 "):
        assert len(program.get("/redemptions", params={"order_ref": spelt}).json()["redemptions"]) == 1
    assert program.get("/redemptions", params={"order_ref": "MÃ¼ller"}).json() == {"redemptions": []}


def test_a_quote_shows_lines_and_shares_with_their_vat_to_the_cent(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(kind=OfferKind.AMOUNT, value=1000))
    answer = ask(program, "quote", a_cart("tee 2026"))
    discount = answer["discount"]
    assert (answer["granted"], discount["currency"], discount["gross_cents"]) == (True, "EUR", 1000)
    assert [(line["position"], line["sku"], line["gross_cents"]) for line in discount["lines"]] == [(0, "TEE-1", 400), (1, "POT-7", 600)]
    assert [(share["vat_rate"], share["gross_cents"], share["net_cents"], share["vat_cents"]) for share in discount["shares"]] == [
        (700, 400, 374, 26),
        (1900, 600, 504, 96),
    ]
    assert uses(shop) == 0, "a quote holds nothing"
    assert events(shop) == [("quote", "granted", "shop-sync")], "but it is written down"


def test_a_refusal_says_why_in_both_languages_and_how_much_is_missing(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(minimum_order_cents=6150))
    assert ask(program, "quote", a_cart())["refusal"] == {
        "reason": "minimum_not_reached",
        "message": {
            "de": "Der Gutschein gilt ab einem Bestellwert von 61,50\u00a0€. Es fehlen noch 11,50\u00a0€.",
            "en": "The coupon is valid on orders of €61.50 or more. You are €11.50 short.",
        },
        "facts": {"minimum_cents": 6150, "missing_cents": 1150, "currency": "EUR"},
    }


def test_the_way_of_a_use_from_reserve_to_roll_back(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer())
    order = a_cart(order_ref="#1001/a")
    reserved = ask(program, "reserve", order)["redemption"]
    held = datetime.fromisoformat(reserved["expires_at"]) - datetime.now(UTC)
    assert (reserved["state"], uses(shop), timedelta(minutes=29) < held <= timedelta(minutes=30)) == ("reserved", 1, True)
    assert ask(program, "quote", a_cart())["refusal"]["reason"] == "used_up"
    assert ask(program, "quote", order)["granted"], "its own use does not stand in an order's way"
    redeemed = ask(program, "redeem", order)
    assert (redeemed["redemption"]["state"], uses(shop)) == ("redeemed", 1)
    assert ask(program, "redeem", order) == redeemed, "a retry hears the same"
    shown = program.get("/redemptions", params={"order_ref": "#1001/a"}).json()["redemptions"]
    assert shown == [redeemed["redemption"]], "the invoice shows the lines again"
    assert sum(line["gross_cents"] for line in shown[0]["discount"]["lines"]) == 500
    [rolled_back] = ask(program, "roll-back", {"order_ref": "#1001/a", "reason": "cancelled"})["redemptions"]
    assert (rolled_back["state"], uses(shop)) == ("rolled_back", 0)
    assert ask(program, "roll-back", {"order_ref": "#1001/a"})["redemptions"][0]["state"] == "rolled_back"
    assert ask(program, "redeem", order)["refusal"]["reason"] == "rolled_back"
    assert ask(program, "redeem", a_cart(order_ref="1002"))["granted"], "for another order it is free again"


def test_a_reservation_can_be_given_back_and_expires_by_itself(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer())
    ask(program, "reserve", a_cart(order_ref="1"))
    [released] = ask(program, "release", {"order_ref": "1"})["redemptions"]
    assert (released["state"], uses(shop)) == ("released", 0)
    ask(program, "reserve", a_cart(order_ref="2"))
    assert uses(shop) == 1
    with writing(shop.engine) as connection:
        assert redemptions.expire(connection, datetime.now(UTC) + timedelta(minutes=31)) == 1
    assert uses(shop) == 0
    assert program.get("/redemptions", params={"order_ref": "2"}).json()["redemptions"][0]["state"] == "expired"


def test_an_order_without_a_coupon_is_an_answer_too(program: httpx.Client) -> None:
    assert program.get("/redemptions", params={"order_ref": "none"}).json() == {"redemptions": []}
    for what in ("release", "roll-back"):
        assert ask(program, what, {"order_ref": "none"}) == {"redemptions": []}


def test_an_order_is_its_shops_own(program: httpx.Client, shop: Shop, app: FastAPI) -> None:
    issue(shop, an_offer())
    ask(program, "redeem", a_cart(order_ref="1"))
    with writing(shop.engine) as connection:
        other = api_keys.add(connection, "other", "other-shop", [Scope.COUPONS_REDEEM], datetime.now(UTC))
    headers = {"Authorization": f"Bearer {other}"}
    assert program.get("/redemptions", params={"order_ref": "1"}, headers=headers).json() == {"redemptions": []}
    assert program.post("/coupons/roll-back", json={"order_ref": "1"}, headers=headers).json() == {"redemptions": []}
    assert uses(shop) == 1


def test_a_code_given_at_sign_up_is_remembered(program: httpx.Client, shop: Shop) -> None:
    coupon_id = issue(shop, an_offer())
    for _ in range(2):
        assert ask(program, "sign-up", {"code": "tee-2026", "email": ANNA["email"]}) == {"granted": True}
    assert ask(program, "sign-up", {"code": "nonsense", "email": ANNA["email"]})["refusal"]["reason"] == "unknown_code"
    with reading(shop.engine) as connection:
        assert connection.execute(select(sign_up_codes.c.coupon_id)).scalars().all() == [coupon_id]


def _changed(**changes: Any) -> dict[str, Any]:
    return a_cart(order_ref="1") | changes


def _line(**changes: Any) -> dict[str, Any]:
    return _changed(lines=[TEA | changes])


BAD = {
    "negative line": (_line(gross_cents=-1), "lines[0].gross_cents must be between 0 and 1000000000."),
    "huge line": (_line(gross_cents=10**12), "lines[0].gross_cents must be between 0 and 1000000000."),
    "part of a cent": (_line(gross_cents=19.99), "lines[0].gross_cents must be an amount in whole cents, without quotes and decimal point."),
    "nothing of it": (_line(quantity=0), "lines[0].quantity must be between 1 and 1000000."),
    "too many pieces": (_line(quantity=10**6 + 1), "lines[0].quantity must be between 1 and 1000000."),
    "VAT above all": (_line(vat_rate=10_001), "lines[0].vat_rate must be between 0 and 10000."),
    "two currencies": (_line(currency="CHF"), "lines[0].currency is no field of this record, which has category, gross_cents, quantity, sku, title, vat_rate."),
    "no currency": (_changed(currency="Euro"), 'currency must be an ISO 4217 currency code, like "EUR".'),
    "no lines": (_changed(lines=[]), "lines is empty, but needed."),
    "too many lines": (_changed(lines=[TEA] * 501), "lines has 501 entries, at most 500 are taken."),
    "no code": (_changed(code=" "), "code is empty, but needed."),
    "no order": (a_cart(), "order_ref is missing."),
    "misspelt": (_changed(shoper={}), 'shoper is no field of this record: did you mean "shopper"?'),
    "no e-mail": (_changed(shopper={"email": "anna"}), 'shopper.email must hold one "@" and no blank.'),
    "no object": ([], "The request must be an object, in braces."),
}


def test_a_cart_that_cannot_be_is_refused_by_the_name_of_its_field(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer())
    for what, (body, problem) in BAD.items():
        answer = program.post("/coupons/redeem", json=body, headers={"Accept-Language": "en"})
        assert (answer.status_code, answer.headers["Content-Type"]) == (422, "application/problem+json"), what
        assert answer.json()["detail"] == problem, what
    assert (uses(shop), events(shop)) == (0, [])


def test_the_largest_cart_is_exact_to_the_cent(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(value=3333))
    lines = [{"quantity": 10**6, "gross_cents": 10**9 - place, "vat_rate": (700, 1900, 0)[place % 3]} for place in range(500)]
    discount = ask(program, "redeem", a_cart("TEE-2026", *lines, order_ref="1"))["redemption"]["discount"]
    assert sum(line["gross_cents"] for line in discount["lines"]) == discount["gross_cents"] == sum(share["gross_cents"] for share in discount["shares"])
    assert all(line["gross_cents"] == line["net_cents"] + line["vat_cents"] <= 10**9 for line in discount["lines"])


def test_nothing_is_answered_without_the_scope(browser: httpx.Client, shop: Shop) -> None:
    with writing(shop.engine) as connection:
        scopes = set(Scope) - {Scope.COUPONS_REDEEM}
        key = api_keys.add(connection, "intake", "webshop", scopes, datetime.now(UTC))
    for headers, status in (({}, 401), ({"Authorization": f"Bearer {key}"}, 403)):
        assert {browser.post(f"/api/v1/coupons/{what}", json={}, headers=headers).status_code for what in WHATS} == {status}
        assert browser.get("/api/v1/redemptions?order_ref=1", headers=headers).status_code == status


def test_a_lost_database_is_a_503_and_the_next_request_works(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer())
    with writing(shop.engine) as connection:
        connection.execute(text("ALTER TABLE coupon_events RENAME TO gone"))
    assert program.post("/coupons/redeem", json=a_cart(order_ref="1")).status_code == 503
    with writing(shop.engine) as connection:
        connection.execute(text("ALTER TABLE gone RENAME TO coupon_events"))
    assert uses(shop) == 0
    assert ask(program, "redeem", a_cart(order_ref="1"))["granted"]


def codes(count: int, start: int = 0) -> Iterator[str]:
    """Guesses, none of which exists."""
    return (f"GUESS{number:06d}" for number in range(start, start + count))


@pytest.mark.parametrize("kind", ["sqlite"], indirect=True)  # ten thousand requests take ten seconds; what counts them knows no database
def test_ten_thousand_guesses_hit_nothing_and_end_after_twenty_for_each_visitor(program: httpx.Client, shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    """A hundred visitors with a hundred guesses each; the alarm is given after 300 of one program, and then each has three."""
    issue(shop, an_offer(uses=None, uses_per_customer=None))
    looked_up = {}
    with caplog.at_level(logging.WARNING):
        for visitor in range(100):
            statuses = [program.post("/coupons/quote", json=a_cart(code, client=f"v{visitor}")).status_code for code in codes(100, visitor * 100)]
            assert set(statuses[statuses.index(429) :]) == {429}, "from there on nothing"
            looked_up[visitor] = statuses.index(429)
    assert [looked_up[visitor] for visitor in range(100)] == [20] * 15 + [3] * 85
    assert sum("guessing coupon codes" in record.message and "shop-sync" in record.message for record in caplog.records) == 1, "one alarm an hour"
    blocked = program.post("/coupons/quote", json=a_cart(client="v0"))
    assert (blocked.status_code, blocked.headers["Retry-After"]) == (429, "600"), "not even the right code: else a guess would be told"
    assert ask(program, "quote", a_cart(client="somebody else"))["granted"], "honest shoppers go on"
    assert {outcome for _, outcome, _ in events(shop)} == {"unknown_code", "granted"}


def test_the_alarm_for_all_programs_together(caplog: pytest.LogCaptureFixture) -> None:
    guesses, request = Guesses(), httpx_request()
    with caplog.at_level(logging.WARNING):
        for number in range(1000):
            guesses.count(request, f"program-{number % 10}", f"visitor-{number}", "X")
    assert guesses.within_the_hour == 1000
    assert sum("all API keys together" in record.message for record in caplog.records) == 1
    assert guesses.admits(request, "another program", "new here", "X"), "nobody is shut out for others"


def httpx_request() -> Any:
    from starlette.requests import Request

    return Request({"type": "http", "client": ("192.0.2.1", 1), "headers": []})


def test_a_visitors_guesses_at_once_are_no_way_around_the_count() -> None:
    guesses, request = Guesses(), httpx_request()
    assert sum(guesses.admits(request, "shop", "v", code) for code in codes(200)) == 25, "none of them is known to be wrong yet"
    assert guesses.admits(request, "shop", "somebody else", "X")
    assert all(guesses.admits(request, "shop", "w", "MISTYPED") for _ in range(30)), "the cart has changed"
    assert all(guesses.admits(request, "busy shop", "", code) for code in codes(200))


def test_the_same_wrong_code_again_is_no_new_guess(program: httpx.Client, shop: Shop) -> None:
    for _ in range(30):
        assert ask(program, "quote", a_cart("MISTYPED", client="v"))["refusal"]["reason"] == "unknown_code"


def test_codes_beside_a_good_one_are_guesses_too(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(combinable=True, uses=None, uses_per_customer=None))
    assert program.post("/coupons/quote", json=a_cart(other_codes=list(codes(20)), client="v")).status_code == 200
    assert program.post("/coupons/quote", json=a_cart(other_codes=list(codes(1, 20)), client="v")).status_code == 429


def test_an_order_that_holds_its_coupon_is_paid_whatever_was_guessed_meanwhile(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer())
    ask(program, "reserve", a_cart(order_ref="1"))
    for code in codes(20):
        ask(program, "quote", a_cart(code))
    assert program.post("/coupons/quote", json=a_cart()).status_code == 429, "without a name for the visitor the program is one"
    assert ask(program, "redeem", a_cart(order_ref="1"))["granted"]
    assert program.post("/coupons/redeem", json=a_cart(order_ref="2")).status_code == 429
    assert ask(program, "roll-back", {"order_ref": "1"})["redemptions"]


def test_an_order_that_holds_one_code_is_no_way_to_try_others(program: httpx.Client, shop: Shop) -> None:
    issue(shop, an_offer(uses=None, uses_per_customer=None))
    ask(program, "reserve", a_cart(order_ref="1", client="v"))
    statuses = [program.post("/coupons/redeem", json=a_cart(code, order_ref="1", client="v")).status_code for code in codes(30)]
    assert statuses == [200] * 20 + [429] * 10
    ask(program, "release", {"order_ref": "1"})
    assert program.post("/coupons/redeem", json=a_cart(order_ref="1", client="v")).status_code == 429, "nothing is held any more"


def test_what_is_unknown_is_answered_alike_whatever_it_looks_like(program: httpx.Client) -> None:
    answers = [ask(program, "quote", a_cart(code)) for code in ("ABCDE-FGHJK-M", "ABCDE-FGHJK-N", "äöü", "x" * 255, "'; DROP TABLE coupons")]
    assert all(answer == answers[0] for answer in answers)
