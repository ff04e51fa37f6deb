"""Who stands at the checkout, and has this person bought before, whatever way mailbox and address are written?  (product.md 7.4)

Open and completed orders count as bought, and so does one that was completed once, whatever became of it (``customers.first_sale_at``
is final); so does an order that redeemed any coupon and has not come in yet. Cancelled, refunded, offered, test and deleted ones do not.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, or_, select, union

from campaigns.address import Address
from campaigns.checkout import HOLDS_A_USE, RedemptionState, Shopper
from campaigns.customer import email_key
from campaigns.newcomer import home, mailbox
from campaigns.order import SALES
from store.hashes import home_hash, mailbox_hash
from store.matching import LIVE
from store.people import numbered
from store.profiles import to_customer
from store.schema import customer_sources, customers, new_customers, orders, redemptions
from store.sets import among

_DIGITS = re.compile(r"\d{4,}")


@dataclass(frozen=True, slots=True)
class Buyer:
    """A shopper, as far as we know them."""

    shopper: Shopper
    ids: frozenset[int]
    """Customers who go by the mailbox or the number, in any spelling."""
    customer_id: int | None
    """The one among them whom the shop means: by number, else the holder of the mailbox, else the oldest."""
    mailbox: str | None
    """Keyed hash, of any spelling."""
    home: str | None

    @property
    def keys(self) -> list[str]:
        """What a new customer is a new customer under, sorted: claims are taken in this order everywhere."""
        return sorted(filter(None, (self.mailbox, self.home)))


def whom(connection: Connection, shopper: Shopper, source: str, secret: bytes) -> Buyer:
    """Find the shopper among the customers."""
    by_number = _by_number(connection, source, shopper.customer_number)
    exact, spellings = _by_mailbox(connection, shopper.email)
    first = by_number | exact or spellings
    found = by_number | exact | spellings
    hashes = mailbox_hash(shopper.email, secret), home_hash(shopper.address, secret)
    return Buyer(shopper, frozenset(found), min(by_number or first, default=None), *hashes)


def _by_number(connection: Connection, source: str, number: str) -> set[int]:
    if not number:
        return set()
    table = customer_sources.c
    keyed = connection.execute(select(table.customer_id).where(table.source == source, table.source_id == number)).scalars()
    return set(numbered(connection, source, [number]).values()) or set(keyed)


def _by_mailbox(connection: Connection, email: str) -> tuple[set[int], set[int]]:
    """Who holds or claims exactly this address, and who has another spelling of it."""
    key, any_spelling = email_key(email), mailbox(email)
    if not any_spelling:
        return set(), set()
    rows = connection.execute(_HOLDERS, {"key": key, "spelled": any_spelling}).all()
    exact = {row.id for row in rows if row.email_key == key}
    return exact, {row.id for row in rows} - exact


def uses_of(connection: Connection, coupon_id: int, buyer: Buyer, own: int | None) -> int:
    """How often this person uses the coupon, beside the redemption ``own``."""
    known = {"ids": list(buyer.ids), "mailbox_hash": buyer.mailbox, "home_hash": buyer.home}
    return sum(row.coupon_id == coupon_id and row.id != own for row in connection.execute(_USES, known))


_CLAIMS = select(customer_sources.c.customer_id.label("id"), customer_sources.c.email_key)
_CLAIMS = _CLAIMS.where(or_(customer_sources.c.email_key == bindparam("key"), customer_sources.c.email_key == bindparam("spelled")))
_HELD = select(customers.c.id, customers.c.email_key).where(customers.c.mailbox == bindparam("spelled"), *LIVE)
_HOLDERS = _CLAIMS.union(_HELD)
_USED = select(redemptions.c.id, redemptions.c.coupon_id).where(redemptions.c.state.in_(HOLDS_A_USE))
_USES = union(  # by person, whose uses are few: a code may have a hundred thousand
    _USED.where(redemptions.c.customer_id.in_(bindparam("ids", expanding=True))),
    _USED.where(redemptions.c.email_hash == bindparam("mailbox_hash")),
    _USED.where(redemptions.c.address_hash == bindparam("home_hash")),
)


@dataclass(frozen=True, slots=True)
class ThisOrder:
    """The order in question, which makes nobody an old customer by itself."""

    source: str
    order_ref: str
    ordered_at: datetime | None = None
    """Once it has come in: only what was bought before counts."""
    redemption_id: int | None = None


def has_ordered(connection: Connection, buyer: Buyer, order: ThisOrder) -> bool:
    """Whether the person has bought before this order."""
    ids = buyer.ids | neighbours(connection, buyer.shopper.address)
    table = orders.c
    other = ~and_(table.source == order.source, or_(table.source_id == order.order_ref, table.number == order.order_ref))
    sale = and_(other, or_(table.state.in_(SALES), table.sold_at.is_not(None)))
    if order.ordered_at:
        sale = and_(sale, table.ordered_at < order.ordered_at)
    waiting = and_(table.customer_id.is_(None), table.email_key.in_({email_key(buyer.shopper.email), mailbox(buyer.shopper.email)} - {""}))
    questions = [exists().where(waiting, sale)]
    if ids:
        long_ago = customers.c.first_sale_at < order.ordered_at if order.ordered_at else customers.c.first_sale_at.is_not(None) & ~_is_sold(order)
        questions += [exists().where(table.customer_id.in_(ids), sale), exists().where(customers.c.id.in_(ids), long_ago)]
    redeemed = redemptions.c
    elsewhere = ~and_(redeemed.source == order.source, redeemed.order_ref == order.order_ref)
    came_before = [redeemed.created_at < order.ordered_at] if order.ordered_at else []
    if buyer.keys:
        hashes = or_(redeemed.email_hash.in_(buyer.keys), redeemed.address_hash.in_(buyer.keys))
        not_in_yet = redeemed.order_id.is_(None)
        questions.append(exists().where(hashes, redeemed.state == RedemptionState.REDEEMED, not_in_yet, elsewhere, *came_before))
    return bool(connection.execute(select(or_(*questions))).scalar_one())


def _is_sold(order: ThisOrder) -> Any:
    """The first sale is this very order's."""
    table = orders.c
    mine = (table.source == order.source, or_(table.source_id == order.order_ref, table.number == order.order_ref))
    return exists().where(table.customer_id == customers.c.id, *mine, table.sold_at == customers.c.first_sale_at).correlate(customers)


def neighbours(connection: Connection, address: Address) -> set[int]:
    """Customers of the same household, in any spelling; read by postcode, which a few hundred people share."""
    key = home(address)
    if key is None:
        return set()
    spelled = {address.postcode, address.postcode.upper(), *_DIGITS.findall(address.postcode)}
    rows = connection.execute(select(customers).where(among(connection, customers.c.postcode, spelled), *LIVE))
    return {row.id for row in rows if home(to_customer(row).address) == key}


def was_newcomer(connection: Connection, keys: Collection[str], redemption_id: int | None) -> bool:
    """Whether one of these keys has had a new-customer coupon with another order."""
    table = new_customers.c
    query = select(table.redemption_id).where(table.key_hash.in_(keys))
    return any(other != redemption_id for other in connection.execute(query).scalars()) if keys else False
