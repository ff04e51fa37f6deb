"""Who stands on this list: of people who object to our advertising, or to anybody's (Robinson list)?"""

from datetime import datetime

from campaigns.identity import person_key
from campaigns.objection import Objection, ObjectionChannel, RobinsonEntry
from campaigns.rejection import RejectionReason
from importers.csv_file.addresses import address_of
from importers.csv_file.formats import Format
from importers.csv_file.rows import Group, ListedRow
from importers.errors import BadRecord


def objection(group: Group[ListedRow], source: str, written: Format) -> tuple[Objection]:
    """The objection of a row; without a date it came in today.

    Raises ``BadRecord``: broken_row for a row that says "no", no_key for one that names nobody.
    """
    row = group.head
    if row.objected_at is False or (row.objected_at is None and not written.is_list):
        raise BadRecord(RejectionReason.BROKEN_ROW, "By its own words this row is no objection. If it is one, give the date; else delete the line.")
    address = address_of(row, row.salutation)
    number = row.customer_number or row.id
    if not (row.email or number or person_key(address)):
        raise BadRecord(RejectionReason.NO_KEY, "This names nobody: give the e-mail address, the customer number, or the full name with street and postcode.")
    return (Objection(source, ObjectionChannel.FILE, row.email, number, address, row.objected_at if isinstance(row.objected_at, datetime) else None),)


def robinson_entry(group: Group[ListedRow], source: str, written: Format) -> tuple[RobinsonEntry]:
    """The person of a row. Raises ``BadRecord`` (no_key) when there is too little to tell them by."""
    address = address_of(group.head, group.head.salutation)
    if not person_key(address):
        raise BadRecord(RejectionReason.NO_KEY, "This names nobody: give first and last name, street and postcode.")
    return (RobinsonEntry(source, address),)
