"""Does trouble of the network or the shop pass unseen, or end in words that say what to do, and never in a watermark that has moved?"""

import pytest

from campaigns.record import Kind
from importers.errors import (
    BrokenAnswer,
    MissingScope,
    ShopFrozen,
    ShopRefused,
    ShopUnreachable,
    UnknownShop,
    WrongApiVersion,
    WrongCredentials,
)
from tests.importers.shopify.kept import LONG_AGO, Kept, entered
from tests.shops.shopify.faults import DOWNLOAD, Fault
from tests.shops.shopify.server import MockShopify

pytestmark = pytest.mark.usefixtures("small_pages")


@pytest.mark.parametrize("state", [{}, LONG_AGO])
@pytest.mark.parametrize(
    "fault",
    [
        Fault.THROTTLED,
        Fault.INTERNAL_ERROR,
        Fault.TOO_MANY_REQUESTS,
        Fault.SERVER_ERROR,
        Fault.BAD_GATEWAY,
        Fault.UNAVAILABLE,
        Fault.HUNG_UP,
        Fault.UNAUTHORIZED,
    ],
)
def test_trouble_that_passes_is_not_seen_in_the_records(mock: MockShopify, fault: Fault, state: dict[str, str]) -> None:
    kept = Kept(states={Kind.CUSTOMERS: dict(state)})
    mock.faults.next(fault, after=2)
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90


@pytest.mark.parametrize("fault", [Fault.SERVER_ERROR, Fault.HUNG_UP, Fault.TOO_MANY_REQUESTS])
def test_a_download_that_fails_twice_is_begun_again(mock: MockShopify, fault: Fault) -> None:
    kept = Kept()
    mock.faults.next(fault, times=2, operation=DOWNLOAD)
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90
    assert mock.log.count(DOWNLOAD) == 3


def test_a_token_that_ends_in_the_middle_is_exchanged(mock: MockShopify) -> None:
    kept = Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)})
    mock.settings.token_seconds = 1_000_000
    mock.faults.next(Fault.UNAUTHORIZED, operation="Customers", after=2)
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90
    assert mock.tokens.issued == 2


def test_a_bulk_operation_may_outlive_many_tokens(mock: MockShopify) -> None:
    mock.settings.token_seconds, mock.settings.bulk_polls = 600, 60
    kept = Kept()
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90
    assert mock.tokens.issued >= 3
    assert not [asked for asked in mock.log.requests if asked.status == 401]


STAYS: list[tuple[Fault, type[Exception], str]] = [
    (Fault.FROZEN, ShopFrozen, "mock-shop.myshopify.com is frozen for an unpaid bill"),
    (Fault.LOCKED, ShopFrozen, "is locked"),
    (Fault.FORBIDDEN, ShopRefused, "forbids this app"),
    (Fault.NOT_FOUND, UnknownShop, "There is no shop mock-shop.myshopify.com"),
    (Fault.UNAUTHORIZED, WrongCredentials, "install it again"),
    (Fault.ACCESS_DENIED, MissingScope, "`read_customers` access scope"),
    (Fault.NOT_JSON, BrokenAnswer, "something else than JSON"),
    (Fault.CUT_JSON, BrokenAnswer, "something else than JSON"),
    (Fault.UNAVAILABLE, ShopUnreachable, "8 attempts"),
    (Fault.HUNG_UP, ShopUnreachable, "8 attempts"),
    (Fault.INTERNAL_ERROR, ShopUnreachable, "8 attempts"),
    (Fault.THROTTLED, ShopUnreachable, "8 attempts"),
]


@pytest.mark.parametrize(("fault", "kind", "says"), STAYS)
def test_trouble_that_stays_ends_in_words_and_the_next_run_goes_on(mock: MockShopify, fault: Fault, kind: type[Exception], says: str) -> None:
    """It begins with the third page: two are stored, and their watermark with them."""
    kept = Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)})
    mock.faults.always(fault, operation="Customers", after=2)
    with pytest.raises(kind, match=says):
        kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 40
    assert kept.states[Kind.CUSTOMERS] == kept.batches[1].state != LONG_AGO
    mock.faults.clear()
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90


@pytest.mark.parametrize(("fault", "kind", "says"), STAYS)
def test_trouble_that_stays_leaves_a_bulk_operation_to_the_next_run(mock: MockShopify, fault: Fault, kind: type[Exception], says: str) -> None:
    kept = Kept()
    mock.faults.always(fault, operation="PollBulk", after=1)
    with pytest.raises(kind, match=says if fault is not Fault.ACCESS_DENIED else "access"):
        kept.run_in(mock)
    assert kept.records == {}
    assert "watermark" not in kept.states[Kind.CUSTOMERS]
    mock.faults.clear()
    kept.run_in(mock)
    assert len(kept.of(Kind.CUSTOMERS)) == 90


def test_a_version_that_fell_forward_imports_nothing(mock: MockShopify) -> None:
    mock.settings.versions = ("2027-01", "2027-04")
    with entered(mock) as shop:
        with pytest.raises(WrongApiVersion, match="asked by API version 2026-10 and answered by 2027-01"):
            shop.check(whole=False)
        kept = Kept(states={Kind.CUSTOMERS: dict(LONG_AGO)})
        with pytest.raises(WrongApiVersion):
            kept.run(shop, Kind.CUSTOMERS, mock.clock.now())
    assert (kept.records, kept.states) == ({}, {Kind.CUSTOMERS: LONG_AGO})
