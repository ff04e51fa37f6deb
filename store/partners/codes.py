"""Which codes has a partner derived, and may this one be derived?"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from campaigns.checkout import Channel, RedemptionState
from campaigns.coupon import normalise
from campaigns.offer import Offer
from campaigns.partner import CodeRefusal, CodeRefused, Partner
from campaigns.partner_code import PLAIN, first_letters, last_letters, partner_code_problem, skeleton
from store import coupon_events, offers
from store.coupon_events import GRANTED, SWITCHED_OFF, SWITCHED_ON, Action, Event
from store.issuing import OWN
from store.schema import coupons, first_lines, partners, redemptions
from store.upsert import insert_for

MOST_CODES = 200
"""Of one partner, switched off or on: words are few, and everybody wants one."""
WITHOUT_END = date(9999, 12, 31)
"""Last day of a code under a standing offer that has none."""


@dataclass(frozen=True, slots=True)
class PartnerCode:
    """A partner's own code and what became of it."""

    id: int
    code: str
    offer: Offer
    valid_until: date | None
    """None: without end."""
    is_on: bool
    is_blocked: bool
    """By the operator, for good."""
    redeemed: int
    """Orders that used it and were not cancelled."""
    discounts: tuple[tuple[str, int], ...]
    """Currency and cents of what these orders paid less; a percentage is granted in every currency."""
    brought: int
    """New customers of the first line who came with it."""


def offers_open_to(connection: Connection, partner: Partner, today: date) -> list[Offer]:
    """The standing offers under which the partner may derive codes today, by name."""
    found = [offer for _, offer in offers.by_slug(connection, offers.slugs(connection)).values()]
    open_ = [offer for offer in found if offer.for_partners and offer.partner in ("", partner.slug) and not (offer.valid_until and offer.valid_until < today)]
    return sorted(open_, key=lambda offer: offer.name.casefold())


def derive(connection: Connection, partner: Partner, offer_slug: str, code: str, now: datetime, today: date) -> PartnerCode:
    """Make the partner's own code under a standing offer; the code is one however it is typed.

    Raises CodeRefused: for a code that cannot be one, is rude, is taken or looks like one that is; for an offer that is not open to
    the partner; for a partner who has MOST_CODES. Two who ask for the same code at once: the database's unique keys let one of them have it.
    """
    code = code.strip()
    if problem := partner_code_problem(code):
        raise CodeRefused(CodeRefusal(problem), code)
    if offer_slug not in {offer.slug for offer in offers_open_to(connection, partner, today)}:
        raise CodeRefused(CodeRefusal.OFFER, code)
    if connection.execute(select(func.count()).where(coupons.c.partner_id == partner.id)).scalar_one() >= MOST_CODES:
        raise CodeRefused(CodeRefusal.ENOUGH, code)
    offer_id, offer = offers.by_slug(connection, {offer_slug})[offer_slug]
    row = {
        "code": code,
        "code_key": normalise(code),
        "skeleton": skeleton(code),
        "offer_id": offer_id,
        "partner_id": partner.id,
        "terms": offers.terms_of(offer),
        "valid_from": offer.valid_from,
        "valid_until": offer.valid_until or WITHOUT_END,
        "most_uses": offer.uses,
        "issued_at": now,
        "source": "partner",
    }
    if _is_like_an_imported_one(connection, code):
        raise CodeRefused(CodeRefusal.TAKEN, code)
    made = connection.execute(insert_for(connection, coupons).on_conflict_do_nothing().values(row).returning(coupons.c.id)).scalar_one_or_none()
    if made is None:
        raise CodeRefused(CodeRefusal.TAKEN, code)
    coupon_events.note(connection, [_event(Action.DERIVE, GRANTED, partner, made, now)])
    return next(one for one in codes_of(connection, partner) if one.id == made)


def _is_like_an_imported_one(connection: Connection, code: str) -> bool:
    """Whether a code of the shop's own looks like it. Codes that we drew look otherwise (partner_code_problem), and partners' have a unique key.

    A hundred thousand codes are looked through in a moment, and partners make few: so imported ones, which may look alike among
    themselves, carry no key for it. Begin and end are compared by the database, the rest here.
    """
    wanted, table = skeleton(code), coupons.c
    ends = ((func.substr(table.code_key, 1, 1), first_letters(wanted)), (func.substr(table.code_key, func.length(table.code_key), 1), last_letters(wanted)))
    others = (table.source != OWN, table.partner_id.is_(None), *(end.not_in(PLAIN - letters) for end, letters in ends))
    return any(skeleton(key) == wanted for key in connection.execute(select(table.code_key).where(*others)).scalars())


def switch_code(connection: Connection, partner: Partner, coupon_id: int, is_on: bool, now: datetime) -> bool:
    """Take a code of the partner's out of use, or back into it; False for a code that is not the partner's.

    One that the operator has blocked stays so: nothing changes.
    """
    mine = (coupons.c.id == coupon_id, coupons.c.partner_id == partner.id)
    voided = connection.execute(select(coupons.c.voided).where(*mine).with_for_update(key_share=True)).scalar_one_or_none()
    if voided is None:
        return False
    is_new = update(coupons).where(*mine, coupons.c.voided.is_(is_on), ~coupon_events.is_blocked(coupon_id))
    if connection.execute(is_new.values(voided=not is_on)).rowcount:
        coupon_events.note(connection, [_event(Action.SWITCH, SWITCHED_ON if is_on else SWITCHED_OFF, partner, coupon_id, now)])
    return True


def _event(action: Action, outcome: str, partner: Partner, coupon_id: int, now: datetime) -> Event:
    return Event(action, outcome, now, Channel.PARTNER, coupon_id, actor=partner.slug)


def codes_of(connection: Connection, partner: Partner) -> list[PartnerCode]:
    """The partner's codes, the newest first."""
    used: dict[int, list[Row[Any]]] = {}
    for row in connection.execute(_USED.where(coupons.c.partner_id == partner.id)):
        used.setdefault(row.coupon_id, []).append(row)
    brought = (
        select(redemptions.c.coupon_id, func.count().label("brought"))
        .join(first_lines, first_lines.c.redemption_id == redemptions.c.id)
        .where(first_lines.c.partner_id == partner.id)
        .group_by(redemptions.c.coupon_id)
        .subquery()
    )
    table = coupons.c
    blocked = coupon_events.is_blocked(table.id).label("is_blocked")
    columns = (table.id, table.code, table.terms, table.valid_until, table.voided, blocked, brought.c.brought)
    joined = coupons.outerjoin(brought, brought.c.coupon_id == table.id)
    rows = connection.execute(select(*columns).select_from(joined).where(table.partner_id == partner.id).order_by(table.id.desc()))
    return [
        PartnerCode(
            row.id,
            row.code,
            offers.offer_of(row.terms),
            None if row.valid_until == WITHOUT_END else row.valid_until,
            not row.voided,
            bool(row.is_blocked),
            sum(one.redeemed for one in used.get(row.id, ())),
            tuple((one.currency, int(one.cents)) for one in used.get(row.id, ()) if one.cents),
            row.brought or 0,
        )
        for row in rows
    ]


_USED = (
    select(redemptions.c.coupon_id, redemptions.c.currency, func.count().label("redeemed"), func.sum(redemptions.c.discount_cents).label("cents"))
    .join(coupons, coupons.c.id == redemptions.c.coupon_id)
    .where(redemptions.c.state == RedemptionState.REDEEMED)
    .group_by(redemptions.c.coupon_id, redemptions.c.currency)
    .order_by(redemptions.c.coupon_id, redemptions.c.currency)
)


def public_code(connection: Connection, code: str) -> str | None:
    """How the shop knows a partner's code that somebody has in the hand; None unless it is in use and its partner is active."""
    named = (coupons.c.code_key == normalise(code), coupons.c.voided.is_(False), partners.c.is_active)
    return connection.execute(select(coupons.c.code).join(partners, partners.c.id == coupons.c.partner_id).where(*named)).scalar_one_or_none()
