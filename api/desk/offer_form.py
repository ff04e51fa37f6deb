"""What does a marketer fill in for an offer at the desk, and which offer is that?"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import TypeVar

from starlette.datastructures import FormData

from campaigns.offer import Articles, CodeSource, Offer, OfferKind, TimeWindow

WEEKDAYS = range(1, 8)
MOST_WINDOWS = 10
TICKS = ("new_customers_only", "personal", "combinable", "for_partners")
_LONGEST = 5000
_DECIMAL = re.compile(r"[0-9]{1,8}([.,][0-9]{1,2})?", re.ASCII)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Window:
    """One row of opening hours as it stands in the form."""

    days: frozenset[int]
    start: str
    end: str


@dataclass(frozen=True, slots=True)
class Filled:
    """The form as it is shown: texts by field, ticks, rows of hours."""

    texts: Mapping[str, str]
    ticks: frozenset[str] = frozenset()
    windows: tuple[Window, ...] = field(default=())


class WrongEntry(Exception):
    """A field that cannot be read; ``why`` is a key of the catalogue."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(name)
        self.name, self.why = name, why


BLANK = Filled(
    {
        "kind": OfferKind.PERCENTAGE, "codes": CodeSource.GENERATED, "currency": "EUR", "valid_days": "70", "uses": "1", "uses_per_customer": "1",
        "minimum_order": "0",
    },
)  # fmt: skip
"""What a new offer starts with."""


def filled_from(offer: Offer, decimal_mark: str = ".") -> Filled:
    """An offer as the form shows it, to somebody who writes 12,50 or 12.50."""

    def number(hundredths: int) -> str:
        return _hundredths(hundredths).replace(".", decimal_mark)

    only, never = offer.only or Articles(), offer.never or Articles()
    texts = {
        "slug": offer.slug,
        "name": offer.name,
        "kind": offer.kind,
        "value": number(offer.value),
        "currency": offer.currency,
        "minimum_order": number(offer.minimum_order_cents),
        "valid_days": str(offer.valid_days),
        "valid_from": offer.valid_from.isoformat() if offer.valid_from else "",
        "valid_until": offer.valid_until.isoformat() if offer.valid_until else "",
        "codes": offer.codes,
        "prefix": offer.prefix,
        "vat_rates": " ".join(map(number, offer.vat_rates)),
        "only_skus": "\n".join(only.skus),
        "only_categories": "\n".join(only.categories),
        "never_skus": "\n".join(never.skus),
        "never_categories": "\n".join(never.categories),
        "uses": "" if offer.uses is None else str(offer.uses),
        "uses_per_customer": "" if offer.uses_per_customer is None else str(offer.uses_per_customer),
        "partner": offer.partner,
    }
    windows = tuple(Window(frozenset(one.weekdays), f"{one.start:%H:%M}", f"{one.end:%H:%M}") for one in offer.windows)
    return Filled(texts, frozenset(name for name in TICKS if getattr(offer, name)), windows)


def filled_in(form: FormData) -> Filled:
    """What somebody typed, as it is shown again when something of it is wrong."""
    texts = {name: value.replace("\0", "").strip()[:_LONGEST] for name, value in form.items() if isinstance(value, str)}
    rows = [
        Window(
            frozenset(day for day in WEEKDAYS if f"day_{row}_{day}" in texts),
            texts.get(f"start_{row}", ""),
            texts.get(f"end_{row}", ""),
        )
        for row in range(MOST_WINDOWS)
    ]
    return Filled(texts, frozenset(name for name in TICKS if name in texts), tuple(row for row in rows if row.days or row.start or row.end))


def to_offer(filled: Filled) -> Offer:
    """The offer that the form describes; raises WrongEntry for a field that cannot be read, InvalidOffer for terms that contradict each other."""
    texts = filled.texts
    if not _SLUG.fullmatch(texts.get("slug", "")):
        raise WrongEntry("slug", "wrong_slug")
    if not texts.get("name"):
        raise WrongEntry("name", "wrong_empty")
    return Offer(
        slug=texts["slug"],
        name=texts["name"],
        kind=_made("kind", texts, OfferKind, "wrong_choice"),
        value=_to_hundredths("value", texts),
        currency=_currency(texts),
        minimum_order_cents=_to_hundredths("minimum_order", texts),
        valid_days=_whole("valid_days", texts),
        valid_until=_day("valid_until", texts),
        codes=_made("codes", texts, CodeSource, "wrong_choice"),
        prefix=texts.get("prefix", "").upper(),
        valid_from=_day("valid_from", texts),
        windows=tuple(_window(one) for one in filled.windows),
        vat_rates=tuple(_to_hundredths("vat_rates", {"vat_rates": one}) for one in re.split(r"[;\s]+|,(?=\s)", texts.get("vat_rates", "")) if one),
        only=_articles("only", texts),
        never=_articles("never", texts),
        uses=_whole("uses", texts) if texts.get("uses") else None,
        uses_per_customer=_whole("uses_per_customer", texts) if texts.get("uses_per_customer") else None,
        new_customers_only="new_customers_only" in filled.ticks,
        personal="personal" in filled.ticks,
        combinable="combinable" in filled.ticks,
        for_partners="for_partners" in filled.ticks,
        partner=texts.get("partner", ""),
    )


def _articles(which: str, texts: Mapping[str, str]) -> Articles | None:
    skus, categories = (tuple(filter(None, map(str.strip, texts.get(f"{which}_{what}", "").splitlines()))) for what in ("skus", "categories"))
    return Articles(skus, categories) if skus or categories else None


def _window(row: Window) -> TimeWindow:
    if not (row.days and row.start and row.end):
        raise WrongEntry("windows", "wrong_window")
    try:
        return TimeWindow(tuple(sorted(row.days)), time.fromisoformat(row.start), time.fromisoformat(row.end))
    except ValueError:
        raise WrongEntry("windows", "wrong_window") from None


def _currency(texts: Mapping[str, str]) -> str:
    found = texts.get("currency", "").upper()
    if not re.fullmatch("[A-Z]{3}", found):
        raise WrongEntry("currency", "wrong_currency")
    return found


def _hundredths(amount: int) -> str:
    return f"{Decimal(amount) / 100:f}"


def _to_hundredths(name: str, texts: Mapping[str, str]) -> int:
    """``12,5`` or ``12.50`` is 1250: cents of a currency, basis points of a percentage."""
    written = texts.get(name, "").removesuffix("%").strip() or "0"
    if not _DECIMAL.fullmatch(written):
        raise WrongEntry(name, "wrong_number")
    return int(Decimal(written.replace(",", ".")) * 100)


def _whole(name: str, texts: Mapping[str, str]) -> int:
    written = texts.get(name, "")
    if not re.fullmatch("[0-9]{1,9}", written, re.ASCII):
        raise WrongEntry(name, "wrong_number")
    return int(written)


def _day(name: str, texts: Mapping[str, str]) -> date | None:
    return _made(name, texts, date.fromisoformat, "wrong_day") if texts.get(name) else None


def _made(name: str, texts: Mapping[str, str], make: Callable[[str], T], why: str) -> T:
    try:
        return make(texts.get(name, ""))
    except ValueError:
        raise WrongEntry(name, why) from None
