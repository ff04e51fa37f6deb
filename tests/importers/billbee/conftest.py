"""What the Billbee tests can ask for: a Billbee on loopback, and an account in it."""

from collections.abc import Iterator

import pytest

from importers.billbee import Account
from tests.importers.billbee.runs import account_of
from tests.shops.billbee.server import MockBillbee


@pytest.fixture
def billbee() -> Iterator[MockBillbee]:
    """Thirty customers and sixty orders; in the end nobody has asked or answered what the Swagger file does not know."""
    with MockBillbee(customers=30, orders=60) as mock:
        yield mock
    assert mock.violations == []


@pytest.fixture
def account(billbee: MockBillbee) -> Iterator[Account]:
    """Lives by the clock of its Billbee: nobody waits for real."""
    with account_of(billbee) as found:
        yield found
