"""Can whoever answers for the data see what was asked, until when, and that it was done?"""

from datetime import timedelta

from sqlalchemy import Connection, update

from store import privacy_requests
from store.privacy_requests import DUE, KEPT, PrivacyRequestKind
from store.schema import customers
from tests.store.shop import LATER, NOW, customer_id, person, store


def test_a_request_is_due_within_thirty_days_and_done_once(connection: Connection) -> None:
    store(connection, person(1))
    anna = customer_id(connection)
    number = privacy_requests.add(connection, PrivacyRequestKind.ACCESS, "shop", "shop", anna, NOW, "9999")
    [waiting] = privacy_requests.unfinished(connection)
    assert (waiting.id, waiting.kind, waiting.customer_id, waiting.request_id) == (number, PrivacyRequestKind.ACCESS, anna, "9999")
    assert waiting.due_at == NOW + timedelta(days=30)
    privacy_requests.finish(connection, number, "written", LATER)
    privacy_requests.finish(connection, number, "written again", LATER + timedelta(days=1))
    assert privacy_requests.unfinished(connection) == []
    [done] = privacy_requests.latest(connection, 10)
    assert (done.outcome, done.done_at) == ("written", LATER)


def test_the_oldest_waits_first_and_the_newest_is_shown_first(connection: Connection) -> None:
    kinds = (PrivacyRequestKind.ACCESS, PrivacyRequestKind.ERASURE, PrivacyRequestKind.ACCESS)
    numbers = [privacy_requests.add(connection, kind, "shop", "shop", None, NOW) for kind in kinds]
    assert [request.id for request in privacy_requests.unfinished(connection)] == numbers
    assert [request.id for request in privacy_requests.unfinished(connection, PrivacyRequestKind.ACCESS)] == [numbers[0], numbers[2]]
    assert [request.id for request in privacy_requests.latest(connection, 2)] == [numbers[2], numbers[1]]


def test_an_export_is_stale_after_a_month_or_when_its_person_is_erased(connection: Connection) -> None:
    store(connection, person(1), person(2))
    numbers = []
    for email in ("anna1@example.org", "anna2@example.org"):
        numbers.append(privacy_requests.add(connection, PrivacyRequestKind.ACCESS, "shop", "shop", customer_id(connection, email), NOW))
    assert privacy_requests.stale_exports(connection, NOW + KEPT + DUE) == [], "not before it is written"
    for number in numbers:
        privacy_requests.finish(connection, number, "written", NOW)
    assert privacy_requests.stale_exports(connection, NOW + KEPT) == []
    connection.execute(update(customers).where(customers.c.id == customer_id(connection)).values(erased_at=NOW))
    assert privacy_requests.stale_exports(connection, NOW) == numbers[:1]
    assert privacy_requests.stale_exports(connection, NOW + KEPT + timedelta(seconds=1)) == numbers
