"""Does somebody want no letters?"""

from datetime import datetime

from sqlalchemy import CTE, ColumnElement, and_, or_

from store.audience.probing import there_is
from store.robinson import HOLDS
from store.schema import objections, robinson


def objected(person: CTE) -> ColumnElement[bool]:
    """To us: in person, by mailbox, or by name and address."""
    return or_(
        there_is(objections, objections.c.customer_id == person.c.id),
        and_(person.c.email_hash.is_not(None), there_is(objections, objections.c.email_hash == person.c.email_hash)),
        and_(person.c.address_hash.is_not(None), there_is(objections, objections.c.address_hash == person.c.address_hash)),
    )


def is_on_robinson_list(person: CTE, now: datetime) -> ColumnElement[bool]:
    """To everybody whose customer they are not."""
    return there_is(robinson, robinson.c.address_hash == person.c.address_hash, robinson.c.listed_at > now - HOLDS)
