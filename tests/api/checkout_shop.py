"""Offers, codes and carts of a shop whose checkout asks the API."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import insert, select

from campaigns.coupon import normalise
from campaigns.offer import Offer, OfferKind
from store import offers
from store.engine import reading, writing
from store.schema import coupons
from tests.api.conftest import Shop

TODAY = datetime.now(UTC).date()
TEA: dict[str, Any] = {"sku": "TEE-1", "category": "Tea", "quantity": 2, "gross_cents": 2000, "vat_rate": 700}
POT: dict[str, Any] = {"sku": "POT-7", "category": "Pots", "quantity": 1, "gross_cents": 3000, "vat_rate": 1900}
ANNA: dict[str, Any] = {
    "email": "anna.mueller@mail.example",
    "address": {"first_name": "Anna", "last_name": "Müller", "street": "Lindenallee 12", "postcode": "04109", "town": "Leipzig", "country": "DE"},
}
PETER: dict[str, Any] = {
    "email": "peter.lang@mail.example",
    "address": {"first_name": "Peter", "last_name": "Lang", "street": "Hafenstraße 3", "postcode": "20457", "town": "Hamburg", "country": "DE"},
}


def an_offer(**changes: Any) -> Offer:
    """Ten percent off, once."""
    terms: dict[str, Any] = {"slug": "rule", "name": "Rule", "kind": OfferKind.PERCENTAGE, "value": 1000}
    return Offer(**(terms | changes))


def issue(shop: Shop, offer: Offer, code: str = "TEE-2026", **columns: Any) -> int:
    """Save the offer and give a code of it out; gives the coupon's id."""
    with writing(shop.engine) as connection:
        offers.save(connection, offer, datetime.now(UTC))
        offer_id = offers.by_slug(connection, [offer.slug])[offer.slug][0]
        row = {
            "code": code, "code_key": normalise(code), "offer_id": offer_id, "terms": offers.terms_of(offer), "issued_at": datetime.now(UTC),
            "valid_from": offer.valid_from, "valid_until": offer.valid_until or TODAY + timedelta(days=30), "most_uses": offer.uses, "source": "postillion",
        }  # fmt: skip
        return int(connection.execute(insert(coupons).values(row | columns).returning(coupons.c.id)).scalar_one())


def a_cart(code: str = "TEE-2026", *lines: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """A cart of tea for 20 € and a pot for 30 €, with a code."""
    return {"code": code, "currency": "EUR", "lines": list(lines) or [TEA, POT], **changes}


def ask(program: httpx.Client, what: str, body: dict[str, Any]) -> dict[str, Any]:
    """The answer of the API, which must be one."""
    answer = program.post(f"/coupons/{what}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def uses(shop: Shop, code: str = "TEE-2026") -> int:
    """How often the code is reserved or redeemed."""
    with reading(shop.engine) as connection:
        return int(connection.execute(select(coupons.c.uses).where(coupons.c.code_key == normalise(code))).scalar_one())


def days(number: int) -> date:
    """So many days from today."""
    return TODAY + timedelta(days=number)
