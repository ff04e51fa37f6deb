"""What became of each code: where did it go, who used it, and is it still good?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, case, func, literal, or_, select

from campaigns.checkout import RedemptionState
from campaigns.coupon import normalise
from campaigns.offer import Offer
from store import coupon_events
from store import offers as saved_offers
from store.partners.codes import WITHOUT_END
from store.schema import campaigns, coupons, customers, letters, offers, orders, partners, redemptions, sign_up_codes
from store.uniting import rows_of

SHORTEST = 3
"""Characters of a code that are worth looking for its beginning."""


class Fate(StrEnum):
    """How a code stands."""

    OPEN = "open"
    """Could be redeemed today."""
    USED = "used"
    """As often as it may be."""
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    VOID = "void"
    """Its letter was never sent, or somebody blocked it."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code with what it is for and what became of it."""

    id: int
    code: str
    offer: str
    """Slug."""
    terms: Offer
    """As they were when the code was made."""
    fate: Fate
    valid_from: date | None
    valid_until: date | None
    """Last day; None: without end."""
    issued_at: datetime
    source: str
    uses: int
    """Reserved or redeemed."""
    most_uses: int | None
    customer_id: int | None
    """Whom it was given to, or whoever they turned out to be."""
    customer_name: str
    letter_id: int | None
    letter_state: str | None
    campaign: str | None
    """Of the letter."""
    step: int | None
    partner: str | None
    """Slug of the partner whose own code it is."""
    is_blocked: bool
    """By somebody at the desk, for good; a void one that is not was never sent, or its partner has switched it off."""


@dataclass(frozen=True, slots=True)
class Use:
    """One order's use of a code, as a list shows it."""

    coupon_id: int
    order_ref: str
    state: RedemptionState
    discount_cents: int
    currency: str
    at: datetime
    """When it was redeemed, else when it was reserved."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many codes an offer has, by fate, and what they took off."""

    fates: dict[Fate, int]
    redeemed: int
    """Orders."""
    discounts: tuple[tuple[str, int], ...]
    """Currency and cents: a percentage without a minimum is granted in any currency."""

    @property
    def codes(self) -> int:
        """All of them."""
        return sum(self.fates.values())


def search(connection: Connection, text: str, today: date, limit: int) -> list[Code]:
    """Codes that are, or begin with, what somebody typed, in any spelling; nothing for less than three characters."""
    key = normalise(text)
    if len(key) < SHORTEST:
        return []
    exact = _codes(connection, _query(today).where(coupons.c.code_key == key))
    return exact or _codes(connection, _query(today).where(coupons.c.code_key.startswith(key, autoescape=True)).order_by(coupons.c.code_key).limit(limit))


def by_id(connection: Connection, coupon_id: int, today: date) -> Code | None:
    """One code."""
    return next(iter(_codes(connection, _query(today).where(coupons.c.id == coupon_id))), None)


def of_customer(connection: Connection, customer_id: int, today: date) -> list[Code]:
    """Every code that was ever given to this person, or that the person gave at sign-up or used; the newest first."""
    rows = rows_of(connection, customer_id)
    used = select(redemptions.c.coupon_id).where(redemptions.c.customer_id.in_(rows))
    signed_up = select(sign_up_codes.c.coupon_id).where(sign_up_codes.c.customer_id.in_(rows))
    theirs = or_(coupons.c.customer_id.in_(rows), coupons.c.id.in_(used), coupons.c.id.in_(signed_up))
    return _codes(connection, _query(today).where(theirs).order_by(coupons.c.issued_at.desc(), coupons.c.id.desc()))


def of_offer(connection: Connection, slug: str, today: date, after: int, limit: int) -> list[Code]:
    """So many codes of an offer, in the order in which they were made, from the one after ``after`` (an id) on."""
    return _codes(connection, _query(today).where(offers.c.slug == slug, coupons.c.id > after).order_by(coupons.c.id).limit(limit))


def newest(connection: Connection, slug: str, today: date, limit: int, fate: Fate | None = None) -> list[Code]:
    """So many of the newest codes of an offer, or of those of it with this fate, the newest first."""
    mine = _query(today).where(offers.c.slug == slug)
    if fate:
        mine = mine.where(_fate(today).element == fate.value)
    return _codes(connection, mine.order_by(coupons.c.id.desc()).limit(limit))


def uses(connection: Connection, coupon_ids: Sequence[int], customer_id: int | None = None) -> dict[int, list[Use]]:
    """Coupon id -> its uses in time order; ``customer_id``: this person's alone."""
    table = redemptions.c
    query = select(table.coupon_id, table.order_ref, table.state, table.discount_cents, table.currency, func.coalesce(table.redeemed_at, table.created_at))
    mine = query.where(table.coupon_id.in_(coupon_ids)).order_by(table.id)
    if customer_id is not None:
        mine = mine.where(table.customer_id.in_(rows_of(connection, customer_id)))
    found: dict[int, list[Use]] = {}
    for coupon_id, order_ref, state, cents, currency, at in connection.execute(mine):
        found.setdefault(coupon_id, []).append(Use(coupon_id, order_ref, RedemptionState(state), cents, currency, at))
    return found


def orders_of(connection: Connection, coupon_id: int) -> dict[int, tuple[str, int | None]]:
    """Order id -> its number and whose it is, for the orders that used a coupon and have come in."""
    query = select(orders.c.id, orders.c.number, orders.c.customer_id).join(redemptions, redemptions.c.order_id == orders.c.id)
    return {row.id: (row.number, row.customer_id) for row in connection.execute(query.where(redemptions.c.coupon_id == coupon_id))}


def tallies(connection: Connection, today: date, slug: str = "") -> dict[str, Tally]:
    """Slug -> counts of its codes, for every offer that has any, or for one."""
    fate = _fate(today)
    counted = select(offers.c.slug, fate, func.count()).join(coupons, coupons.c.offer_id == offers.c.id).group_by(offers.c.slug, fate)
    cents = func.coalesce(func.sum(redemptions.c.discount_cents), 0)
    taken = select(offers.c.slug, redemptions.c.currency, func.count(), cents).join(coupons, coupons.c.offer_id == offers.c.id).join(redemptions)
    taken = taken.where(redemptions.c.state == RedemptionState.REDEEMED).group_by(offers.c.slug, redemptions.c.currency).order_by(redemptions.c.currency)
    if slug:
        counted, taken = counted.where(offers.c.slug == slug), taken.where(offers.c.slug == slug)
    redeemed: dict[str, int] = {}
    discounts: dict[str, list[tuple[str, int]]] = {}
    for name, currency, count, off in connection.execute(taken):
        redeemed[name] = redeemed.get(name, 0) + count
        if off:
            discounts.setdefault(name, []).append((currency, int(off)))
    fates: dict[str, dict[Fate, int]] = {}
    for name, state, count in connection.execute(counted):
        fates.setdefault(name, {})[Fate(state)] = count
    return {name: Tally(found, redeemed.get(name, 0), tuple(discounts.get(name, []))) for name, found in fates.items()}


def _fate(today: date) -> Any:
    table = coupons.c
    return case(
        (table.voided, literal(Fate.VOID.value)),
        (and_(table.most_uses.is_not(None), table.uses >= table.most_uses), literal(Fate.USED.value)),
        (table.valid_until < today, literal(Fate.EXPIRED.value)),
        (table.valid_from > today, literal(Fate.NOT_YET.value)),
        else_=literal(Fate.OPEN.value),
    ).label("fate")


def _query(today: date) -> Select[Any]:
    people = (customers.c.first_name, customers.c.last_name, customers.c.company, customers.c.email)
    joined = (
        coupons.join(offers, offers.c.id == coupons.c.offer_id)
        .outerjoin(letters, letters.c.id == coupons.c.letter_id)
        .outerjoin(campaigns, campaigns.c.id == letters.c.campaign_id)
        .outerjoin(partners, partners.c.id == coupons.c.partner_id)
        .outerjoin(customers, customers.c.id == coupons.c.customer_id)
    )
    return select(
        coupons,
        _fate(today),
        offers.c.slug.label("offer"),
        letters.c.state.label("letter_state"),
        letters.c.step,
        campaigns.c.slug.label("campaign"),
        partners.c.slug.label("partner"),
        coupon_events.is_blocked(coupons.c.id).label("is_blocked"),
        *people,
    ).select_from(joined)


def _codes(connection: Connection, query: Select[Any]) -> list[Code]:
    return list(_to_codes(connection.execute(query)))


def _to_codes(rows: Any) -> Iterator[Code]:
    row: Row[Any]
    for row in rows:
        name = f"{row.first_name or ''} {row.last_name or ''}".strip() or row.company or row.email or ""
        yield Code(
            id=row.id,
            code=row.code,
            offer=row.offer,
            terms=saved_offers.offer_of(row.terms),
            fate=Fate(row.fate),
            valid_from=row.valid_from,
            valid_until=None if row.valid_until == WITHOUT_END else row.valid_until,
            issued_at=row.issued_at,
            source=row.source,
            uses=row.uses,
            most_uses=row.most_uses,
            customer_id=row.customer_id,
            customer_name=name,
            letter_id=row.letter_id,
            letter_state=row.letter_state,
            campaign=row.campaign,
            step=row.step,
            partner=row.partner,
            is_blocked=bool(row.is_blocked),
        )
