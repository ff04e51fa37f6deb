"""Who is the customer of this row?"""

from datetime import datetime
from typing import NamedTuple

from campaigns.address import Address
from campaigns.customer import Customer, email_key
from campaigns.rejection import RejectionReason
from importers.csv_file.keys import refuse_keyless
from importers.csv_file.persons import sex_and_title
from importers.csv_file.reading import Fault
from importers.errors import BadRecord


class CustomerRow(NamedTuple):
    """A row of a customers file, parsed."""

    position: int
    fault: Fault | None
    id: str
    customer_number: str
    email: str
    salutation: str
    title: str
    first_name: str
    last_name: str
    company: str
    street: str
    house_number: str
    addition: str
    postcode: str
    town: str
    country: str
    language: str
    registered_at: datetime | None


def key_of(group: list[CustomerRow]) -> str:
    """The source's own key: the shop system's id, else the customer number, else the e-mail address."""
    row = group[0]
    return row.id or row.customer_number or email_key(row.email)


def same(first: CustomerRow, row: CustomerRow) -> bool:
    """A customer has one row."""
    return False


def customer(group: list[CustomerRow], source: str) -> Customer:
    """The customer; a bad address comes along, since it is judged at selection.

    Raises ``BadRecord`` (that of a faulty cell, no_key, broken_row).
    """
    row, key = group[0], key_of(group)
    refuse_keyless(key, "the customer number or the e-mail address")
    if not (any(map(str.isdigit, key)) or row.email or row.last_name or row.company or row.street):
        raise BadRecord(RejectionReason.BROKEN_ROW, f'A row with nothing but "{key}" is no customer. Delete the line.')
    sex, title = sex_and_title(row.salutation)
    return Customer(
        source,
        key,
        number=row.customer_number,
        email=row.email,
        sex=sex,
        address=Address(
            company=row.company,
            title=row.title or title,
            first_name=row.first_name,
            last_name=row.last_name,
            addition=row.addition,
            street=" ".join(part for part in (row.street, row.house_number) if part),
            postcode=row.postcode,
            town=row.town,
            country=row.country,
        ),
        language=row.language,
        registered_at=row.registered_at,
    )
