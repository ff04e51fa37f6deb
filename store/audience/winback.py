"""Whose last sale is long ago?"""

from typing import Any

from sqlalchemy import Select

from campaigns.kinds import Winback
from store.audience.chosen import LAST, chosen, with_last_sale
from store.audience.scope import Scope
from store.schema import customers


def winback(audience: Winback, scope: Scope) -> Select[Any]:
    """By time and not by trigger: a refunded order, or the same order from a second source, starts no second sequence."""
    found = chosen(with_last_sale(customers, at_least_one=True), LAST.c.id, LAST.c.ordered_at, LAST.c.ordered_at)
    return found.where(*scope.people(), LAST.c.ordered_at < scope.day.began(audience.inactive_days - 1)).order_by(customers.c.id).limit(scope.limit)
