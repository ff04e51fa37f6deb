"""A partner's whole story: a standing offer, a code, printed coupons, a new customer, the first line (product.md 8)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import httpx
import pypdfium2 as pdfium
import pytest
import zxingcpp
from fastapi import FastAPI
from sqlalchemy import select

from campaigns.offer import Offer, OfferKind
from store import offers, partners
from store.engine import reading, writing
from store.schema import first_lines
from tests.api.checkout_shop import PETER, a_cart, an_offer, ask, issue, uses
from tests.api.conftest import Shop
from tests.api.test_partner_desk import code_id, derive, partner, signed_in

FRIENDS = Offer("friends", "Freunde", OfferKind.PERCENTAGE, 1000, uses=None, new_customers_only=True, for_partners=True)
WELCOME = an_offer(slug="welcome", new_customers_only=True, uses=None, uses_per_customer=1)
AGAIN = PETER | {"email": "P.E.T.E.R.lang+tee@mail.example"}
HOUSEHOLD = {"email": "other@mail.example", "address": PETER["address"] | {"first_name": "P.", "street": "Hafenstr. 3"}}


@pytest.fixture
def meier(app: FastAPI, shop: Shop, password_hash: str) -> Iterator[httpx.Client]:
    with signed_in(app, shop, password_hash, "anna-meier", "Anna Meier") as browser:
        yield browser


@pytest.fixture
def other(app: FastAPI, shop: Shop, password_hash: str) -> Iterator[httpx.Client]:
    with signed_in(app, shop, password_hash, "zoe", "Zoe Zander") as browser:
        yield browser


def an_order(state: str, changed: int, **changes: Any) -> dict[str, Any]:
    """Peter's order with the partner's code, as the shop tells of it."""
    now = datetime.now(UTC)
    return {
        "id": "82210",
        "number": "2026-1",
        "ordered_at": (now - timedelta(hours=1)).isoformat(),
        "state": state,
        "total_cents": 4500,
        "email": PETER["email"],
        "discount_codes": ["VONMEIER"],
        "address": PETER["address"],
        "changed_at": (now + timedelta(seconds=changed)).isoformat(),
        "lines": [{"sku": "TEE-1", "title": "Tea", "quantity": 2, "unit_price_cents": 1000}],
        **changes,
    }


def tell(program: httpx.Client, order: dict[str, Any]) -> None:
    answer = program.post("/orders", json={"records": [order]})
    assert answer.status_code == 200, answer.text
    assert [one["outcome"] for one in answer.json()["results"]] == ["stored"], answer.text


def brought(shop: Shop) -> int:
    with reading(shop.engine) as connection:
        return partners.first_lines_count(connection, partner(shop))


def test_from_the_standing_offer_to_the_first_line(
    meier: httpx.Client, other: httpx.Client, browser: httpx.Client, program: httpx.Client, desk: httpx.Client, shop: Shop, app: FastAPI
) -> None:
    # a standing offer, and a code of the partner's own
    with writing(shop.engine) as connection:
        offers.save(connection, FRIENDS, datetime.now(UTC))
    issue(shop, WELCOME, "WELCOME-ALL")
    assert derive(meier).status_code == 303

    # printed: the code on the paper leads to the shop with the coupon applied
    app.state.office.settings.partner_landing_url = "https://my-shop.example/discount/{coupon_code}"
    sheet = meier.get(f"/partner/codes/{code_id(shop)}/sheet.pdf").content
    document = pdfium.PdfDocument(BytesIO(sheet))
    [scanned, *_] = zxingcpp.read_barcodes(document[0].render(scale=100 / 72, grayscale=True).to_numpy())
    document.close()
    assert browser.get(urlsplit(scanned.text).path).headers["Location"] == "https://my-shop.example/discount/vonmeier"

    # nobody refers themselves, in whatever spelling
    themselves = {"email": "Anna-Meier+x@partner.example"}
    assert ask(program, "quote", a_cart("vonmeier", shopper=themselves))["refusal"]["reason"] == "own_code"

    # a new customer redeems it in the shop
    assert ask(program, "quote", a_cart("vonMeier", shopper=PETER))["discount"]["gross_cents"] == 500
    assert ask(program, "reserve", a_cart("vonmeier", order_ref="2026-1", shopper=PETER))["granted"]
    assert ask(program, "redeem", a_cart("vonmeier", order_ref="2026-1", shopper=PETER))["redemption"]["state"] == "redeemed"
    assert "Eingelöst" in meier.get("/partner").text and uses(shop, "vonmeier") == 1

    # the order comes in, and belongs to nobody before it is completed
    tell(program, an_order("open", 0))
    assert brought(shop) == 0
    tell(program, an_order("completed", 1))
    assert brought(shop) == 1 and uses(shop, "vonmeier") == 1, "what the checkout redeemed is not counted twice"
    page = meier.get("/partner/first-line").text
    assert "Kunde" in page and "vonmeier" in page
    assert not any(word in page for word in ("Lang", "Peter", "Hafen", "mail.example"))

    # no second new-customer coupon, in any spelling of mailbox or address, of whatever offer
    for shopper in (PETER, AGAIN, HOUSEHOLD):
        for code in ("WELCOME-ALL", "vonmeier"):
            answer = ask(program, "quote", a_cart(code, shopper=shopper))
            assert not answer["granted"] and answer["refusal"]["reason"] == "new_customers_only", (shopper, code)

    # the first assignment stands, whatever comes later
    derive(other, "zoeteam")
    tell(program, an_order("completed", 2, id="82999", number="2026-2", discount_codes=["zoeteam"]))
    with reading(shop.engine) as connection:
        assert connection.execute(select(first_lines.c.partner_id)).scalars().all() == [partner(shop).id]

    # another partner sees nothing of it, the operator everything
    assert "vonmeier" not in other.get("/partner").text
    assert "Neue Kunden gebracht: 0" in other.get("/partner").text and "Neue Kunden gebracht: 1" in meier.get("/partner").text
    assert "Anna Meier" in desk.get("/desk/partners").text


def test_a_code_given_at_sign_up_counts_for_the_first_order(meier: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    derive(meier)
    assert ask(program, "sign-up", {"code": "vonmeier", "email": PETER["email"]})["granted"]
    tell(program, an_order("completed", 0, discount_codes=[], ordered_at=datetime.now(UTC).isoformat()))
    assert brought(shop) == 1


def test_a_cancelled_order_brings_nobody(meier: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    derive(meier)
    tell(program, an_order("open", 0))
    assert uses(shop, "vonmeier") == 1, "an order with the code redeems it"
    tell(program, an_order("cancelled", 1))
    assert (brought(shop), uses(shop, "vonmeier")) == (0, 0)


def test_a_customer_who_has_bought_before_is_brought_by_nobody(meier: httpx.Client, program: httpx.Client, shop: Shop) -> None:
    derive(meier)
    tell(program, an_order("completed", 0, id="1", number="2025-1", ordered_at="2025-01-01T12:00:00Z", discount_codes=[]))
    tell(program, an_order("completed", 1))
    assert brought(shop) == 0
