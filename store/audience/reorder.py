"""Who has made the n-th order?"""

from typing import Any

from sqlalchemy import Select, func, select

from campaigns.kinds import Counted, Reorder
from campaigns.order import SALES, OrderState
from store.audience.chosen import chosen, with_last_sale
from store.audience.scope import Scope
from store.schema import customers, orders

_STATES = {Counted.COMPLETED: (OrderState.COMPLETED,), Counted.SALES: SALES}


def reorder(audience: Reorder, scope: Scope) -> Select[Any]:
    """The last order that counts is the n-th one, or a later one too."""
    last, counted = orders.alias("last_counted"), orders.alias("counted")
    theirs = (counted.c.customer_id == customers.c.id, counted.c.state.in_(_STATES[audience.counted]))
    newest = select(counted.c.id).where(*theirs).order_by(counted.c.ordered_at.desc(), counted.c.id.desc()).limit(1).correlate(customers).scalar_subquery()
    number = select(func.count()).select_from(counted).where(*theirs).correlate(customers).scalar_subquery()
    wanted = number >= audience.order_number if audience.and_later else number == audience.order_number
    found = chosen(with_last_sale(customers.join(last, last.c.id == newest)), last.c.id, last.c.ordered_at, last.c.ordered_at)
    return found.where(*scope.people(), wanted).order_by(customers.c.id).limit(scope.limit)
