"""Do reports come out of the inbox at each kind of place, and is nothing written over when they are put away?"""

from collections.abc import Iterator

import pytest

from printshop.inbox import Inbox, Tray
from printshop.places import Place, open_place, read
from tests.printshop.shops import Shop


@pytest.fixture
def place(shop: Shop) -> Iterator[Place]:
    with open_place(shop.url, shop.access) as found:
        found.make_folder("")
        yield found


def test_a_report_is_read_and_put_away_and_a_folder_is_none(place: Place) -> None:
    place.make_folder("old")
    for name in ("a.csv", "b.csv.part"):
        place.write(name, b"event")
    place.write("old/c.csv", b"event")
    inbox = Inbox(place)
    found = {name: inbox.read(name, 100) for name in inbox.names()}
    assert {name: content for name, content in found.items() if content is not None} == {"a.csv": b"event"}
    inbox.put_away("a.csv", b"event", Tray.REJECTED, "no report")
    assert "a.csv" not in inbox.names()
    assert read(place, "rejected/a.csv") == b"event"
    assert read(place, "rejected/a.csv.txt") == b"no report"


def test_a_name_without_an_ending_is_a_report_too_and_a_folder_with_one_is_none(place: Place) -> None:
    for name in ("report", "old.2026/c.csv", "done/a.csv"):
        if "/" in name:
            place.make_folder(name.partition("/")[0])
        place.write(name, b"event")
    assert Inbox(place).names() == ["report"]


def test_a_report_that_is_written_over_while_it_is_taken_in_stays_to_be_read_again(place: Place) -> None:
    place.write("status.csv", b"today\n")
    assert not Inbox(place).put_away("status.csv", b"yesterday\n", Tray.DONE)
    assert read(place, "status.csv") == b"today\n"
    assert place.names("done") == []


def test_two_reports_of_one_name_are_both_kept(place: Place) -> None:
    inbox = Inbox(place)
    for content in (b"one", b"two", b"two"):
        place.write("a.csv", content)
        inbox.put_away("a.csv", content, Tray.DONE)
    assert inbox.names() == []
    assert sorted(read(place, f"done/{name}") for name in place.names("done")) == [b"one", b"two"]
