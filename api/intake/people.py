"""What does a customer or an objection look like in JSON, and which record of ours does it become?"""

from abc import abstractmethod
from typing import Annotated, Any, ClassVar

from babel import Locale
from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.intake.fields import Code, Day, Email, Key, Moment, Text, wrong
from campaigns import address, coupon, customer, objection
from campaigns.countries import is_known
from campaigns.profile import GUEST
from campaigns.record import Record
from store.tombstones import ERASED

_EN = Locale("en")
COUNTRIES = frozenset(code for code in map(str, _EN.territories) if is_known(code))
LANGUAGES = frozenset(code for code in map(str, _EN.languages) if len(code) == 2)
RESERVED = (GUEST, ERASED)
"""Beginnings of keys that the store gives to people by itself."""

Line = Annotated[str, Text(100, on_paper=True)]
Number = Annotated[str, Key(100, needed=False)]
Mailbox = Annotated[str, Email()]
Instant = Annotated[Any, Moment()]


class Part(BaseModel):
    """A part of a record; null is as good as leaving a field out, an unknown field is refused."""

    model_config = ConfigDict(extra="forbid")


class IntakeRecord(Part):
    """One record of a batch; ``key_field`` holds what it goes by in answers and in lists of rejections."""

    key_field: ClassVar[str] = "id"

    @abstractmethod
    def to_record(self, source: str) -> Record:
        """The record as the importers of ``source`` would have made it."""


ADDRESS_EXAMPLE: dict[str, Any] = {
    "first_name": "Anna",
    "last_name": "Müller",
    "street": "Lindenallee 12",
    "postcode": "04109",
    "town": "Leipzig",
    "country": "DE",
}
CUSTOMER_EXAMPLE: dict[str, Any] = {
    "id": "5016",
    "number": "K-1001",
    "email": "anna.mueller@mail.example",
    "sex": "f",
    "address": ADDRESS_EXAMPLE,
    "language": "de",
    "registered_at": "2024-03-01T10:00:00+01:00",
    "tags": ["tea club"],
    "changed_at": "2026-11-20T08:15:30Z",
}
OBJECTION_EXAMPLE: dict[str, Any] = {"email": "anna.mueller@mail.example", "received_at": "2026-11-21T17:40:00+01:00"}
COUPON_EXAMPLE: dict[str, Any] = {"code": "TEE-7Q4KM", "offer": "ten-percent", "email": "anna.mueller@mail.example", "valid_until": "2027-03-31"}


class AddressRecord(Part):
    """A mailing address part by part, as it may stand on an envelope."""

    model_config = ConfigDict(json_schema_extra={"examples": [ADDRESS_EXAMPLE]})

    company: Line | None = None
    title: Annotated[Line | None, Field(description="Academic title, like Dr.")] = None
    first_name: Line | None = None
    last_name: Line | None = None
    addition: Annotated[Line | None, Field(description="What comes before the street: c/o, floor, Packstation number")] = None
    street: Annotated[Line | None, Field(description="With the house number")] = None
    postcode: Annotated[Annotated[str, Text(20, on_paper=True)] | None, Field(description="As text: a number would lose its leading zero")] = None
    town: Line | None = None
    country: Annotated[Annotated[str, Code(COUNTRIES, 'an ISO 3166 country code in capitals, like "DE"')] | None, Field(description="ISO 3166 alpha-2")] = None


class CustomerRecord(IntakeRecord):
    """A person who has an account, or has ordered. Fields that are left out never overwrite what is known."""

    model_config = ConfigDict(json_schema_extra={"examples": [CUSTOMER_EXAMPLE]})

    id: Annotated[Annotated[str, Key()], Field(description="Your own key of the customer: it never changes, and names nobody else")]
    number: Annotated[Number | None, Field(description="Customer number as you print it")] = None
    email: Annotated[Mailbox | None, Field(description="Two records with one e-mail address are one person")] = None
    sex: Annotated[Annotated[str, Code(("", "f", "m"), '"f", "m" or ""')] | None, Field(description="For the salutation and nothing else")] = None
    address: Annotated[AddressRecord | None, Field(description="Taken over whole, as soon as it names a street")] = None
    language: Annotated[Annotated[str, Code(LANGUAGES, 'an ISO 639-1 language code, like "de"')] | None, Field(description="ISO 639-1")] = None
    registered_at: Annotated[Instant | None, Field(description="RFC 3339, with offset")] = None
    tags: Annotated[list[Line] | None, Field(max_length=250)] = None
    changed_at: Annotated[Instant | None, Field(description="When the record last changed: an older one never overwrites a newer one")] = None

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, key: str) -> str:
        if key.startswith(RESERVED):
            raise wrong(f"must not begin with {' or '.join(RESERVED)}: those keys are ours.")
        return key

    def to_record(self, source: str) -> customer.Customer:
        """The domain's customer."""
        return customer.Customer(
            source=source,
            source_id=self.id,
            number=self.number or "",
            email=self.email or "",
            sex=customer.Sex(self.sex or ""),
            address=to_address(self.address),
            language=self.language or "",
            registered_at=self.registered_at,
            tags=tuple(tag for tag in self.tags or () if tag),
            changed_at=self.changed_at,
        )


class ObjectionRecord(IntakeRecord):
    """Somebody who wants no advertising (Art. 21 GDPR): by e-mail, by customer number, or by full name and address; the person need not be known yet."""

    model_config = ConfigDict(json_schema_extra={"examples": [OBJECTION_EXAMPLE]})
    key_field = "customer_number"

    email: Mailbox | None = None
    customer_number: Annotated[Number | None, Field(description="Customer number, or your own key of the customer")] = None
    address: Annotated[AddressRecord | None, Field(description="First and last name, street and postcode are needed")] = None
    received_at: Annotated[Instant | None, Field(description="RFC 3339, with offset; left out: now")] = None

    def to_record(self, source: str) -> objection.Objection:
        """The domain's objection."""
        person = to_address(self.address)
        return objection.Objection(source, objection.ObjectionChannel.API, self.email or "", self.customer_number or "", person, self.received_at)


class CouponRecord(IntakeRecord):
    """A code that you made yourself, under an offer saved here; for one person if it names one, else for anybody."""

    model_config = ConfigDict(json_schema_extra={"examples": [COUPON_EXAMPLE]})
    key_field = "code"

    code: Annotated[str, Text(255, needed=True, on_paper=True)]
    offer: Annotated[Annotated[str, Text(100, needed=True)], Field(description="Slug of the offer whose terms hold")]
    email: Mailbox | None = None
    customer_number: Annotated[Number | None, Field(description="Customer number, or your own key of the customer")] = None
    valid_until: Annotated[Annotated[Any, Day()] | None, Field(description="Last day; left out: as many days from today as the offer says")] = None

    def to_record(self, source: str) -> coupon.CouponRecord:
        """The domain's coupon."""
        return coupon.CouponRecord(source, self.code, self.offer, self.email or "", self.customer_number or "", self.valid_until)


def to_address(given: AddressRecord | None) -> address.Address:
    """The domain's address; what was not given is empty."""
    return address.Address(**{name: getattr(given, name) or "" for name in AddressRecord.model_fields}) if given else address.Address()
