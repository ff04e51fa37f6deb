"""Who stands at the checkout, whatever way mailbox and address are written?  (product.md 7.4)"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Row,
    Select,
    Text,
    exists,
    literal_column,
    null,
    select,
    union,
    union_all,
)

from campaigns.checkout import Shopper
from campaigns.customer import email_key
from campaigns.newcomer import home, mailbox
from store.hashes import mailbox_hash, newcomer_hash
from store.matching import LIVE
from store.people import numbered
from store.redemptions import unspelled
from store.schema import customer_sources, customers, former_mailboxes
from store.sets import among, is_postgresql, one_of, values

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
    return whoever(connection, [shopper], source, secret)[shopper]


@dataclass(slots=True)
class _Sought:
    """What a shopper says, and who is found by it."""

    shopper: Shopper
    key: str
    spelled: str
    """The mailbox in its one spelling, and so the home."""
    told: str
    by_number: set[int]
    hashed: str
    """Keyed, of the mailbox: whoever went by it once is kept so."""
    ids: set[int] = field(default_factory=set)
    customer_id: int | None = None
    boxes: set[str] = field(default_factory=set)
    doors: set[str] = field(default_factory=set)
    neighbours: set[int] = field(default_factory=set)

    @property
    def whose(self) -> Collection[int]:
        """What else is known of these customers tells who the shopper is."""
        return self.ids if len(self.ids) <= _MOST else () if self.customer_id is None else (self.customer_id,)

    def buyer(self, secret: bytes) -> Buyer:
        known = {newcomer_hash("mailbox", one, secret) for one in self.boxes} | {newcomer_hash("home", one, secret) for one in self.doors}
        return Buyer(
            self.shopper, frozenset(self.ids), self.customer_id, newcomer_hash("mailbox", self.spelled, secret) if self.spelled else None,
            newcomer_hash("home", self.told, secret) if self.told else None, frozenset(known), frozenset(self.neighbours),
        )  # fmt: skip


def whoever(connection: Connection, shoppers: Collection[Shopper], source: str, secret: bytes) -> dict[Shopper, Buyer]:
    """Find shoppers of one shop among the customers, all in the same few questions."""
    numbers = _by_number(connection, source, {one.customer_number for one in shoppers} - {""})
    sought = [_sought(one, numbers.get(one.customer_number, set()), secret) for one in shoppers]
    some_unspelled = _meet(connection, [one for one in sought if one.spelled or one.told])
    some_unspelled = _look_around(connection, [one for one in sought if one.whose]) or some_unspelled
    for one in sought:
        if some_unspelled and (homes := one.doors | ({one.told} - {""})):
            one.neighbours |= unspelled.neighbours(connection, homes, one.shopper.address.postcode)
    return {one.shopper: one.buyer(secret) for one in sought}


def _sought(shopper: Shopper, by_number: set[int], secret: bytes) -> _Sought:
    spelled = mailbox(shopper.email)
    key = email_key(shopper.email) if spelled else ""
    hashed = newcomer_hash("mailbox", spelled, secret) if spelled else ""
    return _Sought(shopper, key, spelled, home(shopper.address) or "", by_number, hashed, by_number, min(by_number, default=None))


def _by_number(connection: Connection, source: str, numbers: Collection[str]) -> dict[str, set[int]]:
    """Number -> the customers whom it names, or whom the shop knows under it as a key."""
    if not numbers:
        return {}
    table = customer_sources.c
    keyed: dict[str, set[int]] = {}
    for row in connection.execute(select(table.source_id, table.customer_id).where(table.source == source, among(connection, table.source_id, numbers))):
        keyed.setdefault(row.source_id, set()).add(row.customer_id)
    return keyed | {number: {one} for number, one in numbered(connection, source, numbers).items()}


def _meet(connection: Connection, sought: Sequence[_Sought]) -> bool:
    """Who may be meant by the mailbox, and who lives there: one question, for most who come the only one; whether some homes are not spelled yet."""
    if not sought:
        return False
    said = {name: values(connection, {told for one in sought if (told := getattr(one, name))}) for name in ("key", "spelled", "told", "hashed")}
    rows = connection.execute(_meant(is_postgresql(connection)), said).all()
    goes_by = [(row, row.mailbox or mailbox(row.email_key or "")) for row in rows if row.kind == _GOES_BY]
    if any(row.kind == _UNSPELLED_TELLING for row in rows):
        goes_by += [(row, mailbox(row.email_key)) for one in sought if one.spelled for row in unspelled.tellings(connection, one.spelled)]
    by_key, by_mailbox, by_home, by_former = _Ids(), _Ids(), _Ids(), _Ids()
    for row, spelled in goes_by:
        by_key.add(row.email_key, row.id)
        by_mailbox.add(spelled, row.id)
    for row in rows:
        if row.kind == _NEIGHBOUR:
            by_home.add(row.home, row.id)
        if row.kind == _WENT_BY:
            by_former.add(row.home, row.id)
    for one in sought:
        exact, spelled_so, once = by_key.of(one.key), by_mailbox.of(one.spelled), by_former.of(one.hashed)
        one.ids = one.by_number | exact | spelled_so | once
        one.customer_id = min(one.by_number or exact or spelled_so or once, default=None)
        one.neighbours = by_home.of(one.told)
    return any(row.kind == _UNSPELLED for row in rows)


def _look_around(connection: Connection, sought: Sequence[_Sought]) -> bool:
    """What mailboxes and homes these customers have besides, and who lives there; whether some homes are not spelled yet."""
    if not sought:
        return False
    rows = connection.execute(_known(is_postgresql(connection)), {"ids": values(connection, {its for one in sought for its in one.whose})}).all()
    doors = unspelled.homes(connection, [row.id for row in rows if row.home is None and row.kind == _OWN])
    theirs: dict[int, list[Row[Any]]] = {}
    by_home = _Ids()
    for row in rows:
        if row.kind == _NEIGHBOUR:
            by_home.add(row.home, row.id)
        else:
            theirs.setdefault(row.id, []).append(row)
    for one in sought:
        mine = [row for its in one.whose for row in theirs.get(its, ())]
        one.boxes = {box for row in mine if (box := row.mailbox or mailbox(row.email_key or ""))}
        one.doors = {row.home for row in mine if row.home} | {door for its in one.whose if (door := doors.get(its))}
        one.neighbours = one.neighbours.union(*(by_home.of(door) for door in one.doors))
    return any(row.kind == _UNSPELLED for row in rows)


class _Ids:
    """Customers by what they go by."""

    def __init__(self) -> None:
        self._found: dict[str, set[int]] = {}

    def add(self, name: str | None, its: int) -> None:
        if name:
            self._found.setdefault(name, set()).add(its)

    def of(self, name: str) -> set[int]:
        return self._found.get(name, set())


def as_told(shopper: Shopper, customer_id: int | None, secret: bytes) -> Buyer:
    """A customer whom we know already, by their own words alone: nobody else is looked for."""
    told = home(shopper.address)
    ids = frozenset() if customer_id is None else frozenset((customer_id,))
    return Buyer(shopper, ids, customer_id, mailbox_hash(shopper.email, secret), newcomer_hash("home", told, secret) if told else None)


_PERSON, _TOLD, _ONCE = customers.c, customer_sources.c, former_mailboxes.c
_GOES_BY, _OWN, _SOURCE, _NEIGHBOUR, _UNSPELLED, _UNSPELLED_TELLING, _WENT_BY = range(7)
_NONE = null().cast(Text)


def _people(kind: int, *which: ColumnElement[bool]) -> Select[Any]:
    return select(_PERSON.id, _PERSON.email_key, _PERSON.mailbox, _PERSON.home, literal_column(str(kind)).label("kind")).where(*which, *LIVE)


def _tellings(kind: int, *which: ColumnElement[bool]) -> Select[Any]:
    return select(_TOLD.customer_id, _TOLD.email_key, _TOLD.mailbox, _TOLD.home, literal_column(str(kind))).where(*which)


def _some(kind: int, which: ColumnElement[bool]) -> Select[Any]:
    return select(literal_column("0"), _NONE, _NONE, _NONE, literal_column(str(kind))).where(exists().where(which))


@cache
def _meant(on_postgresql: bool) -> CompoundSelect[Any]:
    """Made once, as the others: making a statement costs more than asking it."""
    goes_by = partial(one_of, on_postgresql)
    return union_all(
        _people(_GOES_BY, goes_by(_PERSON.mailbox, "spelled")),
        _tellings(_GOES_BY, goes_by(_TOLD.email_key, "key")),
        _tellings(_GOES_BY, goes_by(_TOLD.mailbox, "spelled")),
        _people(_NEIGHBOUR, goes_by(_PERSON.home, "told")),
        _tellings(_NEIGHBOUR, goes_by(_TOLD.home, "told")),
        select(_ONCE.customer_id, _NONE, _NONE, _ONCE.mailbox_hash, literal_column(str(_WENT_BY))).where(goes_by(_ONCE.mailbox_hash, "hashed")),
        _some(_UNSPELLED, _PERSON.home.is_(None)),
        _some(_UNSPELLED_TELLING, _TOLD.home.is_(None)),
    )


@cache
def _known(on_postgresql: bool) -> CompoundSelect[Any]:
    mine = partial(one_of, on_postgresql, name="ids")
    doors = union(select(_PERSON.home).where(mine(_PERSON.id)), select(_TOLD.home).where(mine(_TOLD.customer_id))).cte("doors")
    return union_all(
        _people(_OWN, mine(_PERSON.id)),
        _tellings(_SOURCE, mine(_TOLD.customer_id)),
        _people(_NEIGHBOUR, _PERSON.home.in_(select(doors.c.home)), _PERSON.home != ""),
        _tellings(_NEIGHBOUR, _TOLD.home.in_(select(doors.c.home)), _TOLD.home != ""),
        _some(_UNSPELLED, _PERSON.home.is_(None)),
    )
