"""Who does not want advertising, and how did we hear of it?"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from campaigns.address import Address

AT_THE_DESK = "desk"
"""The source of what is filed at the desk: it is no shop, and the customer numbers that people give there may be of any."""


class ObjectionChannel(StrEnum):
    """Where an objection came in."""

    LETTER = "letter"
    """The public page behind the letter's second code."""
    DESK = "desk"
    API = "api"
    FILE = "file"
    SHOP = "shop"


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection to advertising (Werbewiderspruch, Art. 21 GDPR) as a list or a shop names it; the person need not be known yet.

    The person is named by e-mail, by customer number, by full name and address, or by several of them.
    """

    source: str
    channel: ObjectionChannel
    email: str = ""
    customer_number: str = ""
    address: Address = Address()
    received_at: datetime | None = None
    """None means now."""


@dataclass(frozen=True, slots=True)
class RobinsonEntry:
    """One line of the Robinson list: a person who wants no advertising from anybody whose customer they are not."""

    source: str
    address: Address
