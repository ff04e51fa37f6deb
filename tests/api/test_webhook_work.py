"""Is every delivery worked off once, whole or not at all, in whatever order they come and whoever dies on the way?"""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from stat import S_IMODE
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from pypdf import PdfReader
from sqlalchemy import Connection, Engine, func, select, text
from sqlalchemy.exc import OperationalError

from api import access_requests, webhook_effects, webhook_work
from api.app import create_app
from api.webhook_work import work_off_next
from campaigns.customer import Customer
from campaigns.objection import ObjectionChannel
from store import access_export, objections, privacy_requests, source_erasure, sync_states, webhooks
from store import customers as people
from store.engine import DatabaseTrouble, reading, writing
from store.privacy_requests import PrivacyRequest, PrivacyRequestKind
from store.records import upsert_records
from store.schema import carts, customer_sources, customers, orders, webhook_deliveries
from store.schema import sync_states as sync_states_table
from store.settings import Settings
from store.webhooks import Delivery, DeliveryState
from tests.api.conftest import ANNA, SECRET, TOKEN, Shop, served
from tests.api.webhook_shop import CLIENT_SECRET, send
from tests.importers.shopify import payloads
from tests.importers.shopify.payloads import body

START = datetime(2026, 11, 1, 8, tzinfo=UTC)
SOMEBODY = "ida@example.com"
EARLIER, LATER = "2026-10-02T10:00:00Z", "2026-10-03T10:00:00Z"


class Inbox:
    """Deliveries straight into the database, and worked off without a thread."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._count = 0

    def put(self, topic: str, payload: Any, at: datetime | None = None) -> str:
        self._count += 1
        content = payload if isinstance(payload, bytes) else body(payload)
        received_at = at or START + timedelta(seconds=self._count)
        with writing(self.engine) as connection:
            webhooks.add(connection, Delivery(f"d{self._count}", "shopify", topic, content, received_at, triggered_at=received_at))
        return f"d{self._count}"

    def work(self, now: datetime | None = None) -> None:
        while work_off_next(self.engine, SECRET, now or START + timedelta(minutes=5)):
            pass

    def take(self, topic: str, payload: Any) -> tuple[str, str]:
        """Put, work off, and say what became of it."""
        key = self.put(topic, payload)
        self.work()
        return self.state(key)

    def state(self, key: str) -> tuple[str, str]:
        row = self.row(key)
        return row.state, row.message

    def row(self, key: str) -> Any:
        with reading(self.engine) as connection:
            return connection.execute(select(webhook_deliveries).where(webhook_deliveries.c.id == key)).one()

    def rows(self, table: Any) -> list[Any]:
        with reading(self.engine) as connection:
            return list(connection.execute(select(table).order_by(*table.primary_key.columns)).all())

    def requests(self) -> list[PrivacyRequest]:
        with reading(self.engine) as connection:
            return privacy_requests.latest(connection, 10)


@pytest.fixture
def inbox(engine: Engine) -> Inbox:
    return Inbox(engine)


# --- records -----------------------------------------------------------------------------------------------------------


def test_an_order_is_stored_and_what_the_delivery_said_is_deleted(inbox: Inbox) -> None:
    key = inbox.put("orders/create", payloads.order(5))
    inbox.work()
    row = inbox.row(key)
    assert (row.state, row.message, row.body, row.subject, row.attempts) == ("done", "stored", None, "5", 1)
    [order] = inbox.rows(orders)
    assert (order.source, order.source_id, order.number, order.state, order.total_cents) == ("shopify", "5", "#1005", "completed", 5485)


def test_the_same_record_again_changes_nothing(inbox: Inbox) -> None:
    assert inbox.take("orders/create", payloads.order(5)) == ("done", "stored")
    before = inbox.rows(orders)
    assert inbox.take("orders/updated", payloads.order(5)) == ("done", "unchanged")
    assert inbox.rows(orders) == before


def test_an_older_delivery_after_a_newer_one_changes_nothing(inbox: Inbox) -> None:
    inbox.take("orders/cancelled", payloads.order(5, updated_at=LATER, cancelled_at=LATER))
    assert inbox.take("orders/updated", payloads.order(5, updated_at=EARLIER))[0] == "done"
    assert [order.state for order in inbox.rows(orders)] == ["cancelled"]
    inbox.take("customers/update", payloads.customer(1, updated_at=LATER, last_name="Neumann"))
    inbox.take("customers/update", payloads.customer(1, updated_at=EARLIER, last_name="Altmann"))
    assert [person.last_name for person in inbox.rows(customers) if person.email == "ida1@example.com"] == ["Neumann"]
    inbox.take("checkouts/update", payloads.checkout(7, updated_at=LATER, completed_at=LATER))
    inbox.take("checkouts/create", payloads.checkout(7, updated_at=EARLIER))
    assert [cart.completed_at is not None for cart in inbox.rows(carts)] == [True]


def test_an_order_that_comes_before_its_customer_finds_them(inbox: Inbox) -> None:
    inbox.take("orders/create", payloads.order(5, customer={"id": 1}, email="", billing_address=None, shipping_address=None))
    assert [order.customer_id for order in inbox.rows(orders)] == [None]
    inbox.take("customers/create", payloads.customer(1))
    [person] = inbox.rows(customers)
    assert [order.customer_id for order in inbox.rows(orders)] == [person.id]


@pytest.mark.parametrize(
    ("deletion", "payload", "table"),
    [("orders/delete", payloads.order(5), orders), ("checkouts/delete", payloads.checkout(5), carts), ("customers/delete", payloads.customer(5), customers)],
)
def test_what_the_shop_deleted_before_we_heard_of_it_never_comes(inbox: Inbox, deletion: str, payload: Any, table: Any) -> None:
    topic = deletion.replace("delete", "create")
    assert inbox.take(deletion, {"id": 5}) == ("done", "nothing to delete")
    assert inbox.take(topic, payload) == ("ignored", "deleted before this came")
    assert inbox.rows(table) == []


def test_a_deleted_order_is_no_sale_and_stays_deleted(inbox: Inbox) -> None:
    inbox.take("orders/create", payloads.order(5))
    assert inbox.take("orders/delete", {"id": 5}) == ("done", "deleted")
    assert inbox.take("orders/updated", payloads.order(5, updated_at=LATER)) == ("ignored", "deleted before this came")
    assert [order.state for order in inbox.rows(orders)] == ["deleted"]


def test_a_deleted_checkout_is_gone_and_a_deleted_customer_has_no_name(inbox: Inbox) -> None:
    inbox.take("checkouts/create", payloads.checkout(5))
    inbox.take("customers/create", payloads.customer(1))
    assert inbox.take("checkouts/delete", {"id": 5}) == ("done", "deleted")
    assert inbox.take("customers/delete", {"id": 1}) == ("done", "deleted")
    assert inbox.rows(carts) == []
    assert [(person.last_name, person.street) for person in inbox.rows(customers)] == [("", "")]


def test_two_customers_whom_the_shop_unites_are_one(inbox: Inbox) -> None:
    inbox.take("customers/create", payloads.customer(1))
    inbox.take("customers/create", payloads.customer(2, first_name="Otto", last_name="Anders", default_address=None))
    assert inbox.take("customers/merge", payloads.merge(1, 2)) == ("done", "united")
    kept, gone = inbox.rows(customers)
    assert (kept.merged_into, gone.merged_into) == (None, kept.id)
    assert inbox.take("customers/merge", payloads.merge(8, 9))[0] == "done"


def test_that_the_app_was_removed_is_noted_for_the_next_import(inbox: Inbox) -> None:
    inbox.take("app/uninstalled", {"id": 1, "name": "Tee"})
    with reading(inbox.engine) as connection:
        assert sync_states.get(connection, "shopify", sync_states.APP) == {"uninstalled_at": "2026-11-01T08:00:01+00:00"}


# --- failures ----------------------------------------------------------------------------------------------------------


def test_what_cannot_be_read_fails_in_sight_and_holds_up_nobody(inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    bad = inbox.put("orders/create", b'{"id": 5, "email": "ida@example.com"')
    worse = inbox.put("orders/create", payloads.order(6, updated_at="ida@example.com"))
    good = inbox.put("orders/create", payloads.order(7))
    inbox.work()
    assert inbox.state(bad) == ("failed", "BadRecord: malformed")
    assert inbox.state(worse) == ("failed", "BadRecord: bad_date")
    assert inbox.state(good) == ("done", "stored")
    assert inbox.row(bad).body is not None
    with reading(inbox.engine) as connection:
        assert webhooks.counts(connection)[DeliveryState.FAILED] == 2
    assert "ida@example.com" not in caplog.text
    assert bad in caplog.text


def test_a_failure_undoes_what_was_done_and_is_tried_again(inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def store_and_fail(*arguments: Any) -> Any:
        upsert_records(*arguments)
        raise RuntimeError("ida@example.com is too much")

    key = inbox.put("orders/create", payloads.order(5))
    with monkeypatch.context() as patch:
        patch.setattr(webhook_effects, "upsert_records", store_and_fail)
        inbox.work(START + timedelta(minutes=1))
    assert inbox.state(key) == ("waiting", "RuntimeError")
    assert inbox.rows(orders) == []
    assert "ida@" not in caplog.text
    inbox.work(START + timedelta(minutes=1, seconds=9))
    assert inbox.state(key)[0] == "waiting", "not before its pause is over"
    inbox.work(START + timedelta(minutes=1, seconds=10))
    assert (inbox.state(key), inbox.row(key).attempts) == (("done", "stored"), 2)


def test_after_five_failures_it_is_given_up_and_kept(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise OSError

    monkeypatch.setattr(webhook_effects, "upsert_records", fail)
    key = inbox.put("orders/create", payloads.order(5))
    for hours in range(6):
        inbox.work(START + timedelta(hours=2 * hours + 1))
    row = inbox.row(key)
    assert (row.state, row.message, row.attempts, row.subject, row.body is None) == ("failed", "OSError", 5, "5", False)


def test_what_the_database_refuses_counts_as_a_failure(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise OperationalError("INSERT …", {}, Exception("ida@example.com"))

    monkeypatch.setattr(webhook_effects, "upsert_records", refuse)
    key = inbox.put("orders/create", payloads.order(5))
    inbox.work(START + timedelta(minutes=1))
    assert inbox.state(key) == ("waiting", "OperationalError")


def test_a_lost_connection_is_nobodys_failure(inbox: Inbox, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if kind == "sqlite":
        pytest.skip("a file has no connection to lose")

    def lose(connection: Connection, *_: Any) -> Any:
        connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    key = inbox.put("orders/create", payloads.order(5))
    with monkeypatch.context() as patch:
        patch.setattr(webhook_effects, "upsert_records", lose)
        with pytest.raises(DatabaseTrouble):
            inbox.work()
    assert (inbox.state(key), inbox.row(key).attempts) == (("waiting", ""), 0)
    inbox.work()
    assert inbox.state(key) == ("done", "stored")


def test_several_processes_do_each_delivery_once(inbox: Inbox) -> None:
    keys = [inbox.put("orders/create", payloads.order(number)) for number in range(1, 31)]
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(inbox.work) for _ in range(4)]:
            done.result()
    assert {inbox.row(key).attempts for key in keys} == {1}
    assert {inbox.state(key) for key in keys} == {("done", "stored")}
    assert len(inbox.rows(orders)) == 30


def test_every_example_of_shopifys_own_is_worked_off(inbox: Inbox, shared: Path) -> None:
    from importers.shopify.webhooks import is_read
    from tests.importers.shopify.test_webhooks import examples

    keys = {topic: inbox.put(topic, payload) for topic, payload, _ in examples(shared) if is_read(topic)}
    inbox.work()
    states = {topic: inbox.state(key)[0] for topic, key in keys.items()}
    ignored = {topic for topic, state in states.items() if state == "ignored"}
    assert set(states.values()) == {"done", "ignored"}, states
    assert "customers/merge" in ignored, "the example is of a merge that failed"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of study material beside the repository."""
    folder = Path(__file__).resolve().parents[3] / "shared"
    if not folder.is_dir():
        pytest.skip("needs the study material in ../shared, which is not part of the repository")
    return folder


# --- privacy -----------------------------------------------------------------------------------------------------------

ANNA_AT_SHOPIFY = Customer("shopify", "1", email=ANNA.email, address=ANNA.address, language="de", registered_at=ANNA.registered_at)


def test_a_redacted_customer_is_erased_and_no_import_brings_them_back(inbox: Inbox) -> None:
    inbox.take("customers/create", payloads.customer(1))
    inbox.take("orders/create", payloads.order(5, email="ida1@example.com"))
    assert inbox.take("customers/redact", payloads.redact(1, orders=(5,)))[0] == "done"
    [person] = inbox.rows(customers)
    assert (person.email, person.last_name, person.erased_at is None) == ("", "", False)
    [request] = inbox.requests()
    assert (request.kind, request.customer_id, request.outcome) == (PrivacyRequestKind.ERASURE, person.id, "erased, 0 letters taken out")
    assert inbox.take("customers/update", payloads.customer(1, updated_at="2026-11-22T00:00:00Z")) == ("done", "unchanged")
    inbox.take("orders/updated", payloads.order(5, email="ida1@example.com", updated_at="2026-11-22T00:00:00Z", financial_status="refunded"))
    inbox.take("checkouts/create", payloads.checkout(9))
    assert [(row.id, row.email, row.last_name) for row in inbox.rows(customers)] == [(person.id, "", "")]
    [order] = inbox.rows(orders)
    assert (order.state, order.customer_id, order.email_key, order.customer_number) == ("refunded", person.id, None, "")
    [cart] = inbox.rows(carts)
    assert (cart.customer_id, cart.email_key, cart.recovery_url) == (person.id, None, "")


def test_whoever_has_the_e_mail_address_is_found_under_another_source(inbox: Inbox) -> None:
    with writing(inbox.engine) as connection:
        people.upsert_customers(connection, [Customer("csv", "K-7", "K-7", "Ida1@Example.com")], SECRET, START)
    inbox.take("customers/redact", payloads.redact(4711))
    assert [row.erased_at is not None for row in inbox.rows(customers)] == [True]


def test_a_redaction_of_somebody_unknown_is_noted_and_their_orders_are_emptied(inbox: Inbox) -> None:
    inbox.take("orders/create", payloads.order(5, customer=None, email="gast@example.com", billing_address=None, shipping_address=None))
    inbox.take("customers/redact", payloads.redact(4711, orders=(5,)))
    [order] = inbox.rows(orders)
    assert (order.email_key, order.customer_number, order.total_cents) == (None, "", 5485)
    [request] = inbox.requests()
    assert request.customer_id is None and request.done_at and "nobody is known" in request.outcome


def test_a_redacted_customer_stays_an_objector(inbox: Inbox) -> None:
    inbox.take("customers/create", payloads.customer(1))
    [person] = inbox.rows(customers)
    with writing(inbox.engine) as connection:
        objections.add(connection, person.id, ObjectionChannel.DESK, START)
    inbox.take("customers/redact", payloads.redact(1))
    with writing(inbox.engine) as connection:
        people.upsert_customers(connection, [Customer("csv", "K-7", "K-7", "ida1@example.com")], SECRET, START)
        again = next(row for row in connection.execute(select(customers)) if row.email)
        assert objections.received_at(connection, again.id) == START


def test_a_customer_who_asks_gets_everything_with_the_letters(shop: Shop, inbox: Inbox, settings: Settings) -> None:
    anna = shop.add_customer(ANNA_AT_SHOPIFY)
    shop.print_letters({anna: TOKEN})
    inbox.take("orders/create", payloads.order(5))
    inbox.take("customers/data_request", payloads.data_request(1))
    [request] = inbox.requests()
    assert (request.kind, request.customer_id, request.request_id, request.done_at) == (PrivacyRequestKind.ACCESS, anna, "9999", None)
    assert request.due_at - request.received_at == timedelta(days=30)
    assert access_requests.answer(inbox.engine, settings, START) == 1
    folder = settings.data_dir / "privacy" / f"request-{request.id}"
    assert (S_IMODE(folder.stat().st_mode), S_IMODE(folder.parent.stat().st_mode)) == (0o700, 0o700)
    assert {S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    whole = json.loads((folder / "data.json").read_text("utf-8"))
    assert whole["tables"]["customers"][0]["email"] == ANNA.email
    assert [order["source_id"] for order in whole["tables"]["orders"]] == ["5"]
    assert [line["sku"] for line in whole["tables"]["order_lines"]] == ["TEE-1"]
    [letter] = whole["tables"]["letters"]
    pages = [page.extract_text().strip() for page in PdfReader(folder / f"letter-{letter['id']}.pdf").pages]
    assert pages == [f"letter {TOKEN} page 1", f"letter {TOKEN} page 2"]
    assert whole["letters_no_longer_here"] == []
    assert inbox.requests()[0].outcome == f"written to request-{request.id}"
    assert access_requests.answer(inbox.engine, settings, START) == 0


def test_an_export_lies_ready_for_a_month_or_until_its_person_is_erased(shop: Shop, inbox: Inbox, settings: Settings) -> None:
    shop.add_customer(ANNA_AT_SHOPIFY)
    inbox.take("customers/data_request", payloads.data_request(1))
    access_requests.answer(inbox.engine, settings, START)
    [request] = inbox.requests()
    folder = settings.data_dir / "privacy" / f"request-{request.id}"
    access_requests.answer(inbox.engine, settings, START + timedelta(days=30))
    assert folder.is_dir()
    access_requests.answer(inbox.engine, settings, START + timedelta(days=30, seconds=1))
    assert not folder.exists()
    inbox.take("customers/data_request", payloads.data_request(1))
    access_requests.answer(inbox.engine, settings, START)
    inbox.take("customers/redact", payloads.redact(1))
    access_requests.answer(inbox.engine, settings, START)
    assert list((settings.data_dir / "privacy").iterdir()) == []


def test_a_letter_whose_print_file_is_gone_is_named(shop: Shop, inbox: Inbox, settings: Settings) -> None:
    anna = shop.add_customer(ANNA_AT_SHOPIFY)
    run = shop.print_letters({anna: TOKEN})
    for path in (settings.data_dir / "print_runs" / str(run)).iterdir():
        path.unlink()
    inbox.take("customers/data_request", payloads.data_request(1))
    access_requests.answer(inbox.engine, settings, START)
    whole = json.loads((settings.data_dir / "privacy" / f"request-{inbox.requests()[0].id}" / "data.json").read_text("utf-8"))
    assert whole["letters_no_longer_here"] == [shop.letter().id]


def test_a_request_that_cannot_be_answered_stays_and_holds_up_nobody(shop: Shop, inbox: Inbox, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    anna = shop.add_customer(ANNA_AT_SHOPIFY)
    run = shop.print_letters({anna: TOKEN})
    [damaged] = (settings.data_dir / "print_runs" / str(run)).iterdir()
    damaged.write_bytes(b"no PDF")
    inbox.take("customers/create", payloads.customer(2, first_name="Otto", default_address=None))
    inbox.take("customers/data_request", payloads.data_request(1))
    inbox.take("customers/data_request", payloads.data_request(2, "ida2@example.com"))
    assert access_requests.answer(inbox.engine, settings, START) == 1
    newer, older = inbox.requests()
    assert (older.done_at, newer.done_at) == (None, START)
    assert f"Privacy request {older.id}, due on 2026-12-01, cannot be answered" in caplog.text
    assert "Müller" not in caplog.text


def test_a_database_that_is_away_is_no_fault_of_one_request(inbox: Inbox, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    inbox.take("customers/create", payloads.customer(1, first_name="Otto", default_address=None))
    inbox.take("customers/data_request", payloads.data_request(1))

    def away(*_: object) -> None:
        raise DatabaseTrouble

    monkeypatch.setattr(access_export, "collect", away)
    with pytest.raises(DatabaseTrouble):
        access_requests.answer(inbox.engine, settings, START)


def test_a_question_about_somebody_unknown_is_answered_at_once(inbox: Inbox, settings: Settings) -> None:
    inbox.take("customers/data_request", payloads.data_request(4711))
    [request] = inbox.requests()
    assert request.customer_id is None and request.done_at and "nothing is held" in request.outcome
    assert access_requests.answer(inbox.engine, settings, START) == 0


def test_a_shop_takes_back_everything_in_steps(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_erasure, "PEOPLE_AT_ONCE", 2)
    monkeypatch.setattr(source_erasure, "ORDERS_AT_ONCE", 2)
    for number in range(1, 6):
        inbox.take("customers/create", payloads.customer(number, last_name=f"Name{number}", default_address=payloads.address(address1=f"Weg {number}")))
        inbox.take("orders/create", payloads.order(number, customer={"id": number}, email=f"ida{number}@example.com"))
    inbox.take("orders/create", payloads.order(9, customer=None, email="gast@example.com", billing_address=None, shipping_address=None))
    inbox.take("checkouts/create", payloads.checkout(9))
    both = Customer("csv", "K-1", "K-1", "ida1@example.com", address=ANNA.address)
    with writing(inbox.engine) as connection:
        people.upsert_customers(connection, [both, Customer("csv", "K-9", "K-9", "other@example.com")], SECRET, START)
        sync_states.save(connection, "shopify", "orders", {"since": "2026"}, START)
        sync_states.save(connection, "csv", "orders", {"since": "2026"}, START)
    bad = inbox.put("orders/create", b"{")
    key = inbox.put("shop/redact", {"shop_id": 1, "shop_domain": "tee.myshopify.com"})
    steps = 0
    while work_off_next(inbox.engine, SECRET, START + timedelta(minutes=5)):
        steps += 1
    assert steps > 5
    assert inbox.state(key)[0] == "done"
    left = {row.email: (row.last_name, row.erased_at) for row in inbox.rows(customers)}
    assert left == {"ida1@example.com": ("Müller", None), "other@example.com": ("", None), "": ("", left[""][1])}
    assert left[""][1] is not None
    assert {row.source for row in inbox.rows(customer_sources)} == {"csv"}
    assert {(row.email_key, row.customer_number, row.total_cents) for row in inbox.rows(orders)} == {(None, "", 5485)}
    by_id = {row.id: row for row in inbox.rows(customers)}
    assert all(order.customer_id is None or by_id[order.customer_id].erased_at for order in inbox.rows(orders))
    assert [(cart.email_key, cart.recovery_url, cart.customer_id) for cart in inbox.rows(carts)] == [(None, "", None)]
    assert [(row.source, row.stream) for row in inbox.rows(sync_states_table)] == [("csv", "orders")]
    assert inbox.row(bad).body is None
    assert [request.kind for request in inbox.requests()] == [PrivacyRequestKind.SOURCE_ERASURE]


def test_after_it_has_come_back_a_shop_may_bring_its_people_again(inbox: Inbox) -> None:
    inbox.take("customers/create", payloads.customer(1))
    inbox.take("shop/redact", {"shop_id": 1, "shop_domain": "tee.myshopify.com"})
    assert inbox.take("customers/update", payloads.customer(1)) == ("done", "stored")
    assert [row.email for row in inbox.rows(customers) if row.erased_at is None] == ["ida1@example.com"]


# --- the thread --------------------------------------------------------------------------------------------------------


@pytest.fixture
def shopify(settings: Settings) -> Settings:
    return settings.model_copy(update={"shopify_shop": "tee", "shopify_client_secret": SecretStr(CLIENT_SECRET)})


@pytest.fixture
def client(shopify: Settings) -> Iterator[httpx.Client]:
    limits = httpx.Limits(max_keepalive_connections=0)  # httpcore may close a connection that another thread has just taken up again
    with served(create_app(shopify)) as url, httpx.Client(timeout=60, base_url=url, limits=limits) as found:
        yield found


def until(condition: Callable[[], bool]) -> None:
    """Wait for another thread; the test's own time limit ends it."""
    while not condition():
        time.sleep(0.01)


def waiting(engine: Engine) -> int:
    with reading(engine) as connection:
        return webhooks.counts(connection)[DeliveryState.WAITING]


def test_a_delivery_is_worked_off_after_its_answer(client: httpx.Client, inbox: Inbox) -> None:
    assert send(client, "orders/create", payloads.order(5)).status_code == 200
    until(lambda: waiting(inbox.engine) == 0)
    assert [order.source_id for order in inbox.rows(orders)] == ["5"]


def test_what_was_waiting_is_worked_off_at_the_start(shopify: Settings, inbox: Inbox) -> None:
    inbox.put("orders/create", payloads.order(5), datetime.now(UTC))
    with served(create_app(shopify)):
        until(lambda: waiting(inbox.engine) == 0)
    assert len(inbox.rows(orders)) == 1


def test_an_access_request_is_answered_by_itself(client: httpx.Client, shop: Shop, inbox: Inbox, shopify: Settings) -> None:
    shop.add_customer(ANNA_AT_SHOPIFY)
    send(client, "customers/data_request", payloads.data_request(1))
    until(lambda: any(request.done_at for request in inbox.requests()))
    assert (shopify.data_dir / "privacy" / f"request-{inbox.requests()[0].id}" / "data.json").is_file()


def test_the_thread_outlives_a_lost_database(shopify: Settings, inbox: Inbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    tries = threading.Semaphore(0)

    def away(*_: Any) -> bool:
        tries.release()
        if tries._value < 3:
            raise OperationalError("SELECT …", {}, Exception(SOMEBODY))
        if tries._value == 3:
            raise ValueError(SOMEBODY)
        return work_off_next(inbox.engine, SECRET, datetime.now(UTC))

    monkeypatch.setattr(webhook_work, "AFTER_TROUBLE", 0.0)
    monkeypatch.setattr(webhook_work, "work_off_next", away)
    inbox.put("orders/create", payloads.order(5), datetime.now(UTC))
    with served(create_app(shopify)):
        until(lambda: waiting(inbox.engine) == 0)
    assert "OperationalError" in caplog.text and "ValueError, unforeseen" in caplog.text
    assert SOMEBODY not in caplog.text


def test_a_burst_is_answered_and_worked_off(client: httpx.Client, inbox: Inbox) -> None:
    def one(number: int) -> int:
        topic = ("orders/create", "customers/update", "checkouts/update")[number % 3]
        payload = (payloads.order, payloads.customer, payloads.checkout)[number % 3](number)
        return send(client, topic, payload, Webhook_Id=f"burst-{number % 400}").status_code

    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(one, range(500))) == {200}
    until(lambda: waiting(inbox.engine) == 0)
    with reading(inbox.engine) as connection:
        assert webhooks.counts(connection) == {"waiting": 0, "done": 400, "ignored": 0, "failed": 0}
        assert connection.execute(select(func.count()).select_from(orders)).scalar_one() > 100


def test_no_log_line_of_the_work_names_a_person(client: httpx.Client, inbox: Inbox, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for topic, payload in (("orders/create", payloads.order()), ("customers/redact", payloads.redact()), ("customers/update", {"id": "ida"})):
        send(client, topic, payload)
    until(lambda: waiting(inbox.engine) == 0)
    assert "ida" not in caplog.text.lower()
