"""Who has an account and has never bought anything?"""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func

from campaigns.profile import DESK, GUEST
from store.audience.chosen import chosen, with_last_sale
from store.audience.scope import Scope
from store.schema import customer_sources, customers


def no_purchase(scope: Scope) -> Select[Any]:
    """Only a completed order makes a customer: what an open one means is a matter of the verdict."""
    found = chosen(with_last_sale(customers), customers.c.id, func.coalesce(customers.c.registered_at, customers.c.created_at))
    return found.where(*scope.people(), customers.c.first_sale_at.is_(None), has_account()).order_by(customers.c.id).limit(scope.limit)


def has_account() -> ColumnElement[bool]:
    """Somebody known from orders alone has none; nor makes the desk one by correcting an address."""
    claim = customer_sources.c
    return exists().where(claim.customer_id == customers.c.id, ~claim.source_id.startswith(GUEST), claim.source != DESK).correlate(customers)
