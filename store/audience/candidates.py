"""Who are a campaign's next candidates, with all that their verdict may depend on, in one query?"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from campaigns.address import Address, AddressState, household_key, postal_problem, sort_key
from campaigns.campaign import Campaign
from campaigns.cart import CartItem
from campaigns.customer import Customer, Sex
from campaigns.day import Day
from campaigns.facts import Facts
from campaigns.kinds import AbandonedCart, CampaignKind, CouponExpiry, NoPurchase, Reorder, Segment, Winback
from campaigns.letter import CartContents, CouponGrant, Recipient
from store.audience.abandoned_cart import abandoned_cart
from store.audience.chosen import ADDRESS, EVER, NEVER
from store.audience.coupon_expiry import coupon_expiry
from store.audience.history import has_history, history
from store.audience.no_purchase import no_purchase
from store.audience.pausing import has_open_cart
from store.audience.refusals import is_on_robinson_list, objected
from store.audience.reorder import reorder
from store.audience.sales import count_of_sales
from store.audience.scope import Scope
from store.audience.segment import segment
from store.audience.winback import winback
from store.offers import offer_of
from store.schema import campaigns


@dataclass(frozen=True)
class Candidate:
    """One person of the audience: the facts to decide on, and what a letter would need, which most never come to."""

    facts: Facts
    stops_after: datetime
    """A sale after this moment makes the letter moot."""
    home: str
    told: Callable[[], Recipient]

    @cached_property
    def recipient(self) -> Recipient:
        """What the texts may mention; tags are not among it."""
        return self.told()

    @cached_property
    def household_key(self) -> str:
        """The same for a surname at an address; empty where that cannot be told."""
        return household_key(self.recipient.customer.address) or ""

    @cached_property
    def sort_key(self) -> str:
        """The letter's place in the mail."""
        return sort_key(self.recipient.customer.address, self.home)


def page(
    connection: Connection, campaign_id: int, campaign: Campaign, home: str, after: int, limit: int, day: Day, only: Collection[int] | None = None
) -> list[Candidate]:
    """The next ``limit`` candidates by customer id above ``after``, everybody of the audience whatever the verdict will be.

    ``home`` is the country that is posted from; ``only`` restricts to these customer ids.
    """
    chosen = _chosen(campaign_id, campaign, Scope(connection, after, limit, day, only))
    rows = connection.execute(_query(chosen, campaign_id, campaign, day)).all()
    return [_candidate(row, campaign, home) for row in rows]


def _chosen(campaign_id: int, campaign: Campaign, scope: Scope) -> Select[Any]:
    audience = campaign.audience
    match audience:
        case Winback():
            return winback(audience, scope)
        case NoPurchase():
            return no_purchase(scope)
        case AbandonedCart():
            return abandoned_cart(scope)
        case Reorder():
            return reorder(audience, scope)
        case Segment():
            return segment(audience, scope)
        case CouponExpiry():
            return coupon_expiry(audience, campaign_id, campaign, scope)


def _query(candidates: Select[Any], campaign_id: int, campaign: Campaign, day: Day) -> Select[Any]:
    """A row for each candidate: the columns of the address, then those of the facts, then those that only a recipient needs."""
    chosen = candidates.add_columns(has_history(candidates.selected_columns.id, campaign_id).label("has_history")).cte("chosen")
    past = history(chosen, campaign_id, campaign, day)
    return (
        select(
            *(chosen.c[name] for name in (*ADDRESS, "id", "person_key", "address_state")),
            chosen.c.first_sale_at.is_(None),
            *(chosen.c[name] for name in ("trigger_id", "trigger_at", "last_order_at", "platform")),
            objected(chosen),
            is_on_robinson_list(chosen, day.now),
            has_open_cart(chosen.c.id, day.now),
            *(past.c[name] for name in ("last_step", "last_step_at", "last_step_made_at", "last_letter_at", "letters_in_cap")),
            select(campaigns.c.slug).where(campaigns.c.id == past.c.other_id).correlate(past).scalar_subquery(),
            *(chosen.c[name] for name in ("number", "email", "sex", "language", "registered_at", "order_number", *_OF_KIND.get(campaign.kind, ()))),
            count_of_sales(chosen.c.id).label("orders_count"),
        )
        .join_from(chosen, past, past.c.id == chosen.c.id, isouter=True)
        .order_by(chosen.c.id)
    )


_OF_KIND = {
    CampaignKind.ABANDONED_CART: ("cart_items", "currency", "created_at", "sale_id"),
    CampaignKind.COUPON_EXPIRY: ("code", "terms", "valid_until"),
}


def _candidate(row: Row[Any], campaign: Campaign, home: str) -> Candidate:
    address = Address(*row[: len(ADDRESS)])
    (
        customer_id, person_key, address_state, is_prospect, trigger_id, trigger_at, last_order_at, platform, has_objected, on_robinson_list, open_cart,
        last_step, last_step_at, last_step_made_at, last_letter_at, letters_in_cap, other_campaign, *_
    ) = row[len(ADDRESS) :]  # fmt: skip
    kind = campaign.kind
    facts = Facts(
        customer_id=customer_id,
        person_key=person_key,
        country=address.country,
        address_state=_ADDRESS_STATES[address_state],
        address_problem=postal_problem(address, home),
        objected=has_objected,
        from_marketplace=bool(platform),
        trigger=_TRIGGERS[kind].format(trigger_id) + (_after_sale(row) if kind is CampaignKind.ABANDONED_CART else ""),
        trigger_at=trigger_at,
        open_cart=open_cart,
        is_prospect=is_prospect,
        on_robinson_list=on_robinson_list,
        has_ordered=last_order_at is not None,
        bought_since=last_order_at is not None and _bought_since(campaign, last_order_at, trigger_at, last_step_made_at),
        ends_on=row.valid_until if kind is CampaignKind.COUPON_EXPIRY else None,
        last_step=last_step or 0,
        last_step_at=last_step_at,
        last_letter_at=last_letter_at,
        letters_in_cap=letters_in_cap or 0,
        other_campaign=other_campaign or "",
    )
    return Candidate(facts, _stops_after(campaign, last_order_at, trigger_at), home, partial(_recipient, row, address, kind))


_ADDRESS_STATES = {state.value: state for state in AddressState}
_TRIGGERS = {
    CampaignKind.WINBACK: "order-{}",
    CampaignKind.REORDER: "order-{}",
    CampaignKind.ABANDONED_CART: "cart-{}",
    CampaignKind.COUPON_EXPIRY: "coupon-{}",
    CampaignKind.NO_PURCHASE: "account",
    CampaignKind.SEGMENT: "segment",
}


def _after_sale(row: Row[Any]) -> str:
    """A cart that goes on after a sale is another trigger: the steps before the sale were of another sequence."""
    return f"-order-{row.sale_id}" if row.last_order_at and row.last_order_at > row.created_at else ""


def _bought_since(campaign: Campaign, last_order_at: datetime, trigger_at: datetime, last_step_made_at: datetime | None) -> bool:
    """Whether the last sale has ended the sequence."""
    match campaign.kind:
        case CampaignKind.NO_PURCHASE:
            return True
        case CampaignKind.REORDER | CampaignKind.COUPON_EXPIRY:
            return last_order_at > trigger_at
        case CampaignKind.SEGMENT:
            return campaign.loop_days is None and last_step_made_at is not None and last_order_at > last_step_made_at
        case CampaignKind.WINBACK | CampaignKind.ABANDONED_CART:
            return False


def _stops_after(campaign: Campaign, last_order_at: datetime | None, trigger_at: datetime) -> datetime:
    match campaign.kind:
        case CampaignKind.NO_PURCHASE:
            return EVER
        case CampaignKind.SEGMENT:
            return NEVER if campaign.loop_days else last_order_at or EVER
        case CampaignKind.ABANDONED_CART:  # an order of the same moment has recovered it
            return trigger_at - timedelta(microseconds=1)
        case CampaignKind.WINBACK | CampaignKind.REORDER | CampaignKind.COUPON_EXPIRY:
            return trigger_at


def _recipient(row: Row[Any], address: Address, kind: CampaignKind) -> Recipient:
    customer = Customer("postillion", str(row.id), row.number, row.email, Sex(row.sex), address, row.language, row.registered_at)
    cart, coupon = None, None
    if kind is CampaignKind.ABANDONED_CART:
        cart = CartContents(tuple(CartItem(**item) for item in row.cart_items), row.currency, row.trigger_at)
    if kind is CampaignKind.COUPON_EXPIRY:
        coupon = CouponGrant(row.code, offer_of(row.terms), row.valid_until)
    return Recipient(customer, row.order_number or "", row.last_order_at, row.orders_count, cart, coupon)
