"""What do we know of one customer: orders, carts, letters, scans, coupons, verdicts?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from campaigns.cart import CartItem, CartKind, CartState, cart_state
from campaigns.customer import Customer
from campaigns.order import OrderLine, OrderState
from store import evidence, letters, objections, scans
from store.evidence import Evidence
from store.letters import Letter
from store.matching import LIVE
from store.profiles import to_customer
from store.scans import Scan
from store.schema import campaign_versions, campaigns, carts, coupons, customers, holdouts, order_lines, orders, verdicts
from store.uniting import root, rows_of


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order as the customer page shows it."""

    number: str
    ordered_at: datetime
    state: OrderState
    total_cents: int
    currency: str
    lines: tuple[OrderLine, ...]


@dataclass(frozen=True, slots=True)
class PastCart:
    """A cart or a wishlist as the customer page shows it."""

    id: int
    """Its row: the desk has a page for each."""
    number: str
    updated_at: datetime
    currency: str
    items: tuple[CartItem, ...]
    kind: CartKind = CartKind.CART
    completed_at: datetime | None = None
    last_order_at: datetime | None = None
    """The person's newest order, whatever became of it."""

    def state(self, now: datetime) -> CartState:
        """Open, abandoned or recovered (campaigns.cart)."""
        return cart_state(self.updated_at, self.completed_at, self.last_order_at, now)


@dataclass(frozen=True, slots=True)
class PastLetter:
    """A letter with what became of it."""

    letter: Letter
    coupon_code: str | None
    coupon_valid_until: date | None
    coupon_voided: bool
    scans: tuple[Scan, ...]


@dataclass(frozen=True, slots=True)
class LastVerdict:
    """Why this person did, or did not, get a letter of a campaign."""

    campaign: str
    outcome: str
    reason: str | None
    detail: str
    step: int | None
    """Of the selected and the held out."""
    since: datetime
    kind: str = ""
    """Of the campaign as it was last saved; empty where nobody has saved it yet."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A campaign that leaves this person out for comparison."""

    campaign: str
    since: datetime
    steps: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class History:
    """One customer's page, newest things first."""

    id: int
    customer: Customer
    address_state: str
    first_sale_at: datetime | None
    objected_at: datetime | None
    orders: tuple[PastOrder, ...]
    carts: tuple[PastCart, ...]
    letters: tuple[PastLetter, ...]
    verdicts: tuple[LastVerdict, ...]
    held_out: tuple[HeldOut, ...] = ()
    is_seed: bool = False
    """An address of our own (store.seeds)."""
    evidence: tuple[Evidence, ...] = ()
    """Which letters the objection stopped, or came too late for."""


@dataclass(frozen=True, slots=True)
class Found:
    """One line of a search."""

    id: int
    customer: Customer
    first_sale_at: datetime | None
    is_seed: bool = False


def of(connection: Connection, customer_id: int) -> History | None:
    """Everything about one customer, or about whomever they turned out to be; None if there is no such one."""
    customer_id = root(connection, customer_id)
    row = connection.execute(select(customers).where(customers.c.id == customer_id)).one_or_none()
    if row is None:
        return None
    bought = _orders(connection, customer_id)
    return History(
        id=row.id,
        customer=to_customer(row),
        address_state=row.address_state,
        first_sale_at=row.first_sale_at,
        objected_at=objections.received_at(connection, customer_id),
        evidence=tuple(evidence.of_people(connection, rows_of(connection, customer_id))),
        orders=bought,
        carts=_carts(connection, customer_id, bought[0].ordered_at if bought else None),
        letters=_letters(connection, customer_id),
        verdicts=_verdicts(connection, customer_id),
        held_out=_held_out(connection, customer_id),
        is_seed=row.is_seed,
    )


def search(connection: Connection, text: str, limit: int = 50) -> list[Found]:
    """Customers and seed addresses whose number, e-mail, name, company or postcode starts with ``text``; all customers, newest first, for an empty one."""
    there = (customers.c.merged_into.is_(None), customers.c.erased_at.is_(None)) if text else LIVE
    query = select(customers).where(*there).order_by(customers.c.id.desc()).limit(limit)
    for word in text.replace("\0", "").split():
        columns = (customers.c.number, customers.c.email, customers.c.first_name, customers.c.last_name, customers.c.company, customers.c.postcode)
        query = query.where(or_(*(column.istartswith(word, autoescape=True) for column in columns)))
    return [Found(row.id, to_customer(row), row.first_sale_at, row.is_seed) for row in connection.execute(query)]


def _orders(connection: Connection, customer_id: int) -> tuple[PastOrder, ...]:
    rows = connection.execute(select(orders).where(orders.c.customer_id == customer_id).order_by(orders.c.ordered_at.desc(), orders.c.id.desc())).all()
    lines: dict[int, list[OrderLine]] = {}
    query = select(order_lines).where(order_lines.c.order_id.in_([row.id for row in rows])).order_by(order_lines.c.order_id, order_lines.c.position)
    for line in connection.execute(query):
        lines.setdefault(line.order_id, []).append(OrderLine(line.sku, line.title, line.quantity, line.unit_price_cents, line.category))
    return tuple(PastOrder(row.number, row.ordered_at, OrderState(row.state), row.total_cents, row.currency, tuple(lines.get(row.id, ()))) for row in rows)


def _carts(connection: Connection, customer_id: int, last_order_at: datetime | None) -> tuple[PastCart, ...]:
    rows = connection.execute(select(carts).where(carts.c.customer_id == customer_id).order_by(carts.c.updated_at.desc()))
    return tuple(
        PastCart(
            row.id,
            row.source_id,
            row.updated_at,
            row.currency,
            tuple(CartItem(**item) for item in row.items),
            CartKind(row.kind),
            row.completed_at,
            last_order_at,
        )
        for row in rows
    )


def _letters(connection: Connection, customer_id: int) -> tuple[PastLetter, ...]:
    found = letters.of_customer(connection, customer_id)
    ids = [letter.id for letter in found]
    codes = {row.letter_id: row for row in connection.execute(select(coupons).where(coupons.c.letter_id.in_(ids)))}
    seen: dict[int, list[Scan]] = {}
    for scan in scans.of_letters(connection, ids):
        seen.setdefault(scan.letter_id, []).append(scan)
    return tuple(_past_letter(letter, codes.get(letter.id), seen.get(letter.id, ())) for letter in found)


def _past_letter(letter: Letter, coupon: Row[Any] | None, seen: Sequence[Scan]) -> PastLetter:
    return PastLetter(letter, coupon.code if coupon else None, coupon.valid_until if coupon else None, bool(coupon and coupon.voided), tuple(seen))


def _verdicts(connection: Connection, customer_id: int) -> tuple[LastVerdict, ...]:
    table = verdicts.c
    query = (
        select(campaigns.c.slug, table.outcome, table.reason, table.detail, table.step, table.since, campaign_versions.c.definition)
        .join(campaigns, campaigns.c.id == table.campaign_id)
        .outerjoin(campaign_versions, campaign_versions.c.id == campaigns.c.version_id)
        .where(table.customer_id == customer_id)
        .order_by(table.since.desc(), campaigns.c.slug)
    )
    rows = connection.execute(query)
    return tuple(LastVerdict(row.slug, row.outcome, row.reason, row.detail, row.step, row.since, (row.definition or {}).get("kind", "")) for row in rows)


def _held_out(connection: Connection, customer_id: int) -> tuple[HeldOut, ...]:
    """Campaigns in the order in which the person came to be held out of them."""
    table = holdouts.c
    query = select(campaigns.c.slug, table.held_out_at, table.step).join(campaigns, campaigns.c.id == table.campaign_id)
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(query.where(table.customer_id == customer_id).order_by(table.held_out_at, table.id)):
        found.setdefault(row.slug, []).append(row)
    return tuple(HeldOut(slug, rows[0].held_out_at, tuple(sorted({row.step for row in rows}))) for slug, rows in found.items())
