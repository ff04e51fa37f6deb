"""Who has a personal coupon that is still good, and has not been used?"""

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, or_, select

from campaigns.campaign import Campaign
from campaigns.kinds import CouponExpiry
from campaigns.letter import ON_PAPER
from store.audience.chosen import chosen, with_last_sale
from store.audience.history import trigger_of_coupon
from store.audience.sales import of
from store.audience.scope import Scope
from store.matching import LIVE
from store.schema import coupons, customers, holdouts, letters, orders


def coupon_expiry(audience: CouponExpiry, campaign_id: int, campaign: Campaign, scope: Scope) -> Select[Any]:
    """Printed in a letter that went out, or made elsewhere for this person; of several the one that ends first.

    One that a letter would reach too late, that a sale came after, or that all reminders were sent of, makes way for another.
    """
    coupon, other = coupons.alias("coupon"), coupons.alias("other_coupon")
    too_late = other.c.valid_until < scope.day.arrives_on + timedelta(days=audience.least_days_left)
    bought = exists().where(of(other.c.customer_id, orders), orders.c.ordered_at > other.c.issued_at).correlate(other)
    last = case((or_(too_late, bought, _is_done(other, campaign_id, len(campaign.steps))), 1), else_=0)
    best = select(other.c.id).where(other.c.customer_id == coupon.c.customer_id, _is_good(other, scope))
    best = best.order_by(last, other.c.valid_until, other.c.id).limit(1).correlate(coupon)
    people = with_last_sale(coupon.join(customers, customers.c.id == coupon.c.customer_id))
    found = chosen(people, coupon.c.id, coupon.c.issued_at).add_columns(coupon.c.code, coupon.c.terms, coupon.c.valid_until)
    mine = (coupon.c.valid_until >= scope.day.today, coupon.c.id == best.scalar_subquery(), *LIVE)
    return found.where(*scope.holds(coupon.c.customer_id), *mine).order_by(coupon.c.customer_id).limit(scope.limit)


def _is_good(coupon: Any, scope: Scope) -> ColumnElement[bool]:
    went_out = exists().where(letters.c.id == coupon.c.letter_id, letters.c.handed_over_at.is_not(None), letters.c.state.in_(ON_PAPER)).correlate(coupon)
    return and_(coupon.c.voided == false(), coupon.c.uses == 0, coupon.c.valid_until >= scope.day.today, or_(coupon.c.letter_id.is_(None), went_out))


def _is_done(coupon: Any, campaign_id: int, steps: int) -> ColumnElement[bool]:
    """Whether the last reminder of this coupon was sent, or the person was held out of it."""
    sent, held_out = (
        exists().where(
            table.c.customer_id == coupon.c.customer_id, table.c.campaign_id == campaign_id, table.c.trigger == trigger_of_coupon(coupon.c.id),
            table.c.step >= steps, *more,
        ).correlate(coupon)
        for table, more in ((letters, (letters.c.state.in_(ON_PAPER),)), (holdouts, ()))
    )  # fmt: skip
    return or_(sent, held_out)
