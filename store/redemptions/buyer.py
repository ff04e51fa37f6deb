"""Who stands at the checkout, and has this person bought before, whatever way mailbox and address are written?  (product.md 7.4)

Open and completed orders count as bought, and so does one that was completed once, whatever became of it (``customers.first_sale_at``
is final); so does an order that redeemed any coupon and has not come in yet. Cancelled, refunded, offered, test and deleted ones do not.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Row,
    Select,
    Text,
    and_,
    bindparam,
    exists,
    literal_column,
    null,
    or_,
    select,
    union,
    union_all,
)

from campaigns.checkout import HOLDS_A_USE, RedemptionState, Shopper
from campaigns.customer import email_key
from campaigns.newcomer import DOTLESS, home, mailbox
from campaigns.order import SALES
from store.hashes import mailbox_hash, newcomer_hash
from store.matching import LIVE
from store.people import numbered
from store.profiles import to_customer
from store.schema import customer_sources, customers, new_customers, orders, redemptions
from store.sets import among

_MOST = 10
"""A mailbox that more customers share is a marketplace's: what else is known of them tells nobody."""


@dataclass(frozen=True, slots=True)
class Buyer:
    """A shopper, as far as we know them."""

    shopper: Shopper
    ids: frozenset[int]
    """Customers who go by the mailbox or the number, in any spelling."""
    customer_id: int | None
    """The one among them whom the shop means: by number, else the holder of the mailbox, else the oldest."""
    mailbox: str | None
    """Keyed hash of what the checkout says, of any spelling."""
    home: str | None
    known: frozenset[str] = frozenset()
    """Keyed hashes of the mailboxes and homes that these customers have besides."""
    neighbours: frozenset[int] = frozenset()
    """Customers of the same household, by what the checkout says and by what is known, in any spelling."""

    @property
    def keys(self) -> list[str]:
        """What a new customer is a new customer under, sorted: claims are taken in this order everywhere."""
        return sorted({*filter(None, (self.mailbox, self.home)), *self.known})


def whom(connection: Connection, shopper: Shopper, source: str, secret: bytes) -> Buyer:
    """Find the shopper among the customers."""
    by_number = _by_number(connection, source, shopper.customer_number)
    told, key, spelled = home(shopper.address), email_key(shopper.email), mailbox(shopper.email)
    first = _first_look(connection, key if spelled else "", spelled, told or "") if spelled or told else ()
    exact = {row.id for row in first if row.kind == _GOES_BY and row.email_key == key}
    ids = by_number | exact | {row.id for row in first if row.kind == _GOES_BY and (row.mailbox or mailbox(row.email_key or "")) == spelled}
    customer_id = min(by_number or exact or ids, default=None)
    whose = ids if len(ids) <= _MOST else {customer_id}
    second = connection.execute(_KNOWN, {"ids": list(whose)}).all() if whose else ()
    mine = [row for row in second if row.kind != _NEIGHBOUR]
    boxes = {one for row in mine if (one := row.mailbox or mailbox(row.email_key or ""))}
    doors: set[str] = {row.home for row in mine if row.home} | _unspelled_homes(connection, [row.id for row in mine if row.home is None and row.kind == _OWN])
    known = {newcomer_hash("mailbox", one, secret) for one in boxes} | {newcomer_hash("home", one, secret) for one in doors}
    homes = doors | ({told} if told else set())
    neighbours = {row.id for row in (*first, *second) if row.kind == _NEIGHBOUR}
    if homes and any(row.kind == _UNSPELLED for row in (*first, *second)):
        neighbours |= _unspelled_neighbours(connection, homes, shopper.address.postcode)
    return Buyer(
        shopper, frozenset(ids), customer_id, mailbox_hash(shopper.email, secret), newcomer_hash("home", told, secret) if told else None,
        frozenset(known), frozenset(neighbours),
    )  # fmt: skip


def _by_number(connection: Connection, source: str, number: str) -> set[int]:
    if not number:
        return set()
    table = customer_sources.c
    keyed = connection.execute(select(table.customer_id).where(table.source == source, table.source_id == number)).scalars()
    return set(numbered(connection, source, [number]).values()) or set(keyed)


def _first_look(connection: Connection, key: str, spelled: str, told: str) -> Sequence[Row[Any]]:
    """Who may be meant by the mailbox, and who lives there: all in one question, and for most who come the only one."""
    return connection.execute(_MEANT, {"key": key, "spelled": spelled, "begins": _begins(spelled), "told": told}).all()


def _begins(spelled: str) -> str:
    """A pattern for all spellings of a mailbox, for what was stored before spellings were written down (settling.spell_page)."""
    name, _, domain = spelled.rpartition("@")
    start = re.sub(r"([\\%_])", r"\\\1", name[:1] if domain in DOTLESS else name)
    return f"{start}%@{domain[:1]}%" if domain in DOTLESS else f"{start}%" if start else ""


def _unspelled_homes(connection: Connection, ids: Collection[int]) -> set[str]:
    rows = connection.execute(select(customers).where(among(connection, customers.c.id, ids))) if ids else ()
    return {one for row in rows if (one := home(to_customer(row).address))}


def uses_of(connection: Connection, coupon_id: int, buyer: Buyer, own: int | None) -> int:
    """How often this person, or household, uses the coupon, beside the redemption ``own``."""
    known = {"ids": list(buyer.ids | buyer.neighbours), "keys": buyer.keys}
    return sum(row.coupon_id == coupon_id and row.id != own for row in connection.execute(_USES, known))


_PERSON, _TOLD = customers.c, customer_sources.c
_IDS: BindParameter[Any] = bindparam("ids", expanding=True)
_GOES_BY, _OWN, _SOURCE, _NEIGHBOUR, _UNSPELLED = range(5)
_NONE = null().cast(Text)


def _people(kind: int, *which: ColumnElement[bool]) -> Select[Any]:
    return select(_PERSON.id, _PERSON.email_key, _PERSON.mailbox, _PERSON.home, literal_column(str(kind)).label("kind")).where(*which, *LIVE)


def _tellings(kind: int, *which: ColumnElement[bool]) -> Select[Any]:
    return select(_TOLD.customer_id, _TOLD.email_key, _TOLD.mailbox, _TOLD.home, literal_column(str(kind))).where(*which)


_SOME_UNSPELLED: Select[Any] = select(literal_column("0"), _NONE, _NONE, _NONE, literal_column(str(_UNSPELLED))).where(exists().where(_PERSON.home.is_(None)))
_MEANT = union_all(  # statements are made once: making one costs more than asking it
    _people(_GOES_BY, _PERSON.mailbox == bindparam("spelled")),
    _tellings(_GOES_BY, _TOLD.email_key == bindparam("key")),
    _tellings(_GOES_BY, _TOLD.mailbox == bindparam("spelled")),
    _tellings(_GOES_BY, _TOLD.home.is_(None), _TOLD.email_key.like(bindparam("begins"), escape="\\")),
    _people(_NEIGHBOUR, _PERSON.home == bindparam("told"), _PERSON.home != ""),
    _tellings(_NEIGHBOUR, _TOLD.home == bindparam("told"), _TOLD.home != ""),
    _SOME_UNSPELLED,
)
_DOORS = union(select(_PERSON.home).where(_PERSON.id.in_(_IDS)), select(_TOLD.home).where(_TOLD.customer_id.in_(_IDS))).cte("doors")
_KNOWN = union_all(
    _people(_OWN, _PERSON.id.in_(_IDS)),
    _tellings(_SOURCE, _TOLD.customer_id.in_(_IDS)),
    _people(_NEIGHBOUR, _PERSON.home.in_(select(_DOORS.c.home)), _PERSON.home != ""),
    _tellings(_NEIGHBOUR, _TOLD.home.in_(select(_DOORS.c.home)), _TOLD.home != ""),
    _SOME_UNSPELLED,
)
_USED = select(redemptions.c.id, redemptions.c.coupon_id).where(redemptions.c.state.in_(HOLDS_A_USE))
_USES = union(  # by person, whose uses are few: a code may have a hundred thousand
    _USED.where(redemptions.c.customer_id.in_(_IDS)),
    _USED.where(redemptions.c.email_hash.in_(bindparam("keys", expanding=True))),
    _USED.where(redemptions.c.address_hash.in_(bindparam("keys", expanding=True))),
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
    ids = buyer.ids | buyer.neighbours
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
    if persons := [
        *([redeemed.email_hash.in_(buyer.keys), redeemed.address_hash.in_(buyer.keys)] if buyer.keys else []),
        *([redeemed.customer_id.in_(ids)] if ids else []),
    ]:
        elsewhere = ~and_(redeemed.source == order.source, redeemed.order_ref == order.order_ref)
        not_in_yet = and_(redeemed.order_id.is_(None), *([redeemed.created_at < order.ordered_at] if order.ordered_at else []))
        bought = or_(not_in_yet, exists().where(table.id == redeemed.order_id, sale).correlate(redemptions))
        questions.append(exists().where(or_(*persons), redeemed.state == RedemptionState.REDEEMED, elsewhere, bought))
    return bool(connection.execute(select(or_(*questions))).scalar_one())


def _is_sold(order: ThisOrder) -> Any:
    """The first sale is this very order's."""
    table = orders.c
    mine = (table.source == order.source, or_(table.source_id == order.order_ref, table.number == order.order_ref))
    return exists().where(table.customer_id == customers.c.id, *mine, table.sold_at == customers.c.first_sale_at).correlate(customers)


def _unspelled_neighbours(connection: Connection, homes: Collection[str], written: str) -> set[int]:
    """Those whose home is not written down yet (settling.spell_page), read by what people write for one postcode."""
    codes = {code for one in homes for code in _postcodes(one.split("|")[2])} | {written}
    rows = connection.execute(select(customers).where(among(connection, customers.c.postcode, codes), customers.c.home.is_(None), *LIVE))
    return {row.id for row in rows if home(to_customer(row).address) in homes}


def _postcodes(bare: str) -> set[str]:
    """Five digits may have lost a nought, and have one or two letters before them; others are written in one or two parts."""
    bare = bare.upper()
    whole = {bare, bare.zfill(4), bare.zfill(5)} if bare.isdigit() else {bare}
    parts = {f"{one[:at]}{between}{one[at:]}" for one in whole for at in range(2, len(one) - 1) for between in (" ", "-")}
    letters = {f"{country}{between}{one}" for one in whole for country in _COUNTRIES for between in ("-", " ", "")} if bare.isdigit() else set()
    return whole | parts | letters


_COUNTRIES = ("D", "DE", "A", "AT", "CH", "L", "LU", "F", "FR", "B", "BE", "I", "IT")


def was_newcomer(connection: Connection, keys: Collection[str], redemption_id: int | None) -> bool:
    """Whether one of these keys has had a new-customer coupon with another order."""
    table = new_customers.c
    query = select(table.redemption_id).where(table.key_hash.in_(keys))
    return any(other != redemption_id for other in connection.execute(query).scalars()) if keys else False
