"""Which prospects have given no sign of life for so long that nothing of them may be kept (product.md 11.1)?"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, exists, func, or_, select

from campaigns.letter import ON_PAPER
from campaigns.scan import ScanKind
from store.schema import carts, customer_sources, customers, letters, orders, partners, redemptions, scans, sign_up_codes
from store.sets import among

LOOKED_AT = timedelta(days=30)
"""Whoever came in less than this ago stays all the same: a first import of old accounts is to be looked at before they go for good."""


def expired(connection: Connection, before: datetime, now: datetime, after: int = 0, most: int = 1_000) -> list[int]:
    """Prospects (customer ids, ascending, behind ``after``) whose last sign of life lies before that moment.

    A sign of life is the account (when it was opened, and when its shop last changed it), a cart, an order of whatever state, a letter of ours, a scan by a
    person, a code given at a sign-up, a use of a coupon.  Seed addresses, and partners' own records as buyers, are no prospects.
    """
    query = select(customers.c.id).where(customers.c.id > after, *_expired(before, now))
    return list(connection.execute(query.order_by(customers.c.id).limit(most)).scalars())


def counted(connection: Connection, before: datetime, now: datetime) -> tuple[int, int]:
    """How many these are, and how many prospects there are in all."""
    everybody = select(func.count()).select_from(customers)
    return (
        connection.execute(everybody.where(*_expired(before, now))).scalar_one(),
        connection.execute(everybody.where(*_prospect())).scalar_one(),
    )


def still(connection: Connection, ids: Sequence[int], before: datetime, now: datetime) -> list[int]:
    """Those of them of whom that is still true, to be asked in the transaction that erases them."""
    return list(connection.execute(select(customers.c.id).where(among(connection, customers.c.id, ids), *_expired(before, now))).scalars())


def _prospect() -> tuple[ColumnElement[bool], ...]:
    person = customers.c
    return (person.first_sale_at.is_(None), person.merged_into.is_(None), person.erased_at.is_(None), person.is_seed.is_(False))


def _expired(before: datetime, now: datetime) -> tuple[ColumnElement[bool], ...]:
    person = customers.c
    account = (func.coalesce(person.registered_at, person.created_at) < before, person.created_at < now - LOOKED_AT)
    signs = (
        _theirs(customer_sources.c.customer_id, customer_sources.c.changed_at >= before),
        _theirs(carts.c.customer_id, carts.c.updated_at >= before),
        _theirs(orders.c.customer_id, orders.c.ordered_at >= before),
        _theirs(letters.c.customer_id, letters.c.created_at >= before, letters.c.state.in_(ON_PAPER)),
        _theirs(letters.c.customer_id, letters.c.id == scans.c.letter_id, scans.c.scanned_at >= before, scans.c.kind == ScanKind.HUMAN),
        _theirs(sign_up_codes.c.customer_id, sign_up_codes.c.given_at >= before),
        _theirs(redemptions.c.customer_id, redemptions.c.created_at >= before),
        _theirs(partners.c.own_customer_id),
    )
    return (*_prospect(), *account, or_(person.last_cart_at.is_(None), person.last_cart_at < before), *(~sign for sign in signs))


def _theirs(owner: Any, *when: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(owner == customers.c.id, *when)
