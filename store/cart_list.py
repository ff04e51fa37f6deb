"""Which carts are there: those of a filter, page by page, how many, and what are they worth together?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Numeric, Row, Select, and_, cast, column, exists, false, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from campaigns.cart import ABANDONED_AFTER, CART_LIFE, CartItem, CartKind, CartState, cart_state
from campaigns.letter import LetterState
from store.schema import campaigns, carts, customers, letters, orders
from store.sets import is_postgresql


class Owner(StrEnum):
    """Whose a cart is."""

    PROSPECT = "prospect"
    CUSTOMER = "customer"
    NOBODY = "nobody"
    """Nobody that we know: a cart without an account, and without an e-mail that somebody has."""


class CartOrder(StrEnum):
    """What stands first in the list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    HIGHEST = "highest"
    LOWEST = "lowest"


@dataclass(frozen=True, slots=True)
class CartFilter:
    """Which carts are wanted; what is None or empty does not matter."""

    kind: CartKind = CartKind.CART
    state: CartState | None = None
    """Of carts only: a wishlist is neither abandoned nor recovered."""
    owner: Owner | None = None
    source: str = ""
    country: str = ""
    """ISO code, of the owner's address."""
    article: str = ""
    """Anywhere in the SKU or the title of an article."""
    has_email: bool | None = None
    value_from_cents: int | None = None
    value_to_cents: int | None = None
    """Inclusive, whatever the currency."""
    updated_from: datetime | None = None
    updated_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the value that the list is sorted by (cents, or a moment) and the id of its last cart."""

    at: int | datetime
    id: int


@dataclass(frozen=True, slots=True)
class ListedCart:
    """A cart with its owner."""

    id: int
    source: str
    number: str
    kind: CartKind
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    currency: str
    value_cents: int
    items: tuple[CartItem, ...]
    state: CartState | None
    """None of a wishlist, which is neither abandoned nor recovered."""
    customer_id: int | None
    customer_number: str
    customer_name: str
    email: str
    country: str
    owner: Owner

    @property
    def pieces(self) -> int:
        """How many articles lie in it, each counted as often as it is wanted."""
        return sum(item.quantity for item in self.items)

    @property
    def deleted_at(self) -> datetime:
        """When it goes, if nobody touches it (product.md 2.3)."""
        return self.updated_at + CART_LIFE


@dataclass(frozen=True, slots=True)
class CartLetter:
    """A letter about a cart."""

    id: int
    campaign: str
    step: int
    state: LetterState
    created_at: datetime
    handed_over_at: datetime | None


@dataclass(frozen=True, slots=True)
class CartPage:
    """One cart with what came of it."""

    cart: ListedCart
    recovery_url: str
    """Opens the cart without a sign-in: only redirected to, never shown (campaigns.cart)."""
    letters: tuple[CartLetter, ...]
    ordered: tuple[str, datetime] | None
    """Number and moment of the person's first order since the cart was last touched."""


@dataclass(frozen=True, slots=True)
class Total:
    """How many carts of a currency a filter finds, and their value."""

    currency: str
    carts: int
    value_cents: int


def page(connection: Connection, wanted: CartFilter, order: CartOrder, now: datetime, count: int, after: Place | None = None) -> list[ListedCart]:
    """The first carts of the list, or those behind a place; costs what is shown and what a filter skips, not what came before."""
    by = carts.c.value_cents if order in (CartOrder.HIGHEST, CartOrder.LOWEST) else carts.c.updated_at
    falling = order in (CartOrder.NEWEST, CartOrder.HIGHEST)
    query = _with_owner(connection, wanted, now)
    if after is not None:
        # the first condition alone is what an index can be entered by
        near, past, later = (by <= after.at, by < after.at, carts.c.id < after.id) if falling else (by >= after.at, by > after.at, carts.c.id > after.id)
        query = query.where(near, or_(past, later))
    places = (by.desc(), carts.c.id.desc()) if falling else (by, carts.c.id)
    return [_listed(row, now) for row in connection.execute(query.order_by(*places).limit(count))]


def place_of(cart: ListedCart, order: CartOrder) -> Place:
    """Where a page ends whose last cart this is."""
    return Place(cart.value_cents if order in (CartOrder.HIGHEST, CartOrder.LOWEST) else cart.updated_at, cart.id)


def by_id(connection: Connection, wanted: CartFilter, now: datetime, count: int, after: int) -> list[ListedCart]:
    """The next carts in the order of their ids, for an export: a cart that is touched meanwhile comes once all the same."""
    query = _with_owner(connection, wanted, now).where(carts.c.id > after).order_by(carts.c.id).limit(count)
    return [_listed(row, now) for row in connection.execute(query)]


def totals(connection: Connection, wanted: CartFilter, now: datetime) -> list[Total]:
    """Count and value of all that a filter finds, by currency, the most carts first."""
    number = func.count()
    found = select(carts.c.currency, number, cast(func.sum(carts.c.value_cents), Numeric)).select_from(_tables(wanted))
    rows = connection.execute(found.where(*_conditions(connection, wanted, now)).group_by(carts.c.currency).order_by(number.desc(), carts.c.currency))
    return [Total(row[0], row[1], int(row[2])) for row in rows]


def sources(connection: Connection) -> list[str]:
    """Where there are carts from."""
    return sorted(connection.execute(select(carts.c.source).distinct()).scalars())


def one(connection: Connection, cart_id: int, now: datetime) -> CartPage | None:
    """One cart of either kind; None if there is no such one (any more)."""
    query = _columns().select_from(carts.outerjoin(customers, customers.c.id == carts.c.customer_id)).add_columns(carts.c.recovery_url)
    row = connection.execute(query.where(carts.c.id == cart_id)).one_or_none()
    if row is None:
        return None
    since = (orders.c.customer_id == row.customer_id, orders.c.ordered_at >= row.updated_at)
    first = select(orders.c.number, orders.c.ordered_at).where(*since).order_by(orders.c.ordered_at, orders.c.id).limit(1)
    ordered = connection.execute(first).one_or_none() if row.customer_id and row.kind == CartKind.CART else None
    return CartPage(_listed(row, now), row.recovery_url, _letters(connection, cart_id), (ordered[0], ordered[1]) if ordered else None)


def _letters(connection: Connection, cart_id: int) -> tuple[CartLetter, ...]:
    """Asked of the cart's owner first, whose letters are few: no index leads from a trigger to its letters."""
    table = letters.c
    found = select(table.id, campaigns.c.slug, table.step, table.state, table.created_at, table.handed_over_at).join(campaigns)
    owner = select(carts.c.customer_id).where(carts.c.id == cart_id).scalar_subquery()
    rows = connection.execute(found.where(table.customer_id == owner, table.trigger == f"cart-{cart_id}").order_by(table.id))
    return tuple(CartLetter(row.id, row.slug, row.step, LetterState(row.state), row.created_at, row.handed_over_at) for row in rows)


def _last_order() -> Any:
    """Of the cart's owner, whatever became of it (campaigns.cart.cart_state)."""
    return select(func.max(orders.c.ordered_at)).where(orders.c.customer_id == carts.c.customer_id).scalar_subquery()


def _columns() -> Select[Any]:
    table, who = carts.c, customers.c
    return select(
        table.id, table.source, table.source_id, table.kind, table.created_at, table.updated_at, table.completed_at, table.currency, table.value_cents,
        table["items"].label("articles"), table.customer_id, table.email_key, _last_order().label("last_order_at"), who.number.label("customer_number"),
        who.first_name, who.last_name, who.company, who.email, who.country, who.first_sale_at,
    )  # fmt: skip


def _with_owner(connection: Connection, wanted: CartFilter, now: datetime) -> Select[Any]:
    return _columns().select_from(carts.outerjoin(customers, customers.c.id == carts.c.customer_id)).where(*_conditions(connection, wanted, now))


def _tables(wanted: CartFilter) -> Any:
    """Owners are looked up where the filter asks for something of theirs."""
    asks = wanted.owner or wanted.country or wanted.has_email is not None
    return carts.outerjoin(customers, customers.c.id == carts.c.customer_id) if asks else carts


def _conditions(connection: Connection, wanted: CartFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    yield carts.c.kind == wanted.kind
    if wanted.state:
        yield _in_state(wanted.state, now) if wanted.kind == CartKind.CART else false()
    if wanted.owner:
        yield _owned_by(wanted.owner)
    if wanted.source:
        yield carts.c.source == wanted.source
    if wanted.country:
        yield customers.c.country == wanted.country
    if wanted.article:
        yield _holds_article(connection, wanted.article)
    if wanted.has_email is not None:
        known = or_(carts.c.email_key.is_not(None), customers.c.email != "")
        yield known if wanted.has_email else and_(carts.c.email_key.is_(None), func.coalesce(customers.c.email, "") == "")
    yield from _bounds(wanted)


def _bounds(wanted: CartFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.value_from_cents is not None:
        yield carts.c.value_cents >= wanted.value_from_cents
    if wanted.value_to_cents is not None:
        yield carts.c.value_cents <= wanted.value_to_cents
    if wanted.updated_from:
        yield carts.c.updated_at >= wanted.updated_from
    if wanted.updated_before:
        yield carts.c.updated_at < wanted.updated_before


def _in_state(state: CartState, now: datetime) -> ColumnElement[bool]:
    """The rule of campaigns.cart.cart_state, asked of the database."""
    followed = exists().where(orders.c.customer_id == carts.c.customer_id, orders.c.ordered_at >= carts.c.updated_at)
    if state == CartState.RECOVERED:
        return or_(carts.c.completed_at.is_not(None), followed)
    rests = carts.c.updated_at <= now - ABANDONED_AFTER
    return and_(carts.c.completed_at.is_(None), rests if state == CartState.ABANDONED else ~rests, ~followed)


def _owned_by(owner: Owner) -> ColumnElement[bool]:
    if owner == Owner.NOBODY:
        return carts.c.customer_id.is_(None)
    bought = customers.c.first_sale_at
    return and_(carts.c.customer_id.is_not(None), bought.is_not(None) if owner == Owner.CUSTOMER else bought.is_(None))


def _holds_article(connection: Connection, text: str) -> ColumnElement[bool]:
    """In any spelling of upper and lower case; SQLite knows those of a to z alone, so it is asked for the usual ones of the others."""
    if is_postgresql(connection):
        item = func.jsonb_array_elements(carts.c["items"]).table_valued(column("value", JSONB), name="item")
        fields = [item.c.value[name].astext for name in ("sku", "title")]
    else:
        item = func.json_each(carts.c["items"]).table_valued("value", name="item")
        fields = [func.json_extract(item.c.value, f"$.{name}") for name in ("sku", "title")]
    spellings = {text} if text.isascii() else {text, text.lower(), text.upper(), text.capitalize()}
    return exists(select(1).select_from(item).where(or_(*(field.icontains(spelling, autoescape=True) for field in fields for spelling in spellings))))


def _listed(row: Row[Any], now: datetime) -> ListedCart:
    known = row.customer_id is not None
    return ListedCart(
        id=row.id,
        source=row.source,
        number=row.source_id,
        kind=CartKind(row.kind),
        created_at=row.created_at,
        updated_at=row.updated_at,
        completed_at=row.completed_at,
        currency=row.currency,
        value_cents=row.value_cents,
        items=tuple(CartItem(**item) for item in row.articles),
        state=cart_state(row.updated_at, row.completed_at, row.last_order_at, now) if row.kind == CartKind.CART else None,
        customer_id=row.customer_id,
        customer_number=row.customer_number or "",
        customer_name=(f"{row.first_name} {row.last_name}".strip() or row.company) if known else "",
        email=row.email or row.email_key or "",
        country=row.country or "",
        owner=Owner.NOBODY if not known else Owner.CUSTOMER if row.first_sale_at else Owner.PROSPECT,
    )
