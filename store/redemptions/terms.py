"""What was wrong with a code that a shop has granted to an order without asking us?"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from campaigns.checkout import RefusalReason
from campaigns.offer import OfferKind
from store import partners
from store.redemptions import claims
from store.redemptions.arrival import Arrival
from store.redemptions.asking import Asking
from store.redemptions.bought import ThisOrder, has_ordered, uses_of, was_newcomer
from store.redemptions.buyer import Buyer
from store.redemptions.coupon import Coupon

ANY_TIMEZONE = timedelta(hours=14)
"""An import does not know the shop's clock: a day is over once it is over everywhere."""
_WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class Case:
    """A code of an order that has come in."""

    found: Coupon
    arrival: Arrival
    buyer: Buyer
    asking: Asking
    others: Collection[Coupon] = ()
    """Coupons that the order holds already."""
    number: int | None = None
    """Of its redemption, once there is one."""
    misnamed: bool = False
    """A checkout has called another order by this one's key."""

    @property
    def people(self) -> frozenset[int]:
        """All records that the buyer goes by."""
        return self.buyer.ids | ({self.arrival.customer_id} if self.arrival.customer_id else set())


def against(connection: Connection, case: Case) -> Iterable[RefusalReason]:
    """Every rule that an order can be held against: its hours and articles are not among them, since nobody has told what it was granted for.

    New customers come last: asking takes their claims.
    """
    yield from _of_code(case)
    yield from _of_person(connection, case)
    yield from _of_order(case)
    if case.found.offer.new_customers_only and not is_newcomer(connection, case):
        yield RefusalReason.NEW_CUSTOMERS_ONLY


def of_somebody(connection: Connection, case: Case) -> bool:
    """Whether code or buyer speak against it, whatever the order has cost."""
    of_newcomers = case.found.offer.new_customers_only and not is_newcomer(connection, case)
    return of_newcomers or any(_of_code(case)) or any(_of_person(connection, case))


def _of_code(case: Case) -> Iterable[RefusalReason]:
    found, arrival = case.found, case.arrival
    earliest, latest = (arrival.ordered_at - ANY_TIMEZONE).date(), (arrival.ordered_at + ANY_TIMEZONE).date()
    if found.voided:
        yield RefusalReason.VOID
    if not found.partner_is_active:
        yield RefusalReason.PARTNER_INACTIVE
    if earliest > found.valid_until:
        yield RefusalReason.EXPIRED
    if found.valid_from and latest < found.valid_from:
        yield RefusalReason.NOT_YET_VALID


def _of_person(connection: Connection, case: Case) -> Iterable[RefusalReason]:
    found, offer = case.found, case.found.offer
    if offer.personal and found.customer_id not in case.people:
        yield RefusalReason.OTHER_CUSTOMER
    if found.partner_id and is_own(connection, case):
        yield RefusalReason.OWN_CODE
    if found.is_counted_by_person and uses_of(connection, found.id, case.buyer, case.number, case.asking.now) >= (offer.uses_per_customer or 0):
        yield RefusalReason.CUSTOMER_LIMIT


def is_own(connection: Connection, case: Case) -> bool:
    """Whether the buyer is the partner whose code it is."""
    shopper = case.arrival.shopper
    it = partners.somebody(connection, case.people, shopper.email, shopper.address)
    return partners.partner_in_person(connection, case.found.partner_email, case.found.partner_customer_id).is_one_with(it)


def _of_order(case: Case) -> Iterable[RefusalReason]:
    offer, arrival = case.found.offer, case.arrival
    if (offer.kind is OfferKind.AMOUNT or offer.minimum_order_cents) and arrival.currency != offer.currency:
        yield RefusalReason.WRONG_CURRENCY
    elif _before(case) < offer.minimum_order_cents:
        yield RefusalReason.MINIMUM_NOT_REACHED
    if case.others and not all(one.offer.combinable for one in (case.found, *case.others)):
        yield RefusalReason.NOT_COMBINABLE


def _before(case: Case) -> int:
    """What the order may have cost at most before the discount, in cents: a total is what was paid."""
    offer, paid = case.found.offer, case.arrival.total_cents
    if offer.kind is OfferKind.AMOUNT:
        return paid + offer.value
    return -(-paid * _WHOLE // (_WHOLE - offer.value)) if offer.value < _WHOLE else offer.minimum_order_cents


def is_newcomer(connection: Connection, case: Case) -> bool:
    """Whether the buyer was a new customer; where there is a redemption already, from now on they are one no more."""
    arrival, buyer = case.arrival, case.buyer
    order = ThisOrder(arrival.source, arrival.order_ref, arrival.ordered_at, case.number)
    was = was_newcomer(connection, buyer.keys, case.number, case.asking.now) or has_ordered(connection, buyer, order)
    return (case.number is None or claims.claim(connection, buyer.keys, case.number, case.asking.now)) and not was
