"""Is no row lost while rows come, go and move, and is a list that lies noticed?"""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.record import Kind
from importers.billbee import Account
from importers.billbee.answers import Page
from importers.billbee.paging import PASSES, Place, every_row
from importers.errors import BrokenAnswer, ShopUnreachable
from tests.importers.billbee.runs import account_of, customers, orders, run
from tests.shops.billbee import faults
from tests.shops.billbee.server import MockBillbee

SIZE = 3


class Shelf:
    """A list of numbers in pages of three; ``between`` is called before each page but the first."""

    def __init__(self, count: int, between: Callable[["Shelf"], None] = lambda _shelf: None) -> None:
        self.numbers = list(range(count))
        self.between = between
        self.asked: list[int] = []

    def page(self, number: int) -> Page:
        if self.asked:
            self.between(self)
        self.asked.append(number)
        rows = tuple({"Id": each} for each in self.numbers[(number - 1) * SIZE : number * SIZE])
        return Page(number, rows, math.ceil(len(self.numbers) / SIZE), len(self.numbers), SIZE)

    def read(self, start: Place | None = None, may_grow: bool = False) -> list[int]:
        pages = every_row(self.page, lambda row: str(row["Id"]), "numbers", start or Place(), may_grow)
        return [row["Id"] for reading in pages for row in reading.fresh if isinstance(row, dict)]


def test_a_list_at_rest_is_read_once() -> None:
    shelf = Shelf(8)
    assert shelf.read() == list(range(8))
    assert shelf.asked == [1, 2, 3]


@pytest.mark.parametrize("count", [0, 1, 3, 6])
def test_lists_end_where_they_end(count: int) -> None:
    shelf = Shelf(count)
    assert shelf.read() == list(range(count))
    assert len(shelf.asked) == max(1, count // 3)


def test_a_list_that_may_grow_is_read_with_a_look_back() -> None:
    shelf = Shelf(8)
    assert shelf.read(may_grow=True) == list(range(8))
    assert shelf.asked == [1, 2, 1, 3, 2]


@settings(deadline=None)
@given(st.integers(4, 30), st.integers(1, 20), st.data())
def test_as_many_that_come_as_leave_hide_none_that_stays(count: int, at: int, data: st.DataObject) -> None:
    """Between two requests; their number stays the same."""

    def swap(shelf: Shelf) -> None:
        if len(shelf.asked) == at:
            for _ in range(data.draw(st.integers(1, 3))):
                shelf.numbers.pop(data.draw(st.integers(0, len(shelf.numbers) - 1)))
                shelf.numbers.append(1000 + len(shelf.numbers) + max(shelf.numbers, default=0))

    shelf = Shelf(count, swap)
    read = shelf.read(may_grow=True)
    assert len(read) == len(set(read))
    assert set(range(count)) & set(shelf.numbers) <= set(read)


@settings(deadline=None)
@given(st.booleans(), st.integers(0, 40), st.data())
def test_what_stays_is_met_however_many_leave(may_grow: bool, count: int, data: st.DataObject) -> None:
    """Orders leave their window by being changed again."""

    def leave(shelf: Shelf) -> None:
        for _ in range(data.draw(st.sampled_from((0, 0, 1, 2, 5)))):
            if shelf.numbers:
                shelf.numbers.pop(data.draw(st.integers(0, len(shelf.numbers) - 1)))

    shelf = Shelf(count, leave)
    try:
        read = shelf.read(may_grow=may_grow)
    except ShopUnreachable:
        assert len(shelf.asked) > 20  # it said so rather than losing one
        return
    assert len(read) == len(set(read))
    assert set(shelf.numbers) <= set(read)


@settings(deadline=None)
@given(st.booleans(), st.integers(0, 30), st.data())
def test_what_was_there_all_the_time_is_met_however_many_come(may_grow: bool, count: int, data: st.DataObject) -> None:
    def come(shelf: Shelf) -> None:
        for _ in range(data.draw(st.sampled_from((0, 0, 0, 1, 2)))):
            shelf.numbers.insert(data.draw(st.integers(0, len(shelf.numbers))), max(shelf.numbers, default=0) + 100)

    shelf = Shelf(count, come)
    try:
        read = shelf.read(may_grow=may_grow)
    except ShopUnreachable:
        return
    assert len(read) == len(set(read))
    assert set(range(count)) <= set(read)


@settings(deadline=None)
@given(st.integers(1, 30), st.data())
def test_a_row_that_moves_within_the_list_hides_no_other(count: int, data: st.DataObject) -> None:
    """The number of rows stays the same: only counting at the end tells."""
    moves = iter(data.draw(st.lists(st.booleans(), max_size=12)))

    def move(shelf: Shelf) -> None:
        if next(moves, False):
            shelf.numbers.append(shelf.numbers.pop(data.draw(st.integers(0, len(shelf.numbers) - 1))))

    shelf = Shelf(count, move)
    try:
        assert set(shelf.read()) == set(range(count))
    except BrokenAnswer:
        assert len(shelf.asked) >= PASSES  # it said so rather than losing one


def test_reading_on_after_a_break_goes_back_by_as_many_rows_as_left() -> None:
    shelf = Shelf(12)
    del shelf.numbers[2:6]
    assert sorted(shelf.read(Place(page=3, rows=12))) == [0, 1, 6, 7, 8, 9, 10, 11]
    assert shelf.asked == [3, 1, 2, 3]


def test_reading_on_after_a_break_reads_nothing_twice_where_nothing_has_changed() -> None:
    shelf = Shelf(12)
    assert shelf.read(Place(page=3, rows=12)) == list(range(6, 12))
    assert shelf.asked == [3, 4]


def test_reading_on_behind_the_end_of_a_list_that_has_shrunk() -> None:
    shelf = Shelf(12)
    del shelf.numbers[4:]
    assert shelf.read(Place(page=4, rows=12)) == [0, 1, 2, 3]


def test_a_list_that_changes_all_the_time_is_given_up() -> None:
    def churn(shelf: Shelf) -> None:
        shelf.numbers = shelf.numbers[2:] if len(shelf.asked) % 2 else [*shelf.numbers, 1000 + len(shelf.asked), 2000 + len(shelf.asked)]

    with pytest.raises(ShopUnreachable, match="changes faster than it can be read"):
        Shelf(9, churn).read()


def test_rows_that_stay_missing_are_an_error(account: Account, billbee: MockBillbee) -> None:
    paging = {"Page": 1, "TotalPages": 1, "TotalRows": 61, "PageSize": 250}
    billbee.next(faults.changed(Paging=paging), times=99, endpoint="orders")
    with pytest.raises(BrokenAnswer, match="says that there are 61 orders and gave 60 in 3 passes"):
        run(account, Kind.ORDERS, billbee.clock.now())
    assert billbee.count("orders") == PASSES


@pytest.mark.parametrize("kind", [Kind.ORDERS, Kind.CUSTOMERS])
def test_a_page_that_repeats_is_an_error(billbee: MockBillbee, kind: Kind) -> None:
    with account_of(billbee, page_size=10) as account:
        first = [account.page(str(kind), number, {"modifiedAtMax": "2026-11-01T12:00:00+00:00"} if kind is Kind.ORDERS else {}).rows for number in (1, 2)]
        billbee.next(faults.changed(Data=first[1]), endpoint=str(kind), after=2 if kind is Kind.ORDERS else 3)
        with pytest.raises(BrokenAnswer, match=f"gave page 2 of {kind} again as page 3"):
            run(account, kind, billbee.clock.now())


def test_another_page_than_was_asked_for_is_an_error(billbee: MockBillbee, account: Account) -> None:
    billbee.next(faults.changed(Paging={"Page": 2, "TotalPages": 2, "TotalRows": 60, "PageSize": 50}))
    with pytest.raises(BrokenAnswer, match="asked for page 1 of orders and gave page 2"):
        run(account, Kind.ORDERS, billbee.clock.now())


def test_behind_the_end_there_is_nothing_whatever_billbee_gives_there(billbee: MockBillbee, account: Account) -> None:
    """A sweep goes on behind the end when the list has shrunk meanwhile."""
    billbee.next(faults.changed(Paging={"Page": 1, "TotalPages": 1, "TotalRows": 30, "PageSize": 250}, Data=[{"Id": 1}]))
    page = account.page("customers", 2)
    assert (page.number, page.rows, page.total_pages) == (2, (), 1)


def test_an_answer_without_paging_is_read_to_the_first_page_that_is_not_full(billbee: MockBillbee) -> None:
    with account_of(billbee, page_size=25) as account:
        billbee.next(faults.without_paging, times=99)
        assert len(orders(run(account, Kind.ORDERS, billbee.clock.now()))) == 60
        assert billbee.count("orders") == 3
        assert len(customers(run(account, Kind.CUSTOMERS, billbee.clock.now()))) == 30


def test_without_paging_too_a_page_that_repeats_is_an_error(billbee: MockBillbee) -> None:
    with account_of(billbee, page_size=25) as account:
        rows = list(account.page("orders", 1, {"modifiedAtMax": "2026-11-01T12:00:00+00:00"}).rows)
        billbee.next(lambda reply: faults.without_paging(faults.changed(Data=rows)(reply)), times=99)
        with pytest.raises(BrokenAnswer, match="again as page 2"):
            run(account, Kind.ORDERS, billbee.clock.now())
