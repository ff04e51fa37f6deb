"""Is every customer read with the address to write to, once a week?"""

from datetime import timedelta
from typing import Any

import pytest

from campaigns.address import Address
from campaigns.record import Kind
from campaigns.rejection import RejectionReason
from importers.billbee import STREAMS, Account, fetch
from importers.billbee.address_book import AddressBook
from tests.importers.billbee.runs import SOURCE, account_of, customers, run, state_after
from tests.shops.billbee import faults
from tests.shops.billbee.server import MockBillbee

WEEK = 7 * 86_400


def test_every_customer_comes_with_an_address(billbee: MockBillbee, account: Account) -> None:
    batches = run(account, Kind.CUSTOMERS, billbee.clock.now())
    found = customers(batches)
    assert set(found) == {str(key) for key in billbee.world.customers}
    assert all(customer.address.street and customer.address.last_name and customer.number for customer in found.values())
    assert (billbee.count("customers"), billbee.count("customer-addresses")) == (1, 1)
    assert [batch.share for batch in batches] == [0.5, 1.0]


def test_customers_are_swept_once_a_week(billbee: MockBillbee, account: Account) -> None:
    first = billbee.clock.now()
    state = state_after(run(account, Kind.CUSTOMERS, first))
    assert state == {"swept_at": first.isoformat()}
    billbee.clock.advance(WEEK - 3600)
    assert run(account, Kind.CUSTOMERS, billbee.clock.now(), state) == []
    billbee.clock.advance(7200)
    key = billbee.world.add_customer()
    assert str(key) in customers(run(account, Kind.CUSTOMERS, billbee.clock.now(), state))


def test_a_sweep_that_breaks_off_anywhere_goes_on_to_the_same_end(billbee: MockBillbee) -> None:
    until = billbee.clock.now()
    with account_of(billbee, page_size=4) as account:
        undisturbed = run(account, Kind.CUSTOMERS, until)
        for stored in range(len(undisturbed)):
            before = undisturbed[:stored]
            asked = billbee.count("customers")
            after = run(account, Kind.CUSTOMERS, until + timedelta(minutes=stored), state_after(before))
            assert customers([*before, *after]) == customers(undisturbed)
            read = sum(1 for batch in before if batch.records)
            assert billbee.count("customers") - asked == 2 * (8 - read) - 1
            assert set(customers(before)) & set(customers(after)) == set()
            if read:
                assert state_after(after) == state_after(undisturbed)


def test_positions_count_on_after_a_break(billbee: MockBillbee) -> None:
    with account_of(billbee, page_size=4) as account:
        undisturbed = run(account, Kind.CUSTOMERS, billbee.clock.now())
        before = [batch for batch in undisturbed if not batch.records or batch.positions[0] < 9]
        after = run(account, Kind.CUSTOMERS, billbee.clock.now(), state_after(before))
    assert [position for batch in [*before, *after] for position in batch.positions] == list(range(1, 31))


def test_a_sweep_that_was_left_for_a_week_begins_again(billbee: MockBillbee) -> None:
    with account_of(billbee, page_size=4) as account:
        state = state_after(run(account, Kind.CUSTOMERS, billbee.clock.now())[:-2])
        assert state["page"] > 1
        billbee.clock.advance(WEEK + 1)
        until = billbee.clock.now().replace(microsecond=0)
        batches = run(account, Kind.CUSTOMERS, until, state)
    assert len(customers(batches)) == 30
    assert state_after(batches) == {"swept_at": until.isoformat()}


def test_a_second_sweep_that_breaks_off_remembers_the_first(billbee: MockBillbee) -> None:
    with account_of(billbee, page_size=4) as account:
        state = state_after(run(account, Kind.CUSTOMERS, billbee.clock.now()))
        billbee.clock.advance(WEEK + 1)
        until = billbee.clock.now().replace(microsecond=0)
        part = state_after(run(account, Kind.CUSTOMERS, until, state)[:-2], state)
    assert part["swept_at"] == state["swept_at"]
    assert part["began_at"] == until.isoformat()


def test_a_clock_that_was_ahead_once_delays_no_sweep(billbee: MockBillbee, account: Account) -> None:
    first = billbee.clock.now()
    assert state_after(run(account, Kind.CUSTOMERS, first + timedelta(days=365))) == {"swept_at": first.isoformat()}


@pytest.mark.parametrize("rest", [{}, {"began_at": "2027-11-01T12:00:00+00:00", "page": 3, "rows": 30}])
def test_a_sweep_in_the_future_does_not_count(billbee: MockBillbee, account: Account, rest: dict[str, Any]) -> None:
    state = {"swept_at": "2027-11-01T12:00:00+00:00", **rest}
    batches = run(account, Kind.CUSTOMERS, billbee.clock.now(), state)
    assert len(customers(batches)) == 30
    assert state_after(batches, state) == {"swept_at": billbee.clock.now().replace(microsecond=0).isoformat()}


@pytest.mark.parametrize("by", ["Id", "-Id", "Name"])
def test_customers_who_leave_while_paging_hide_nobody(billbee: MockBillbee, by: str) -> None:
    billbee.settings.customers_by = by
    gone = iter(sorted(billbee.world.customers)[::3])

    def leave(endpoint: str, page: int) -> None:
        if endpoint == "customers" and page > 1 and (key := next(gone, None)):
            billbee.world.remove_customer(key)

    billbee.before = leave
    with account_of(billbee, page_size=4) as account:
        found = customers(run(account, Kind.CUSTOMERS, billbee.clock.now()))
    assert {str(key) for key in billbee.world.customers} <= set(found)
    assert len(billbee.world.customers) < 30


@pytest.mark.parametrize("page", range(2, 9))
def test_a_customer_who_leaves_as_another_one_comes_hides_nobody(billbee: MockBillbee, page: int) -> None:
    """The number of customers stays the same."""
    swaps = iter([min(billbee.world.customers)])

    def swap(endpoint: str, number: int) -> None:
        if (endpoint, number) == ("customers", page) and (gone := next(swaps, None)):
            billbee.world.remove_customer(gone)
            billbee.world.add_customer()

    billbee.before = swap
    with account_of(billbee, page_size=4) as account:
        found = customers(run(account, Kind.CUSTOMERS, billbee.clock.now()))
    assert {str(key) for key in billbee.world.customers} <= set(found)


@pytest.mark.parametrize("by", ["Id", "-Id"])
def test_customers_who_come_while_paging_hide_nobody(billbee: MockBillbee, by: str) -> None:
    billbee.settings.customers_by = by
    there = {str(key) for key in billbee.world.customers}

    def come(endpoint: str, page: int) -> None:
        if endpoint == "customers" and page % 2:
            billbee.world.add_customer()

    billbee.before = come
    with account_of(billbee, page_size=4) as account:
        assert there <= set(customers(run(account, Kind.CUSTOMERS, billbee.clock.now())))


def test_the_address_is_the_newest_one_for_invoices(billbee: MockBillbee, account: Account) -> None:
    key = billbee.world.add_customer()
    for row in list(billbee.world.addresses.values()):
        if row["CustomerId"] == key:
            del billbee.world.addresses[row["Id"]]
    assert customers(run(account, Kind.CUSTOMERS, billbee.clock.now()))[str(key)].address == Address()
    cases: list[tuple[str, dict[str, Any]]] = [
        ("archived", {"kind": 1, "ArchivedAt": "2024-01-01T00:00:00"}),
        ("parcel", {"kind": 2}),
        ("invoice", {"kind": 1}),
        ("newer invoice", {"kind": 1}),
    ]
    for town, fields in cases:
        billbee.world.add_address(key, City=town, **fields)
        assert customers(run(account, Kind.CUSTOMERS, billbee.clock.now()))[str(key)].address.town == town
    worse_ones: list[dict[str, Any]] = [{"kind": 2}, {"kind": 1, "Street": ""}, {"kind": 1, "ArchivedAt": "2024-01-01T00:00:00"}]
    for worse in worse_ones:
        billbee.world.add_address(key, City="worse", **worse)
    assert customers(run(account, Kind.CUSTOMERS, billbee.clock.now()))[str(key)].address.town == "newer invoice"
    billbee.world.add_address(key, City="restored", ArchivedAt="2024-01-01T00:00:00", RestoredAt="2024-02-01T00:00:00")
    assert customers(run(account, Kind.CUSTOMERS, billbee.clock.now()))[str(key)].address.town == "restored"


def test_the_address_book_holds_ids_of_any_length() -> None:
    with AddressBook() as book:
        for key in (2**64, 9):
            book.add([{"Id": key, "CustomerId": 2**64, "Street": "Anger", "City": str(key)}])
        assert book.of(str(2**64))["City"] == str(2**64)
        assert book.of("7") == {}


def test_a_customer_without_id_is_rejected_and_the_rest_goes_on(billbee: MockBillbee, account: Account) -> None:
    billbee.next(faults.with_row(3, Id=None), endpoint="customers")
    batches = run(account, Kind.CUSTOMERS, billbee.clock.now())
    (rejection,) = batches[-1].rejections
    assert (rejection.position, rejection.key, rejection.reason) == (4, "10004", RejectionReason.NO_KEY)
    assert len(batches[-1].records) == 29


def test_two_customers_without_id_are_two_rejections(billbee: MockBillbee, account: Account) -> None:
    billbee.next(lambda reply: faults.with_row(4, Id=None)(faults.with_row(3, Id=None)(reply)), endpoint="customers")
    batches = run(account, Kind.CUSTOMERS, billbee.clock.now())
    assert len(batches[-1].rejections) == 2


def test_people_come_before_what_they_bought_and_carts_not_at_all(billbee: MockBillbee, account: Account) -> None:
    assert STREAMS == (Kind.CUSTOMERS, Kind.ORDERS)
    with pytest.raises(ValueError, match="Billbee has no carts"):
        fetch(account, Kind.CARTS, SOURCE, {}, billbee.clock.now())
