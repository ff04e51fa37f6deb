"""Does this person get a letter today, and if not, why not?"""

from datetime import timedelta

from campaigns.address import AddressState
from campaigns.campaign import Campaign
from campaigns.cart import ABANDONED_AFTER
from campaigns.day import Day
from campaigns.facts import Facts
from campaigns.holdout import in_holdout
from campaigns.kinds import AbandonedCart, CouponExpiry, NoPurchase, Reorder, Segment, Winback
from campaigns.verdict import Outcome, Reason, Verdict, excluded


def decide(facts: Facts, campaign: Campaign, day: Day, secret: bytes) -> Verdict:
    """The verdict on one candidate; the same facts always give the same verdict.

    The limits come before the holdout, so that mailed and held-out people differ in nothing but the draw.
    """
    reason = _person_reason(facts, campaign) or _kind_reason(facts, campaign, day)
    reason = reason or _sequence_reason(facts, campaign, day) or _limit_reason(facts, campaign, day)
    if reason:
        return excluded(reason, _detail(reason, facts))
    step = facts.last_step + 1
    if in_holdout(facts.person_key, campaign, secret):
        return Verdict(Outcome.HOLDOUT, step=step)
    return Verdict(Outcome.SELECTED, step=step)


def _detail(reason: Reason, facts: Facts) -> str:
    match reason:
        case Reason.ADDRESS_INCOMPLETE | Reason.ADDRESS_INVALID:
            return str(facts.address_problem or "")
        case Reason.IN_OTHER_CAMPAIGN:
            return facts.other_campaign
    return ""


def _person_reason(facts: Facts, campaign: Campaign) -> Reason | None:
    """What holds for the person whatever the campaign is about."""
    state, problem = facts.address_state, facts.address_problem
    abroad = campaign.limits.countries and facts.country and facts.country not in campaign.limits.countries
    checks = (
        (state is AddressState.DECEASED, Reason.DECEASED),
        (facts.objected, Reason.OBJECTION),
        (facts.on_robinson_list and facts.is_prospect, Reason.ROBINSON),
        (state is AddressState.UNDELIVERABLE, Reason.UNDELIVERABLE),
        (state is AddressState.MOVED, Reason.MOVED),
        (facts.from_marketplace, Reason.MARKETPLACE_ORDER),
        (abroad, Reason.ABROAD),
        (problem and problem.is_gap, Reason.ADDRESS_INCOMPLETE),
        (problem, Reason.ADDRESS_INVALID),
    )
    return next((reason for wrong, reason in checks if wrong), None)


def _kind_reason(facts: Facts, campaign: Campaign, day: Day) -> Reason | None:
    """What the campaign's kind makes of the person."""
    audience = campaign.audience
    if isinstance(audience, AbandonedCart):
        return Reason.NO_EARLIER_ORDER if audience.only_with_earlier_order and not facts.has_ordered else None
    if _is_too_late(facts, campaign, day):
        return Reason.TOO_OLD
    pauses = not isinstance(audience, CouponExpiry) and audience.only_with_empty_cart
    return Reason.OPEN_CART if pauses and facts.open_cart else None


def _is_too_late(facts: Facts, campaign: Campaign, day: Day) -> bool:
    match campaign.audience:
        case Winback(max_inactive_days=most) | Segment(max_inactive_days=most) | NoPurchase(max_account_days=most) | Reorder(max_order_days=most):
            return day.days_since(facts.trigger_at) > most
        case CouponExpiry(least_days_left=least):
            return facts.ends_on is None or facts.ends_on < day.arrives_on + timedelta(days=least)
        case AbandonedCart():
            return False


def _sequence_reason(facts: Facts, campaign: Campaign, day: Day) -> Reason | None:
    """Where the person stands between the steps."""
    if facts.last_step >= len(campaign.steps) and campaign.loop_days is None:
        return Reason.SEQUENCE_DONE
    if facts.bought_since:
        return Reason.CONVERTED
    return None if _is_due(facts, campaign, day) else Reason.NOT_DUE


def _is_due(facts: Facts, campaign: Campaign, day: Day) -> bool:
    if isinstance(campaign.audience, AbandonedCart) and day.now - facts.trigger_at < ABANDONED_AFTER:
        return False  # whichever step: nobody is reminded of a cart while filling it
    if not facts.last_step:
        return _begins(facts, campaign, day)
    delay = campaign.steps[facts.last_step].delay_days if facts.last_step < len(campaign.steps) else campaign.loop_days or 0
    return facts.last_step_at is not None and day.days_since(facts.last_step_at) >= delay


def _begins(facts: Facts, campaign: Campaign, day: Day) -> bool:
    """Whether the first step's delay has passed since the sequence's clock began."""
    delay = campaign.steps[0].delay_days
    match campaign.audience:
        case Winback(inactive_days=inactive):
            return day.days_since(facts.trigger_at) >= inactive + delay
        case CouponExpiry(days_before=before):
            return facts.ends_on is not None and day.today >= facts.ends_on - timedelta(days=before) + timedelta(days=delay)
        case NoPurchase() | AbandonedCart() | Reorder() | Segment():
            return day.days_since(facts.trigger_at) >= delay


def _limit_reason(facts: Facts, campaign: Campaign, day: Day) -> Reason | None:
    """What letters of all campaigns together allow."""
    limits = campaign.limits
    if facts.other_campaign:
        return Reason.IN_OTHER_CAMPAIGN
    if facts.last_letter_at and day.days_since(facts.last_letter_at) < max(limits.cooldown_days, 1):  # two letters on one day: never
        return Reason.COOLDOWN
    if facts.letters_in_cap >= limits.cap_letters:
        return Reason.FREQUENCY_CAP
    return None
