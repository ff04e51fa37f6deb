"""Which customers, orders and checkouts are in the mock's shop right now?

Objects are made from their number when somebody asks for them; kept are only those that a test has changed.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime
from threading import RLock
from typing import Any

from tests.shops.shopify.checkouts import make_checkout
from tests.shops.shopify.clock import epoch
from tests.shops.shopify.customers import make_customer
from tests.shops.shopify.orders import make_order

Entity = dict[str, Any]
KINDS = ("Customer", "Order", "AbandonedCheckout")
FIRST_KEY = {"Customer": 7_210_448_000_000, "Order": 5_810_000_000_000, "AbandonedCheckout": 39_000_000_000_000}
DAY = 86_400
SPANS = {"Customer": (3 * 365 * DAY, 2 * 365 * DAY), "Order": (365 * DAY, 365 * DAY), "AbandonedCheckout": (30 * DAY, 30 * DAY)}
"""How long before ``until`` the first object was made, and over how many seconds all of them."""
STAMPS = ("createdAt", "updatedAt", "processedAt")


@dataclass(slots=True)
class World:
    """``sizes`` numbers of each kind, 1...n, made in the time before ``until``; ``now`` stamps what a test changes."""

    sizes: dict[str, int]
    until: datetime
    now: Callable[[], str]
    lock: RLock = field(default_factory=RLock)
    """Held while a request is answered and while a test changes something."""
    _changes: dict[tuple[str, int], Entity] = field(default_factory=dict)
    _gone: set[tuple[str, int]] = field(default_factory=set)
    _added: dict[str, list[int]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    _sorted: dict[tuple[str, str], list[tuple[int, int]]] = field(default_factory=dict)

    def gid(self, kind: str, number: int) -> str:
        """The id as Shopify writes it."""
        return f"gid://shopify/{kind}/{FIRST_KEY[kind] + number}"

    def number(self, kind: str, gid: str) -> int | None:
        """The other way round; None for an id of no such object."""
        before, _, key = gid.rpartition("/")
        if before != f"gid://shopify/{kind}" or not key.isdigit():
            return None
        found = int(key) - FIRST_KEY[kind]
        return found if self.has(kind, found) else None

    def has(self, kind: str, number: int) -> bool:
        """Whether it is there."""
        return (kind, number) not in self._gone and (1 <= number <= self.sizes[kind] or number in self._added[kind])

    def get(self, kind: str, number: int) -> Entity | None:
        """The object, fields named as in GraphQL, connections as lists, the customer of an order by number; None when it is not there."""
        if not self.has(kind, number):
            return None
        made = self._make(kind, number)
        changes = self._changes.get((kind, number))
        return merge(made, changes) if changes else made

    def change(self, kind: str, number: int, **fields: Any) -> None:
        """Give an object other values; ``updatedAt`` is now unless it is given (None leaves it as it was)."""
        with self.lock:
            self._require(kind, number)
            fields.setdefault("updatedAt", self.now())
            if fields["updatedAt"] is None:
                del fields["updatedAt"]
            self._unsort(kind, number)
            self._changes[kind, number] = merge(self._changes.get((kind, number), {}), fields)
            self._sort_in(kind, number)

    def add(self, kind: str, **fields: Any) -> int:
        """A new object, made now unless ``createdAt`` says otherwise; gives its number."""
        with self.lock:
            number = max([self.sizes[kind], *self._added[kind]]) + 1
            self._added[kind].append(number)
            created = fields.get("createdAt", self.now())
            stamps = {"createdAt": created, "updatedAt": fields.get("updatedAt", created)}
            self._changes[kind, number] = {**stamps, **({"processedAt": created} if kind == "Order" else {}), **fields}
            self._sort_in(kind, number)
            return number

    def remove(self, kind: str, number: int) -> None:
        """Delete an object, as a merchant would: no list shows it any more."""
        with self.lock:
            self._require(kind, number)
            self._unsort(kind, number)
            self._gone.add((kind, number))

    def numbers(self, kind: str) -> Iterator[int]:
        """All that are there, by id."""
        for number in range(1, self.sizes[kind] + 1):
            if (kind, number) not in self._gone:
                yield number
        yield from (number for number in self._added[kind] if (kind, number) not in self._gone)

    def stamp(self, kind: str, number: int, name: str) -> int:
        """One of ``createdAt``, ``updatedAt``, ``processedAt`` in seconds since 1970, without making the whole object."""
        changed = self._changes.get((kind, number), {}).get(name)
        if changed is not None:
            return epoch(changed)
        created, updated = self._times(kind, number)
        if name == "processedAt":
            return epoch(self._make(kind, number)["processedAt"])
        return created if name == "createdAt" else updated

    def ordered(self, kind: str, name: str) -> list[tuple[int, int]]:
        """``(value, number)`` in ascending order of a stamp, or of ``id``; kept up to date by changes."""
        if (kind, name) not in self._sorted:
            self._sorted[kind, name] = sorted((self._rank(kind, number, name), number) for number in self.numbers(kind))
        return self._sorted[kind, name]

    def orders_of(self, customer: int) -> list[int]:
        """Numbers of a customer's orders, by id."""
        people = self.sizes["Customer"]
        made = range(customer, self.sizes["Order"] + 1, people) if 1 <= customer <= people else range(0)
        moved = sorted({number for kind, number in self._changes if kind == "Order"})
        candidates = [number for number in made if ("Order", number) not in self._changes] + moved
        return sorted(number for number in candidates if self.has("Order", number) and self._buyer(number) == customer)

    def _buyer(self, order: int) -> int | None:
        changes = self._changes.get(("Order", order), {})
        return changes["customer"] if "customer" in changes else self._customer("Order", order)

    def _customer(self, kind: str, number: int) -> int | None:
        """Every 37th order is a guest's at the till, every seventh checkout an app's."""
        people = self.sizes["Customer"]
        guest = number % 37 == 9 if kind == "Order" else number % 7 == 3
        return None if guest or not people else (number - 1) % people + 1

    def _times(self, kind: str, number: int) -> tuple[int, int]:
        until = int(self.until.timestamp())
        before, span = SPANS[kind]
        if number > self.sizes[kind]:
            return until, until
        created = until - before + (number - 1) * span // self.sizes[kind]
        later = number * 7919 % 300 * DAY + number * 104_729 % DAY if kind == "Customer" else number * 7919 % 72 * 3600 + number % 3600
        return created, min(created + later, until - 60)

    def _make(self, kind: str, number: int) -> Entity:
        created, updated = self._times(kind, number)
        key = FIRST_KEY[kind] + number
        if kind == "Customer":
            return make_customer(number, key, created, updated)
        make = make_order if kind == "Order" else make_checkout
        return make(number, key, created, max(created, updated), self._customer(kind, number))

    def _rank(self, kind: str, number: int, name: str) -> int:
        return number if name == "id" else self.stamp(kind, number, name)

    def _require(self, kind: str, number: int) -> None:
        if not self.has(kind, number):
            raise KeyError(f"no {kind} {number} in the mock's shop")

    def _unsort(self, kind: str, number: int) -> None:
        for (other, name), places in self._sorted.items():
            if other == kind:
                del places[bisect_left(places, (self._rank(kind, number, name), number))]

    def _sort_in(self, kind: str, number: int) -> None:
        for (other, name), places in self._sorted.items():
            if other == kind:
                insort(places, (self._rank(kind, number, name), number))


def merge(made: Entity, changes: Entity) -> Entity:
    """``made`` with other values; dicts within are merged, everything else is replaced."""
    merged = dict(made)
    for name, value in changes.items():
        old = merged.get(name)
        merged[name] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else deepcopy(value)
    return merged
