"""What may the tests of the mock's parts ask for?"""

from collections.abc import Iterator

import pytest

from tests.shops.shopify.client import Shops, open_shops


@pytest.fixture
def shop() -> Iterator[Shops]:
    """Starts a shop: ``shop(customers=5)`` gives a client of it."""
    with open_shops() as start:
        yield start
