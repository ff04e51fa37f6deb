"""Which letters has a person had, and where do they stand in this campaign's sequence?"""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, String, Subquery, and_, case, cast, func, literal, null, or_, select, union_all

from campaigns.campaign import Campaign
from campaigns.day import Day
from campaigns.kinds import CampaignKind
from campaigns.letter import BEFORE_HAND_OVER, ON_PAPER
from store.audience.probing import there_is
from store.schema import holdouts, letters


def has_history(customer_id: ColumnElement[int], campaign_id: int) -> ColumnElement[int]:
    """1 or 0, whether there is any: most have had no letter, and are not looked at further.

    A number and no truth value: of those PostgreSQL takes half the page to be true, and reads all letters for it.
    """
    held_out = there_is(holdouts, holdouts.c.customer_id == customer_id, holdouts.c.campaign_id == campaign_id)
    return case((or_(there_is(letters, letters.c.customer_id == customer_id), held_out), 1), else_=0)


def history(chosen: CTE, campaign_id: int, campaign: Campaign, day: Day) -> Subquery:
    """One row for each of the ``chosen`` with a history; steps are those of the sequence.

    While any letter of the sequence is on its way out, ``last_step_at`` is NULL: the next one waits for it.
    """
    moves = union_all(_letters(chosen, campaign_id, campaign, day), _holdouts(chosen, campaign_id, campaign)).subquery("moves")
    in_sequence = moves.c.step.is_not(None)
    on_its_way = func.sum(case((and_(in_sequence, moves.c.done_at.is_(None)), 1), else_=0))
    return (
        select(
            moves.c.id,
            func.max(moves.c.step).label("last_step"),
            case((on_its_way == 0, func.max(case((in_sequence, moves.c.done_at))))).label("last_step_at"),
            func.max(case((in_sequence, moves.c.made_at))).label("last_step_made_at"),
            func.max(moves.c.sent_at).label("last_letter_at"),
            func.sum(case((moves.c.sent_at >= day.began(campaign.limits.cap_days - 1), 1), else_=0)).label("letters_in_cap"),
            func.max(moves.c.other_id).label("other_id"),
        )
        .group_by(moves.c.id)
        .subquery("history")
    )


def _letters(chosen: CTE, campaign_id: int, campaign: Campaign, day: Day) -> Select[Any]:
    """``step`` only where it belongs to this sequence, ``other_id`` only for another campaign's letter of today or on its way out.

    Outer joins, that SQLite begins with the few people of the page and never with all letters; a person without any has a blank row.
    """
    mine = letters.c.campaign_id == campaign_id
    began = day.began(0)
    busy = or_(letters.c.state.in_(BEFORE_HAND_OVER), letters.c.created_at >= began, letters.c.handed_over_at >= began)
    return (
        select(
            chosen.c.id,
            case((and_(mine, _in_sequence(chosen, campaign, letters.c.trigger, letters.c.created_at)), letters.c.step)).label("step"),
            letters.c.created_at.label("made_at"),
            letters.c.handed_over_at.label("done_at"),
            func.coalesce(letters.c.handed_over_at, letters.c.created_at).label("sent_at"),
            case((and_(~mine, busy), letters.c.campaign_id)).label("other_id"),
        )
        .join_from(chosen, letters, and_(letters.c.customer_id == chosen.c.id, letters.c.state.in_(ON_PAPER)), isouter=True)
        .where(chosen.c.has_history == 1)
    )


def _holdouts(chosen: CTE, campaign_id: int, campaign: Campaign) -> Select[Any]:
    """As if they were letters, rest and cap included: else the held-out would run through the sequence faster than the mailed.

    For other campaigns they are nothing.
    """
    its = (holdouts.c.customer_id == chosen.c.id, holdouts.c.campaign_id == campaign_id)
    return (
        select(
            chosen.c.id,
            case((_in_sequence(chosen, campaign, holdouts.c.trigger, holdouts.c.held_out_at), holdouts.c.step)).label("step"),
            holdouts.c.held_out_at.label("made_at"),
            holdouts.c.handed_over_at.label("done_at"),
            func.coalesce(holdouts.c.handed_over_at, holdouts.c.held_out_at).label("sent_at"),
            cast(null(), holdouts.c.campaign_id.type).label("other_id"),
        )
        .join_from(chosen, holdouts, and_(*its), isouter=True)
        .where(chosen.c.has_history == 1)
    )


def _in_sequence(chosen: CTE, campaign: Campaign, trigger: ColumnElement[str], made_at: ColumnElement[Any]) -> ColumnElement[bool]:
    """Each coupon has a sequence of its own; else time tells, and the trigger itself where its date was corrected since."""
    if campaign.kind is CampaignKind.COUPON_EXPIRY:
        return trigger == trigger_of_coupon(chosen.c.trigger_id)
    if campaign.kind in (CampaignKind.WINBACK, CampaignKind.REORDER):
        return or_(made_at > chosen.c.since, trigger == literal("order-").concat(cast(chosen.c.trigger_id, String)))
    if campaign.kind is CampaignKind.ABANDONED_CART:
        after_sale = case((chosen.c.since > chosen.c.created_at, literal("-order-").concat(cast(chosen.c.sale_id, String))), else_="")
        return or_(made_at > chosen.c.since, trigger == literal("cart-").concat(cast(chosen.c.trigger_id, String)).concat(after_sale))
    return made_at > chosen.c.since


def trigger_of_coupon(coupon_id: ColumnElement[int]) -> ColumnElement[str]:
    """As the letters of its sequence carry it."""
    return literal("coupon-").concat(cast(coupon_id, String))
