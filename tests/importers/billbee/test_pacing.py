"""Does the importer stay below Billbee's rates by itself?"""

from itertools import pairwise

from campaigns.record import Kind
from importers.billbee import STREAMS, Account
from importers.billbee.pacing import Pacer
from tests.importers.billbee.runs import account_of, orders, run
from tests.shops.billbee import faults
from tests.shops.billbee.server import MockBillbee
from tests.shops.shopify.clock import Clock


def _paced(*endpoints: str) -> list[float]:
    clock = Clock()
    start, gone = clock.now(), []
    pacer = Pacer(clock.sleep, lambda: clock.now().timestamp())
    for endpoint in endpoints:
        pacer.pass_by(endpoint)
        gone.append(round((clock.now() - start).total_seconds(), 3))
    return gone


def test_one_endpoint_is_asked_twice_a_second() -> None:
    assert _paced("orders", "orders", "orders", "orders") == [0.0, 0.5, 1.0, 1.5]


def test_all_endpoints_together_are_asked_ten_times_a_second() -> None:
    assert _paced(*(str(number) for number in range(12))) == [round(number / 10, 1) for number in range(12)]


def test_who_has_waited_long_enough_goes_at_once() -> None:
    clock = Clock()
    pacer = Pacer(clock.sleep, lambda: clock.now().timestamp())
    pacer.pass_by("orders")
    clock.advance(0.6)
    pacer.pass_by("orders")
    assert clock.pauses == []


def test_a_whole_import_is_never_told_off() -> None:
    with MockBillbee(customers=120, orders=200) as mock, account_of(mock, page_size=20) as account:
        account.check()
        for kind in STREAMS:
            run(account, kind, mock.clock.now())
        assert set(mock.statuses()) == {200}
        assert mock.count() > 20


def test_retries_are_paced_too(billbee: MockBillbee, account: Account) -> None:
    billbee.next(faults.status(503), times=3)
    account.check()
    times = [asked.at for asked in billbee.log]
    assert all(later - earlier >= 0.49 for earlier, later in pairwise(times))


def test_a_second_importer_on_the_same_account_costs_patience_and_no_records(billbee: MockBillbee) -> None:
    """Two keys of one user share the rates: 429 comes in spite of all pacing."""
    with account_of(billbee, page_size=10) as account:
        expected = orders(run(account, Kind.ORDERS, billbee.clock.now()))
        for after in range(1, 30, 2):
            billbee.next(faults.too_many("1"), times=2, endpoint="orders", after=after)
        assert orders(run(account, Kind.ORDERS, billbee.clock.now())) == expected
    assert billbee.statuses()[429] > 5
