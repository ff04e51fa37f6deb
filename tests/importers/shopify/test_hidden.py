"""Does an app that may not see enough stop before it stores half of it?"""

from typing import Any

import pytest

from campaigns.record import Kind
from importers.errors import HiddenPeople, MissingScope
from tests.importers.shopify import samples
from tests.importers.shopify.kept import LONG_AGO, NOON, Kept, entered
from tests.importers.shopify.scripted import Scripted, data
from tests.shops.shopify.server import MockShopify

pytestmark = pytest.mark.usefixtures("small_pages")


@pytest.mark.parametrize(("missing", "closed"), [("read_customers", (Kind.CUSTOMERS, Kind.ORDERS)), ("read_orders", (Kind.ORDERS, Kind.CARTS))])
@pytest.mark.parametrize("state", [{}, LONG_AGO])
def test_a_token_without_scope_is_told_what_it_lacks(mock: MockShopify, missing: str, closed: tuple[Kind, ...], state: dict[str, str]) -> None:
    mock.settings.scopes.remove(missing)
    with entered(mock) as shop:
        with pytest.raises(MissingScope, match=f"lacks {missing}"):
            shop.check(whole=False)
        for kind in closed:
            kept = Kept(states={kind: dict(state)})
            with pytest.raises(MissingScope):
                kept.run(shop, kind, mock.clock.now())
            assert (kept.records, kept.states) == ({}, {kind: state})


def test_the_check_is_one_request(mock: MockShopify) -> None:
    with entered(mock, fixed=True) as shop:
        info = shop.check(whole=True)
    assert (info.domain, info.warnings) == (mock.shop, ())
    assert mock.log.count() == 1


@pytest.mark.parametrize("state", [{}, LONG_AGO])
def test_hidden_names_stop_the_import_before_anything_is_overwritten(mock: MockShopify, state: dict[str, str]) -> None:
    kept = Kept(states={Kind.CUSTOMERS: dict(state)})
    mock.settings.level_2_access = False
    with pytest.raises(HiddenPeople, match="protected customer data"):
        kept.run_in(mock)
    assert (kept.records, kept.states) == ({}, {Kind.CUSTOMERS: state})
    mock.settings.level_2_access = True
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90


def subscriber(number: int) -> dict[str, Any]:
    return samples.customer(number, firstName=None, lastName=None, defaultAddress=None, numberOfOrders="0")


@pytest.mark.parametrize(
    ("customers", "hidden"),
    [
        ([subscriber(number) for number in range(1, 21)], False),
        ([subscriber(number) | {"numberOfOrders": "1"} for number in range(1, 5)], False),
        ([subscriber(number) | {"numberOfOrders": "1"} for number in range(1, 6)], True),
        ([subscriber(number) | {"defaultEmailAddress": None} for number in range(1, 7)], False),
        ([*(subscriber(number) | {"numberOfOrders": "1"} for number in range(1, 6)), samples.customer(9)], False),
    ],
    ids=["newsletter only", "four from the till", "five who have ordered", "six who take text messages alone", "one shows a name"],
)
def test_people_without_names_are_not_always_hidden(customers: list[dict[str, Any]], hidden: bool) -> None:
    page = data({"customers": {"nodes": customers, "pageInfo": {"hasNextPage": False, "endCursor": "a"}}})
    kept = Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)})
    with Scripted(page).shop() as shop:
        if hidden:
            with pytest.raises(HiddenPeople):
                kept.run(shop, Kind.CUSTOMERS, NOON)
        else:
            kept.run(shop, Kind.CUSTOMERS, NOON)
            assert len(kept.of(Kind.CUSTOMERS)) == len(customers)
