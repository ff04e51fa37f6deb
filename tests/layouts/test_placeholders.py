"""Is it known for each kind of campaign which placeholders have a value?"""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

import layouts
from campaigns.address import Address
from campaigns.cart import CartItem
from campaigns.customer import Customer
from campaigns.kinds import CampaignKind
from campaigns.letter import CartContents, CouponGrant, Occasion, Recipient, compose
from campaigns.offer import Offer, OfferKind
from campaigns.sender import Sender
from layouts.placeholders import CATALOGUE, Presence, missing, sample_items, samples
from layouts.text import MORE

_WHEN = datetime(2026, 3, 14, tzinfo=UTC)
_FIRM = Customer("shop", "1", address=Address(company="Weber GmbH", street="Weg 1", postcode="24103", town="Kiel", country="DE"))
_PERSON = Customer("shop", "2", address=Address(last_name="Weber", street="Weg 1", postcode="24103", town="Kiel", country="DE"))
_OCCASION = Occasion(Sender("Laden", "Weg 1", "24103", "Kiel"), date(2026, 11, 22), "https://a.example")
_CART = CartContents((CartItem("T1", "Tee", 2, 500),), "EUR", _WHEN)
_COUPON = CouponGrant("TEE-1", Offer("o", "O", OfferKind.AMOUNT, 1000), date(2027, 1, 31))
LEAST = {
    CampaignKind.NO_PURCHASE: Recipient(_FIRM),
    CampaignKind.ABANDONED_CART: Recipient(_FIRM, cart=_CART),
    CampaignKind.WINBACK: Recipient(_FIRM, "B-1", _WHEN, 1),
    CampaignKind.REORDER: Recipient(_FIRM, "B-1", _WHEN, 1),
    CampaignKind.SEGMENT: Recipient(_FIRM),
    CampaignKind.COUPON_EXPIRY: Recipient(_FIRM, coupon=_COUPON),
}
"""What is known at the least of anybody whom a campaign of that kind writes to (product.md 3.2)."""


@pytest.mark.parametrize("kind", CampaignKind)
def test_what_a_kind_always_has_even_those_have_of_whom_least_is_known(kind: CampaignKind) -> None:
    letters = [compose(replace(LEAST[kind], customer=somebody), "any", "de", "A" * 12, _OCCASION, LEAST[kind].coupon) for somebody in (_FIRM, _PERSON)]
    has = {name for name in CATALOGUE if all(letter.values.get(name) for letter in letters)} | ({MORE} if LEAST[kind].cart else set())
    assert {name for name, placeholder in CATALOGUE.items() if placeholder.presence(kind) is Presence.ALWAYS} == has
    assert not missing(kind) & has


def test_a_kind_without_orders_or_carts_lacks_their_placeholders() -> None:
    carts = {"cart_total", "cart_items_count", "cart_date", MORE}
    assert missing(CampaignKind.NO_PURCHASE) == carts | {"last_order_number", "last_order_date", "orders_count"}
    assert missing(CampaignKind.ABANDONED_CART) == set()
    assert all(missing(kind) == carts for kind in (CampaignKind.WINBACK, CampaignKind.REORDER, CampaignKind.SEGMENT, CampaignKind.COUPON_EXPIRY))


KINDS = {
    "welcome": {CampaignKind.NO_PURCHASE},
    "cart": {CampaignKind.ABANDONED_CART},
    "cart-coupon": {CampaignKind.ABANDONED_CART},
    "winback": {CampaignKind.WINBACK},
    "thanks": {CampaignKind.REORDER},
    "offer": {CampaignKind.SEGMENT},
    "reminder": {CampaignKind.COUPON_EXPIRY},
    "plain": set(CampaignKind) - {CampaignKind.NO_PURCHASE},
    "note": set(CampaignKind),
}


@pytest.mark.parametrize("name", layouts.names())
def test_a_bundled_layout_needs_nothing_that_its_kinds_never_have(name: str) -> None:
    for language in ("de", "en"):
        needed = layouts.load(name).text(language).required
        assert not [kind for kind in KINDS[name] if needed & missing(kind)]


@pytest.mark.parametrize("language", ["de", "en", "fr"])
def test_the_sample_cart_adds_up(language: str) -> None:
    values, items = samples(language), sample_items(language)
    assert sum(int(item.quantity) for item in items) == int(values["cart_items_count"])

    def cents(price: str) -> int:
        return int("".join(char for char in price if char.isdigit()))

    assert sum(cents(item.price) for item in items) == cents(values["cart_total"])
