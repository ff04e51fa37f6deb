"""Who is the customer of this row?"""

import re
from datetime import datetime

from campaigns.customer import Customer, email_key
from campaigns.identity import real_number
from campaigns.objection import Objection, ObjectionChannel
from campaigns.rejection import RejectionReason
from importers.csv_file.addresses import address_of
from importers.csv_file.formats import Format
from importers.csv_file.keys import refuse_keyless
from importers.csv_file.rows import CustomerRow, Group
from importers.errors import BadRecord
from importers.persons import sex_and_title

_SEPARATOR = re.compile("[,;|]")


def customer(group: Group[CustomerRow], source: str, written: Format) -> tuple[Customer | Objection, ...]:
    """The customer, and the objection of one who has objected; a bad address comes along, since it is judged at selection.

    The source's own key is the shop system's id, else the customer number, else the e-mail address.
    Raises ``BadRecord`` (no_key, broken_row).
    """
    row = group.head
    number = real_number(row.customer_number)
    key = row.id or number or email_key(row.email)
    refuse_keyless(key, "the customer number or the e-mail address")
    if not (any(map(str.isdigit, key)) or row.email or row.last_name or row.name or row.company or row.street):
        raise BadRecord(RejectionReason.BROKEN_ROW, f'A row with nothing but "{key}" is no customer. Delete the line.')
    address = address_of(row, row.salutation)
    found = Customer(
        source,
        key,
        number=number,
        email=row.email,
        sex=sex_and_title(row.salutation)[0],
        address=address,
        language=row.language,
        registered_at=row.registered_at,
        tags=tuple(tag.strip() for tag in _SEPARATOR.split(row.tags) if tag.strip()),
    )
    if not row.objected_at:
        return (found,)
    received_at = row.objected_at if isinstance(row.objected_at, datetime) else None
    return Objection(source, ObjectionChannel.FILE, row.email, number or row.id, address, received_at), found
