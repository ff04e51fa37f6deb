"""Whom do a segment's filters let through?"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, case, exists, func, or_, select

from campaigns.customer import GERMAN_SPEAKING
from campaigns.kinds import Scanned, Segment, Who
from campaigns.order import SALES
from campaigns.scan import ScanKind
from store.audience.chosen import LAST, chosen, with_last_sale
from store.audience.products import bought
from store.audience.sales import count_of_sales
from store.audience.scope import Scope
from store.schema import customers, letters, orders, scans
from store.sets import is_postgresql


def segment(audience: Segment, scope: Scope) -> Select[Any]:
    """All filters that are set must hold."""
    at = func.coalesce(LAST.c.ordered_at, customers.c.registered_at, customers.c.created_at)
    found = chosen(with_last_sale(customers), customers.c.id, at)
    filters = (*_who(audience, scope), *_last_order(audience, scope), *_orders(audience, scope), *_letters(audience))
    return found.where(*scope.people(), *filters).order_by(customers.c.id).limit(scope.limit)


def _who(audience: Segment, scope: Scope) -> Iterator[ColumnElement[bool]]:
    table = customers.c
    if audience.who is not Who.ALL:
        yield table.first_sale_at.is_not(None) if audience.who is Who.CUSTOMERS else table.first_sale_at.is_(None)
    if audience.countries:
        yield table.country.in_(audience.countries)
    if audience.postcodes:
        yield or_(*(func.upper(table.postcode).startswith(prefix.upper(), autoescape=True) for prefix in audience.postcodes))
    if audience.languages:
        by_country = case((table.country.in_(GERMAN_SPEAKING), "de"), else_="en")  # as campaigns.customer.letter_language
        yield case((table.language != "", table.language), else_=by_country).in_(audience.languages)
    if audience.tags:
        each = func.jsonb_array_elements_text(table.tags) if is_postgresql(scope.connection) else func.json_each(table.tags)
        tag = each.table_valued("value", name="tag")
        yield exists().select_from(tag).where(tag.c.value.in_(audience.tags)).correlate(customers)


def _last_order(audience: Segment, scope: Scope) -> Iterator[ColumnElement[bool]]:
    if audience.platforms:
        yield LAST.c.platform.in_(audience.platforms)
    if audience.last_order_min_days is not None:
        yield LAST.c.ordered_at < scope.day.began(audience.last_order_min_days - 1)
    if audience.last_order_max_days is not None:
        yield LAST.c.ordered_at >= scope.day.began(audience.last_order_max_days)


def _orders(audience: Segment, scope: Scope) -> Iterator[ColumnElement[bool]]:
    yield from _between(count_of_sales(customers.c.id), audience.orders_min, audience.orders_max)
    total = _of_sales(func.coalesce(func.sum(orders.c.total_cents), 0), audience.currency)
    yield from _between(total, audience.total_min_cents, audience.total_max_cents)
    average = _of_sales(func.sum(orders.c.total_cents) * 1.0 / func.count(), audience.currency)  # NULL without orders: neither large nor small
    yield from _between(average, audience.average_min_cents, audience.average_max_cents)
    first = _of_sales(func.min(orders.c.ordered_at))
    if audience.first_order_from:
        yield first >= _began(audience.first_order_from, scope)
    if audience.first_order_until:
        yield first < _began(audience.first_order_until, scope, days_after=1)
    if audience.bought:
        yield bought(scope.connection, customers.c.id, audience.bought)
    if audience.not_bought:
        yield ~bought(scope.connection, customers.c.id, audience.not_bought)


def _letters(audience: Segment) -> Iterator[ColumnElement[bool]]:
    if audience.scanned is not Scanned.ANY:
        scanned = exists().where(letters.c.customer_id == customers.c.id, scans.c.letter_id == letters.c.id, scans.c.kind == ScanKind.HUMAN)
        scanned = scanned.correlate(customers)
        yield scanned if audience.scanned is Scanned.YES else ~scanned


def _between(value: ColumnElement[Any], least: int | None, most: int | None) -> Iterator[ColumnElement[bool]]:
    if least is not None:
        yield value >= least
    if most is not None:
        yield value <= most


def _of_sales(value: ColumnElement[Any], currency: str = "") -> ScalarSelect[Any]:
    """``value`` over the person's sales, in one currency or in all."""
    sales = select(value).where(orders.c.customer_id == customers.c.id, orders.c.state.in_(SALES))
    return (sales.where(orders.c.currency == currency) if currency else sales).correlate(customers).scalar_subquery()


def _began(day: date, scope: Scope, days_after: int = 0) -> datetime:
    """The moment at which a day of the shop began, or one so many days after it."""
    return scope.day.began((scope.day.today - day).days - days_after)
