"""Does the check before an import find what would make it fail, or worse, look complete?"""

from typing import Any

import pytest

from importers.errors import BrokenAnswer, MissingScope
from tests.importers.shopify.scripted import Scripted, data

ALL = ["read_customers", "read_orders", "read_all_orders"]


def installed(*scopes: str, **changes: Any) -> Scripted:
    shop = {
        "name": "Teeladen",
        "myshopifyDomain": "my-shop.myshopify.com",
        "ianaTimezone": "Europe/Berlin",
        "currencyCode": "EUR",
        "plan": {"publicDisplayName": "Basic"},
    }
    return Scripted(data({"currentAppInstallation": {"accessScopes": [{"handle": scope} for scope in scopes]}, "shop": shop | changes}))


def test_the_shop_says_who_it_is_in_one_request() -> None:
    mock = installed(*ALL)
    with mock.shop() as shop:
        info = shop.check(whole=True)
    assert (info.name, info.domain, info.timezone, info.currency, info.plan) == ("Teeladen", "my-shop.myshopify.com", "Europe/Berlin", "EUR", "Basic")
    assert (info.scopes, info.warnings) == (frozenset(ALL), ())
    assert len(mock.requests) == 1


@pytest.mark.parametrize(
    ("scopes", "names"),
    [(["read_orders"], "lacks read_customers. Give"), (["read_customers"], "lacks read_orders. Give"), ([], "lacks read_customers and read_orders. Give")],
)
@pytest.mark.parametrize("whole", [True, False])
def test_a_missing_scope_is_named(scopes: list[str], names: str, whole: bool) -> None:
    with installed(*scopes, "read_all_orders").shop() as shop, pytest.raises(MissingScope, match=names):
        shop.check(whole)


def test_who_may_write_may_read() -> None:
    with installed("write_customers", "write_orders", "read_all_orders").shop() as shop:
        assert shop.check(whole=True).warnings == ()


def test_the_60_day_wall_stops_a_whole_import() -> None:
    with (
        installed("read_customers", "read_orders").shop() as shop,
        pytest.raises(MissingScope, match="read_all_orders, so orders older than 60 days stay hidden"),
    ):
        shop.check(whole=True)


def test_the_60_day_wall_is_a_warning_for_what_changed_lately() -> None:
    with installed("read_customers", "read_orders").shop() as shop:
        [warning] = shop.check(whole=False).warnings
    assert "older than 60 days" in warning


def test_a_shop_that_does_not_say_who_it_is() -> None:
    with installed(*ALL, plan=None).shop() as shop, pytest.raises(BrokenAnswer, match=r"\(shop\.plan\)"):
        shop.check(whole=True)
