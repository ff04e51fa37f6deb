"""Who wants something of a coupon, and what do they get?"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import Row

from campaigns.checkout import Channel, Checkout, DiscountLine, Quote, RedemptionState, VatShare
from campaigns.coupon import normalise
from store.coupon_events import Action, Event


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, when, and what the installation knows days and people by."""

    source: str
    """The shop whose order it is, as ``orders.source`` calls it."""
    now: datetime
    """Aware UTC."""
    timezone: tzinfo
    """Of the shop: its days and hours count."""
    secret: bytes
    channel: Channel = Channel.API
    actor: str = ""
    """Name of the API key, or of the user."""

    def event(self, action: Action, outcome: str, coupon_id: int | None = None, order_ref: str = "", detail: str = "") -> Event:
        """What to write down of it."""
        return Event(action, outcome, self.now, self.channel, coupon_id, None, self.actor, self.source, order_ref, detail)


@dataclass(frozen=True, slots=True)
class Wish:
    """A checkout wants a coupon for an order."""

    code: str
    checkout: Checkout
    order_ref: str
    asking: Asking
    minutes: int | None = None
    """How long it is to be held; None: it is to be used for good."""

    @property
    def key(self) -> str:
        """The code as it is looked up."""
        return normalise(self.code)

    @property
    def action(self) -> Action:
        """What is written down of it."""
        return Action.REDEEM if self.minutes is None else Action.RESERVE

    @property
    def until(self) -> datetime | None:
        """When a reservation ends."""
        return None if self.minutes is None else self.asking.now + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Redemption:
    """The use of a coupon by one order."""

    id: int
    coupon_id: int
    code: str
    """As it is printed."""
    source: str
    order_ref: str
    order_id: int | None
    """Once the order has come in."""
    customer_id: int | None
    state: RedemptionState
    checkout: Mapping[str, Any]
    """The cart as a document, see ``checkout_document``."""
    quote: Quote
    """Discount lines with their VAT, for the invoice. Of an order that came in by an import it has no lines: nobody has told the VAT."""
    channel: Channel
    created_at: datetime
    expires_at: datetime | None
    """Of a reservation."""
    redeemed_at: datetime | None
    ended_at: datetime | None
    reason: str
    valid_until: date
    """Last day of the code."""
    uses_left: int | None
    """None: without end."""
    is_repeat: bool = False
    """The stored answer of an earlier request of the same order."""

    @property
    def is_untold(self) -> bool:
        """An import has redeemed it, and no checkout has told what was in the cart."""
        return self.state is RedemptionState.REDEEMED and self.channel is Channel.IMPORT and not self.quote.lines

    @property
    def again(self) -> "Redemption":
        """The same, as the answer to a request that came before."""
        return replace(self, is_repeat=True)


def to_redemption(row: Row[Any]) -> Redemption:
    """A row of redemptions with code, valid_until, uses and most_uses of its coupon."""
    left = None if row.most_uses is None else row.most_uses - row.uses
    return Redemption(
        row.id, row.coupon_id, row.code, row.source, row.order_ref, row.order_id, row.customer_id, RedemptionState(row.state), row.checkout,
        quote_of(row.quote), Channel(row.channel), row.created_at, row.expires_at, row.redeemed_at, row.ended_at, row.reason, row.valid_until, left,
    )  # fmt: skip


def checkout_document(checkout: Checkout) -> dict[str, Any]:
    """Currency and lines: nobody's name, and no other code."""
    return {"currency": checkout.currency, "lines": [asdict(line) for line in checkout.lines]}


def quote_document(quote: Quote) -> dict[str, Any]:
    """A quote as it is stored."""
    return asdict(quote)


def quote_of(document: Mapping[str, Any]) -> Quote:
    """The way back."""
    lines = tuple(DiscountLine(**line) for line in document["lines"])
    return Quote(document["currency"], document["gross_cents"], lines, tuple(VatShare(**share) for share in document["shares"]))
