"""What has somebody asked the list of carts for: which carts, in which order, as tiles or as a list, with which columns?"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from starlette.datastructures import QueryParams

from api.keys import LARGEST_ID
from campaigns.cart import CartKind, CartState
from store.cart_list import CartFilter, CartOrder, ListedCart, Owner, Place, place_of

S = TypeVar("S", bound=StrEnum)

COLUMNS = ("articles", "pieces", "value", "state", "updated", "created", "source", "email", "owner", "country", "deleted")
"""Beside the cart itself, which is always named."""
USUAL_COLUMNS = ("articles", "value", "state", "updated", "source")
FIELDS = ("state", "owner", "source", "country", "article", "email", "value_from", "value_to", "updated_from", "updated_to")
"""Of the filter, as an address names them."""
COOKIE = "postillion-carts"
_AMOUNT = re.compile(r"(\d{1,9})(?:[.,](\d{1,2}))?", re.ASCII)
_SOURCE, _COUNTRY = re.compile("[a-z0-9_.:-]*", re.IGNORECASE | re.ASCII), re.compile("([A-Z]{2})?")
_YEARS = range(1970, 2200)
_LONGEST = 200


class View(StrEnum):
    """How carts are shown."""

    LIST = "list"
    TILES = "tiles"


@dataclass(frozen=True, slots=True)
class CartChoice:
    """An address of the list, read."""

    wanted: CartFilter
    order: CartOrder
    view: View
    columns: tuple[str, ...]
    after: Place | None
    wrong: tuple[str, ...]
    """Fields that cannot be read: such a filter finds nothing, rather than everything."""
    asked: Mapping[str, str]
    """What stands in the fields, as it was typed."""

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the kind narrows the list."""
        return any(self.asked.values())

    def address(self, **changes: str) -> str:
        """The query of a link: this choice with some of it changed, from the first page on."""
        return urlencode({name: value for name, value in (self._told() | changes).items() if value})

    def next_page(self, last: ListedCart) -> str:
        """The query of the page behind a cart."""
        return self.address(after=written(place_of(last, self.order)))

    def filter_words(self) -> str:
        """For the audit log: what was asked for, without what somebody typed as an article: that may be anything."""
        told = self._told() | ({"article": "…"} if self.asked["article"] else {})
        return " ".join(f"{name}={value}" for name, value in told.items() if name != "order")

    def _told(self) -> dict[str, str]:
        order = {"order": str(self.order)} if self.order != CartOrder.NEWEST else {}
        return {"kind": str(self.wanted.kind)} | {name: value for name, value in self.asked.items() if value} | order


def choice(query: QueryParams, remembered: str, timezone: ZoneInfo) -> CartChoice:
    """The choice of an address; ``remembered`` is what the cookie keeps of view and columns."""
    asked = {name: query.get(name, "").replace("\0", "").strip()[:_LONGEST] for name in FIELDS}
    wrong: list[str] = []
    wanted = _filter(query, asked, wrong, timezone)
    order = _one_of(CartOrder, query.get("order", "")) or CartOrder.NEWEST
    view, _, columns = remembered.partition(".")
    chosen = _columns(query.getlist("columns")) or _columns(columns.split(".")) or USUAL_COLUMNS
    shown = _one_of(View, query.get("view", "")) or _one_of(View, view) or View.LIST
    return CartChoice(wanted, order, shown, chosen, _place(query.get("after", ""), order), tuple(wrong), asked)


def to_remember(choice: CartChoice) -> str:
    """View and columns as the cookie keeps them."""
    return ".".join((choice.view, *choice.columns))


def written(place: Place) -> str:
    """A place as an address holds it: cents or microseconds, and the id."""
    at = place.at if isinstance(place.at, int) else (place.at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
    return f"{at}.{place.id}"


def _place(text: str, order: CartOrder) -> Place | None:
    """The way back; None for what no link of ours says: the list begins anew."""
    found = re.fullmatch(r"(-?\d{1,18})\.(\d{1,19})", text, re.ASCII)
    if not found or int(found[2]) > LARGEST_ID:
        return None
    if order in (CartOrder.HIGHEST, CartOrder.LOWEST):
        return Place(int(found[1]), int(found[2]))
    try:
        return Place(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(found[1])), int(found[2]))
    except OverflowError:
        return None


def _filter(query: QueryParams, asked: Mapping[str, str], wrong: list[str], timezone: ZoneInfo) -> CartFilter:
    last = _day(asked["updated_to"], "updated_to", wrong)
    return CartFilter(
        kind=_one_of(CartKind, query.get("kind", "")) or CartKind.CART,
        state=_word(CartState, asked, "state", wrong),
        owner=_word(Owner, asked, "owner", wrong),
        source=_shaped(_SOURCE, asked, "source", wrong),
        country=_shaped(_COUNTRY, asked, "country", wrong),
        article=asked["article"],
        has_email=_yes_or_no(asked, wrong),
        value_from_cents=_cents(asked, "value_from", wrong),
        value_to_cents=_cents(asked, "value_to", wrong),
        updated_from=_midnight(_day(asked["updated_from"], "updated_from", wrong), timezone),
        updated_before=_midnight(last + timedelta(days=1) if last else None, timezone),
    )


def _columns(names: list[str]) -> tuple[str, ...]:
    """Those there are, in the order of the list."""
    return tuple(name for name in COLUMNS if name in names)


def _one_of(words: type[S], text: str) -> S | None:
    return next((word for word in words if word == text), None)


def _word(words: type[S], asked: Mapping[str, str], name: str, wrong: list[str]) -> S | None:
    found = _one_of(words, asked[name])
    if asked[name] and found is None:
        wrong.append(name)
    return found


def _shaped(shape: re.Pattern[str], asked: Mapping[str, str], name: str, wrong: list[str]) -> str:
    if not shape.fullmatch(asked[name]):
        wrong.append(name)
    return asked[name]


def _yes_or_no(asked: Mapping[str, str], wrong: list[str]) -> bool | None:
    if asked["email"] not in ("", "yes", "no"):
        wrong.append("email")
    return {"yes": True, "no": False}.get(asked["email"])


def _cents(asked: Mapping[str, str], name: str, wrong: list[str]) -> int | None:
    """``12``, ``12.5`` or ``12,50``: a thousands separator could as well be a decimal one and is refused."""
    if not asked[name]:
        return None
    found = _AMOUNT.fullmatch(asked[name])
    if not found:
        wrong.append(name)
        return None
    return int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))


def _day(text: str, name: str, wrong: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day.year in _YEARS:
        return day
    wrong.append(name)
    return None


def _midnight(day: date | None, timezone: ZoneInfo) -> datetime | None:
    """The day's beginning by the shop's clock."""
    return datetime.combine(day, time(), timezone).astimezone(UTC) if day else None
