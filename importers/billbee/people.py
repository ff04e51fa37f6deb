"""Who is the customer of this record of Billbee's?"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from campaigns.address import Address
from campaigns.customer import Customer
from campaigns.rejection import RejectionReason
from importers.billbee.addresses import is_damaged, is_hidden, to_address
from importers.billbee.fields import LONGEST_KEY, first_said, identity, part, said
from importers.errors import BadRecord
from importers.persons import split_name

_BUSINESS = "1"
"""Customer.Type: 0 is a consumer, 1 a business."""


def to_customer(row: Mapping[str, Any], address: Mapping[str, Any], source: str, language: str = "", changed_at: datetime | None = None) -> Customer:
    """The customer of a record of ``/customers`` (or of one within an order) and of the address that goes with it, {} for none.

    Billbee knows no salutation, no birthday, no consent and no date of registration. An archived customer is a customer:
    archived means read-only (Swagger: "Further modification is disabled"), which Billbee does to all that is old.
    Raises ``BadRecord`` (no_key, broken_encoding).
    """
    key = identity(row.get("Id"))
    if not key:
        raise BadRecord(RejectionReason.NO_KEY, "A customer without Id: look at this customer in Billbee.")
    lives_at = to_address(address)
    name = said(row.get("Name"))
    if lives_at.street and not (lives_at.name or lives_at.company):
        lives_at = _named(lives_at, name, said(row.get("Type")) == _BUSINESS)
    if is_damaged(lives_at):
        raise BadRecord(RejectionReason.BROKEN_ENCODING, "The address has letters in the wrong encoding (Ã¼ for ü): correct it in Billbee.")
    return Customer(source, key, number_of(row), email_of(row, address), address=lives_at, language=language, changed_at=changed_at)


def number_of(row: Mapping[str, Any]) -> str:
    """The customer number (Kundennummer); empty where there is none."""
    return identity(row.get("Number"))


def email_of(customer: Mapping[str, Any], *others: Mapping[str, Any]) -> str:
    """The customer's e-mail address, else the first one of ``others`` (addresses, buyer); empty for one that was made anonymous.

    People are told apart by it: one placeholder for all would make them one person.
    """
    written = [said(customer.get("Email")), said(part(customer, "DefaultMailAddress").get("Value")), *(first_said(other, "Email") for other in others)]
    possible = (email for email in written if "@" in email and len(email) <= LONGEST_KEY)
    return next((email for email in possible if not is_hidden(email.partition("@")[0]) and " " not in email), "")


def _named(address: Address, name: str, is_business: bool) -> Address:
    if not name or is_hidden(name):
        return address
    if is_business:
        return replace(address, company=name)
    title, first, last = split_name(name)
    return replace(address, title=title, first_name=first, last_name=last)
