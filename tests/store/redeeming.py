"""A checkout for the store's tests: coupons, carts and who asks, with only what a test cares about."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select

from campaigns.address import Address
from campaigns.checkout import HOLDS_A_USE, Channel, Checkout, CheckoutLine, RefusalReason, Refused, Shopper
from campaigns.coupon import normalise
from campaigns.offer import Offer, OfferKind
from store import offers
from store.redemptions import Asking, Redemption
from store.schema import coupons, redemptions
from tests.conftest import SECRET
from tests.store.shop import DRESDEN, NOW, rows

TEN = Offer("ten", "Ten percent", OfferKind.PERCENTAGE, 1000)
STANDING = replace(TEN, slug="standing", uses=None, uses_per_customer=None)
NEWCOMERS = replace(TEN, slug="newcomers", new_customers_only=True)
ASKING = Asking("shop", NOW, UTC, SECRET, Channel.API, "shop-sync")
CART = Checkout("EUR", (CheckoutLine("T1", 2, 1000, 1900), CheckoutLine("P1", 1, 500, 700)))
ANNA = Shopper("anna1@example.org", "", replace(DRESDEN, first_name="Anna1", street="Weg 1"))


def at(moment: datetime, **changes: Any) -> Asking:
    """Somebody who asks at another moment."""
    return replace(ASKING, now=moment, **changes)


def by(shopper: Shopper, *, cart: Checkout = CART) -> Checkout:
    return replace(cart, shopper=shopper)


def somebody(number: int) -> Shopper:
    """A stranger."""
    return Shopper(f"new{number}@example.org", "", Address(last_name=f"Fremd{number}", street=f"Gasse {number}", postcode="01067", country="DE"))


def issue(connection: Connection, code: str = "TEST", offer: Offer = TEN, **columns: Any) -> int:
    """A coupon under an offer; gives its number."""
    offers.save(connection, offer, NOW)
    offer_id = offers.by_slug(connection, [offer.slug])[offer.slug][0]
    row = {
        "code": code, "code_key": normalise(code), "offer_id": offer_id, "terms": offers.terms_of(offer), "valid_from": offer.valid_from,
        "valid_until": offer.valid_until or date(2027, 2, 1), "most_uses": offer.uses, "issued_at": NOW - timedelta(days=400), "source": "shop",
    }  # fmt: skip
    return int(connection.execute(insert(coupons).values(row | columns).returning(coupons.c.id)).scalar_one())


def uses(connection: Connection, code: str = "TEST") -> int:
    """How many uses the coupon counts; the ledger must say the same."""
    row = connection.execute(select(coupons).where(coupons.c.code_key == normalise(code))).one()
    ledger = [one for one in rows(connection, redemptions) if one["coupon_id"] == row.id and one["state"] in HOLDS_A_USE]
    assert row.uses == len(ledger), "coupons.uses is the number of redemptions that hold one"
    assert row.most_uses is None or row.uses <= row.most_uses
    return int(row.uses)


def granted(answer: Redemption | Refused) -> Redemption:
    assert isinstance(answer, Redemption), answer
    return answer


def reason(answer: object) -> RefusalReason | None:
    """Why it was refused; None where it was not."""
    return answer.reason if isinstance(answer, Refused) else None
