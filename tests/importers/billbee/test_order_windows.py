"""Is every order read once, whenever the run breaks off, whatever the shop does meanwhile?"""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaigns.customer import Customer
from campaigns.order import Order
from campaigns.record import Kind
from campaigns.rejection import RejectionReason
from importers.batch import Batch
from importers.billbee import Account, fetch, order_windows
from importers.billbee.purchases import to_order
from importers.errors import ShopUnreachable, WrongClock
from tests.importers.billbee.runs import SOURCE, account_of, customers, orders, records, run, state_after
from tests.shops.billbee import faults
from tests.shops.billbee.server import MockBillbee
from tests.shops.billbee.world import World

HOUR = timedelta(hours=1)
ORDERINGS = ("-CreatedAt", "CreatedAt", "BillBeeOrderId", "LastModifiedAt", "-LastModifiedAt")


def expected(world: World) -> dict[str, Order]:
    """What the importer should know in the end."""
    rows = json.loads(json.dumps(list(world.orders.values())), parse_float=Decimal)
    found = [to_order(row, SOURCE) for row in rows]
    return {order.source_id: order for order in found}


@pytest.fixture
def small_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twelve orders in a window at the most."""
    monkeypatch.setattr(order_windows, "MOST", 12)


def test_the_first_run_brings_everything_and_the_state_is_its_end(billbee: MockBillbee, account: Account) -> None:
    until = billbee.clock.now()
    batches = run(account, Kind.ORDERS, until)
    assert orders(batches) == expected(billbee.world)
    assert state_after(batches) == {"upto": until.isoformat()}
    assert [batch.share for batch in batches] == [1.0]
    assert billbee.count() == 1


def test_records_know_where_they_stood(billbee: MockBillbee) -> None:
    billbee.next(faults.with_row(2, CreatedAt=None))
    with account_of(billbee, page_size=25) as account:
        batches = run(account, Kind.ORDERS, billbee.clock.now())
    positions = [position for batch in batches for record, position in zip(batch.records, batch.positions, strict=True) if isinstance(record, Order)]
    rejected = [rejection for batch in batches for rejection in batch.rejections]
    assert sorted([*positions, *(rejection.position for rejection in rejected)]) == list(range(1, 61))
    assert [(rejection.position, rejection.reason) for rejection in rejected] == [(3, RejectionReason.BAD_DATE)]
    assert rejected[0].key.startswith("B-")


def test_a_row_that_is_no_order_is_rejected_and_the_rest_goes_on(billbee: MockBillbee, account: Account) -> None:
    rows = list(account.page("orders", 1, {"modifiedAtMax": "2026-11-01T12:00:00+00:00"}).rows)
    billbee.next(faults.changed(Data=[*rows[:59], "?"]))
    (batch,) = run(account, Kind.ORDERS, billbee.clock.now())
    assert len(orders([batch])) == 59
    assert [(rejection.position, rejection.reason) for rejection in batch.rejections] == [(60, RejectionReason.MALFORMED)]


def test_an_id_beyond_64_bits_is_kept_to_the_last_digit(billbee: MockBillbee, account: Account) -> None:
    billbee.next(faults.with_row(0, BillBeeOrderId=2**64), endpoint="orders")
    billbee.next(faults.with_row(1, BillBeeOrderId=str(2**64 + 1)), endpoint="orders")
    assert "18446744073709551616" in orders(run(account, Kind.ORDERS, billbee.clock.now()))
    assert "18446744073709551617" in orders(run(account, Kind.ORDERS, billbee.clock.now()))


def test_a_later_run_asks_for_what_was_changed_and_for_the_three_hours_before(billbee: MockBillbee, account: Account) -> None:
    first = billbee.clock.now()
    state = state_after(run(account, Kind.ORDERS, first))
    billbee.clock.advance(3600)
    new, touched = billbee.world.add_order(), next(iter(billbee.world.orders))
    billbee.world.change_order(touched, State=8)
    billbee.clock.advance(3600)
    batches = run(account, Kind.ORDERS, billbee.clock.now(), state)
    latest = [asked for asked in billbee.log if asked.endpoint == "orders"][-1].parameters
    assert latest["modifiedAtMin"] == (first - 3 * HOUR).isoformat()
    assert latest["modifiedAtMax"] == (first + 2 * HOUR).isoformat()
    assert latest["pageSize"] == "250"
    assert latest["articleTitleSource"] == "0"
    assert {str(new), str(touched)} <= set(orders(batches)) < set(expected(billbee.world))
    assert billbee.count("orders") == 2
    assert state_after(batches, state) == {"upto": billbee.clock.now().isoformat()}


def test_a_run_without_news_moves_the_watermark_and_costs_one_request() -> None:
    with MockBillbee() as mock, account_of(mock) as account:
        state = state_after(run(account, Kind.ORDERS, mock.clock.now()))
        mock.clock.advance(86_400)
        batches = run(account, Kind.ORDERS, mock.clock.now(), state)
        assert records(batches) == []
        assert state_after(batches) == {"upto": mock.clock.now().isoformat()}
        assert mock.count() == 2


def test_a_clock_that_was_set_back_does_not_set_the_watermark_back(billbee: MockBillbee, account: Account) -> None:
    until = billbee.clock.now()
    state = state_after(run(account, Kind.ORDERS, until))
    assert state_after(run(account, Kind.ORDERS, until - HOUR, state), state) == state
    with pytest.raises(WrongClock, match="Set this machine's clock right"):
        run(account, Kind.ORDERS, until - timedelta(days=9), state)


@pytest.mark.parametrize("ahead", [4 * HOUR, timedelta(days=365)])
def test_a_clock_that_was_ahead_once_hides_no_later_change(billbee: MockBillbee, account: Account, ahead: timedelta) -> None:
    state = state_after(run(account, Kind.ORDERS, billbee.clock.now() + ahead))
    assert state == {"upto": billbee.clock.now().replace(microsecond=0).isoformat()}
    billbee.clock.advance(1800)
    touched = next(iter(billbee.world.orders))
    billbee.world.change_order(touched, State=8)
    billbee.clock.advance(86_400)
    assert str(touched) in orders(run(account, Kind.ORDERS, billbee.clock.now(), state))


@pytest.mark.parametrize("ours", [timedelta(0), timedelta(days=400)])
def test_a_watermark_from_the_future_is_an_error_and_no_empty_success(billbee: MockBillbee, account: Account, ours: timedelta) -> None:
    state = {"upto": (billbee.clock.now() + timedelta(days=365)).isoformat()}
    with pytest.raises(WrongClock, match="import everything once more"):
        run(account, Kind.ORDERS, billbee.clock.now() + ours, state)


@pytest.mark.usefixtures("small_windows")
def test_a_long_history_is_read_in_windows_of_which_none_is_too_large(billbee: MockBillbee, account: Account) -> None:
    until = billbee.clock.now()
    batches = run(account, Kind.ORDERS, until)
    assert orders(batches) == expected(billbee.world)
    assert max(len(batch.records) for batch in batches) <= 12 + 60 // 12
    shares = [batch.share or 0.0 for batch in batches]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len({batch.state["upto"] for batch in batches if batch.state}) == len(batches) > 5
    assert billbee.count() <= 2 * len(batches)


@pytest.mark.usefixtures("small_windows")
def test_each_window_begins_where_the_one_before_ended(billbee: MockBillbee, account: Account) -> None:
    """Newer than its begin, not newer than its end: nothing falls between two of them."""
    batches = run(account, Kind.ORDERS, billbee.clock.now())
    asked = {(one.parameters.get("modifiedAtMin"), one.parameters["modifiedAtMax"]) for one in billbee.log}
    ends = [None, *(batch.state["upto"] for batch in batches if batch.state)]
    assert set(pairwise(ends)) <= asked


def test_orders_that_were_all_changed_within_an_hour_are_one_window(billbee: MockBillbee, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order_windows, "MOST", 12)
    for key in billbee.world.orders:
        billbee.world.change_order(key)
    billbee.clock.advance(10)
    with account_of(billbee, page_size=7) as account:
        assert orders(run(account, Kind.ORDERS, billbee.clock.now())) == expected(billbee.world)
    assert billbee.count() < 60


@pytest.mark.usefixtures("small_windows")
@pytest.mark.parametrize("page_size", [5, 250])
def test_a_run_that_breaks_off_anywhere_goes_on_to_the_same_end(billbee: MockBillbee, page_size: int) -> None:
    until = billbee.clock.now()
    with account_of(billbee, page_size) as account:
        undisturbed = run(account, Kind.ORDERS, until)
        whole = billbee.count()
        for stored in range(len(undisturbed)):
            before = undisturbed[:stored]
            asked = billbee.count()
            after = run(account, Kind.ORDERS, until, state_after(before))
            assert orders([*before, *after]) == orders(undisturbed)
            assert customers([*before, *after]) == customers(undisturbed)
            assert state_after(after, state_after(before)) == state_after(undisturbed)
            if stored > len(undisturbed) / 2:
                assert billbee.count() - asked < whole


@pytest.mark.usefixtures("small_windows")
def test_a_first_run_that_breaks_off_and_goes_on_days_later_takes_no_buyers_from_old_orders(billbee: MockBillbee, account: Account) -> None:
    """The sweep before knew better: an old order has an old address."""
    until = billbee.clock.now()
    part = run(account, Kind.ORDERS, until)[:4]
    billbee.clock.advance(3 * 86_400)
    new = billbee.world.add_order(InvoiceAddress=None)
    billbee.clock.advance(10)
    rest = run(account, Kind.ORDERS, billbee.clock.now(), state_after(part))
    assert orders([*part, *rest]) == expected(billbee.world)
    buyer = billbee.world.orders[new]["Customer"]
    assert set(customers(rest)) - {str(buyer["Id"])} <= {str(row["Customer"]["Id"]) for row in _made_since(billbee.world, until - order_windows.LATE)}
    assert str(buyer["Id"]) in customers(rest)


def _made_since(world: World, moment: datetime) -> Iterator[dict[str, dict[str, object]]]:
    return (row for row in world.orders.values() if row["Customer"] and world.read(row["CreatedAt"]) >= moment)


def test_a_new_order_brings_its_buyer_along_and_a_touched_old_one_does_not(billbee: MockBillbee, account: Account) -> None:
    billbee.clock.advance(86_400)
    state = state_after(run(account, Kind.ORDERS, billbee.clock.now()))
    billbee.clock.advance(5 * 86_400)
    person = next(iter(billbee.world.customers.values()))
    old, new = next(key for key, row in billbee.world.orders.items() if row["Customer"] != person), billbee.world.add_order(Customer=person)
    billbee.world.change_order(old, State=4)
    batches = run(account, Kind.ORDERS, billbee.clock.now(), state)
    assert set(orders(batches)) == {str(old), str(new)}
    (buyer,) = customers(batches).values()
    assert (buyer.source_id, buyer.number) == (str(person["Id"]), str(person["Number"]))
    assert buyer.changed_at == orders(batches)[str(new)].ordered_at


def test_of_several_new_orders_the_newest_tells_where_the_buyer_lives(billbee: MockBillbee, account: Account) -> None:
    state = state_after(run(account, Kind.ORDERS, billbee.clock.now()))
    person = next(iter(billbee.world.customers.values()))
    for town in ("Ulm", "Trier", "Kiel"):
        billbee.clock.advance(60)
        billbee.world.add_order(Customer=person, InvoiceAddress={"LastName": "Groß", "Street": "Anger 1", "City": town})
    batches = run(account, Kind.ORDERS, billbee.clock.now(), state)
    assert [record.address.town for record in records(batches) if isinstance(record, Customer)] == ["Kiel"]


def test_a_buyer_who_cannot_be_taken_over_does_not_cost_the_order(billbee: MockBillbee, account: Account) -> None:
    damaged = {"LastName": "MÃ¼ller", "Street": "Anger 1", "City": "Ulm"}
    state = state_after(run(account, Kind.ORDERS, billbee.clock.now()))
    new = billbee.world.add_order(Customer=next(iter(billbee.world.customers.values())), InvoiceAddress=damaged)
    (batch,) = run(account, Kind.ORDERS, billbee.clock.now(), state)
    assert str(new) in orders([batch])
    assert [rejection.reason for rejection in batch.rejections] == [RejectionReason.BROKEN_ENCODING]
    assert batch.rejections[0].key == f"buyer of order {billbee.world.orders[new]['OrderNumber']}"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 2**32),
    order_by=st.sampled_from(ORDERINGS),
    most=st.sampled_from((6, 5000)),
    zone=st.sampled_from(("Europe/Berlin", "UTC")),
    ignores_offset=st.booleans(),
)
def test_a_shop_that_goes_on_while_it_is_read_loses_nothing(
    seed: int, order_by: str, most: int, zone: str, ignores_offset: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Orders are made, changed and deleted between any two pages, runs break off anywhere; in the end all that is there is known.

    Whatever Billbee's dates mean: German time or UTC, with the offset of ours read or ignored.
    """
    monkeypatch.setattr(order_windows, "MOST", most)
    dice = random.Random(seed)
    with MockBillbee(customers=3, orders=25) as mock, account_of(mock, page_size=4) as account:
        mock.world.zone = ZoneInfo(zone)
        mock.settings.order_by, mock.settings.ignores_offset, mock.settings.validate = order_by, ignores_offset, False
        mock.before = lambda _endpoint, _page: _go_on(mock, dice)
        state: dict[str, str] = {}
        known: dict[str, Order] = {}
        for _ in range(3):
            batches = _run_some(account, mock.clock.now(), state, dice)
            known |= orders(batches)
            state = state_after(batches, state)
            mock.clock.advance(1200)
        mock.before = lambda _endpoint, _page: None
        mock.clock.advance(3 * 3600)
        known |= orders(run(account, Kind.ORDERS, mock.clock.now(), state))
        there = expected(mock.world)
        assert {key: known.get(key) for key in there} == there
        assert mock.violations == []


def _run_some(account: Account, until: datetime, state: dict[str, str], dice: random.Random) -> list[Batch]:
    """The batches of a run that may be killed, or give up on a list that changes too fast."""
    batches: list[Batch] = []
    try:
        for batch in fetch(account, Kind.ORDERS, SOURCE, state, until):
            if dice.random() < 0.1:
                break
            batches.append(batch)
    except ShopUnreachable as error:
        assert "changes faster" in str(error)
    return batches


def _go_on(mock: MockBillbee, dice: random.Random) -> None:
    for act in dice.choices(("add", "change", "delete", "nothing"), (2, 4, 1, 8), k=dice.randint(0, 3)):
        chosen = dice.choice(sorted(mock.world.orders)) if mock.world.orders else None
        mock.clock.advance(dice.choice((0, 1, 60)))
        if act == "add":
            mock.world.add_order()
        elif act == "change" and chosen:
            mock.world.change_order(chosen, State=dice.choice((4, 8)))
        elif act == "delete" and chosen:
            mock.world.remove_order(chosen)
