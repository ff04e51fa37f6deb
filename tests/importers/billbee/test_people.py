"""Who is a customer of Billbee's?"""

from typing import Any

import pytest

from campaigns.address import Address
from campaigns.customer import Customer
from campaigns.rejection import RejectionReason
from importers.billbee.people import email_of, to_customer
from importers.errors import BadRecord
from tests.importers.billbee.test_addresses import CUSTOMER

ROW = {"Id": 100000150176895, "Name": "Ida Groß", "Email": "ida@example.com", "Number": 1, "Type": 0}


def test_a_customer_has_the_id_as_key_and_the_number_as_number() -> None:
    address = Address("Teehaus GmbH", "", "Ida", "Groß", "z. Hd. Einkauf, 2. OG", "Am Anger 3 a", "01067", "Dresden", "DE")
    assert to_customer(ROW, CUSTOMER, "billbee") == Customer("billbee", "100000150176895", "1", "ida@example.com", address=address)


@pytest.mark.parametrize("number", [None, 0, ""])
def test_without_a_number_there_is_none(number: object) -> None:
    assert to_customer({**ROW, "Number": number}, CUSTOMER, "billbee").number == ""


def test_without_an_address_only_the_address_is_missing() -> None:
    found = to_customer(ROW, {}, "billbee")
    assert (found.address, found.email) == (Address(), "ida@example.com")


def test_an_archived_customer_is_a_customer() -> None:
    assert to_customer({**ROW, "ArchivedAt": "2024-01-01T00:00:00"}, CUSTOMER, "billbee") == to_customer(ROW, CUSTOMER, "billbee")


@pytest.mark.parametrize(("kind", "name"), [(0, ("", "Dr.", "Karla", "Klein")), (1, ("Dr. Karla Klein", "", "", ""))])
def test_who_has_no_name_in_the_address_is_called_as_the_customer_is(kind: int, name: tuple[str, ...]) -> None:
    nameless = {**CUSTOMER, "FirstName": None, "LastName": "", "Company": "-"}
    address = to_customer({**ROW, "Name": "Dr. Karla Klein", "Type": kind}, nameless, "billbee").address
    assert (address.company, address.title, address.first_name, address.last_name) == name


@pytest.mark.parametrize("key", [None, 0, ""])
def test_without_an_id_there_is_nothing_to_tell_by(key: object) -> None:
    with pytest.raises(BadRecord) as refused:
        to_customer({**ROW, "Id": key}, CUSTOMER, "billbee")
    assert refused.value.reason is RejectionReason.NO_KEY


def test_an_address_in_the_wrong_encoding_is_rejected() -> None:
    with pytest.raises(BadRecord, match="correct it in Billbee") as refused:
        to_customer(ROW, {**CUSTOMER, "Street": "KÃ¶nigsweg"}, "billbee")
    assert refused.value.reason is RejectionReason.BROKEN_ENCODING


@pytest.mark.parametrize(
    ("customer", "others", "email"),
    [
        ({"Email": "a@example.com"}, ({"Email": "b@example.com"},), "a@example.com"),
        ({"Email": None, "DefaultMailAddress": {"Value": "c@example.com"}}, (), "c@example.com"),
        ({"Email": ""}, ({}, {"Email": "b@example.com"}), "b@example.com"),
        ({"Email": "keine"}, ({"Email": "b@example.com"},), "b@example.com"),
        ({"Email": "***@***.de"}, (), ""),
        ({"Email": "anonymized@billbee.example"}, (), ""),
        ({"Email": "deleted-4711@example.com"}, (), ""),
        ({}, (), ""),
    ],
)
def test_emails(customer: dict[str, Any], others: tuple[dict[str, Any], ...], email: str) -> None:
    assert email_of(customer, *others) == email


def test_what_no_index_could_hold_says_nothing() -> None:
    """Else one record of three million characters would stop every batch that it is in."""
    long = "x" * 3_000_000
    found = to_customer({**ROW, "Number": long, "Email": f"{long}@example.com"}, {**CUSTOMER, "Zip": long, "Street": long}, "billbee")
    assert (found.number, found.address.postcode, found.source_id) == ("", "", "100000150176895")
    assert "@" not in found.email or len(found.email) < 255
    with pytest.raises(BadRecord):
        to_customer({**ROW, "Id": long}, CUSTOMER, "billbee")
