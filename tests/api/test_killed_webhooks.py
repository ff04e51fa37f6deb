"""kill -9 of a real API process, at every place where it hurts: no delivery is lost, none is done twice."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, func, select

from store import webhooks
from store.engine import open_engine, reading, writing
from store.schema import carts, customer_sources, customers, order_lines, orders, privacy_requests, webhook_deliveries
from store.settings import Settings
from store.webhooks import Delivery, DeliveryState
from tests.api.webhook_shop import CLIENT_SECRET, headers
from tests.importers.shopify import payloads
from tests.importers.shopify.payloads import body

ROOT = Path(__file__).parents[2]
WORKING = ("webhook.before_effects", "webhook.after_effects", "webhook.before_commit", "webhook.after_commit")
KEEPING = ("webhook.before_keeping", "webhook.after_keeping")
OTTO = payloads.address(first_name="Otto", last_name="Berg", address1="Weg 2")
DELIVERIES: tuple[tuple[str, Any], ...] = (
    ("customers/create", payloads.customer(1)),
    ("orders/create", payloads.order(1, email="ida1@example.com")),
    ("orders/create", payloads.order(2, customer={"id": 2}, email="ida2@example.com", billing_address=OTTO)),
    ("customers/update", payloads.customer(2, first_name="Otto", last_name="Berg", default_address=OTTO)),
    ("checkouts/create", payloads.checkout(3)),
    ("orders/delete", {"id": 2}),
    ("customers/redact", payloads.redact(1, orders=(1,))),
    ("customers/data_request", payloads.data_request(2, "ida2@example.com")),
)


def environment(settings: Settings, death: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("POSTILLION_")}
    return own | {
        "POSTILLION_DATABASE_URL": settings.database_url,
        "POSTILLION_DATA_DIR": str(settings.data_dir),
        "POSTILLION_SHOPIFY_CLIENT_SECRET": CLIENT_SECRET,
        "POSTILLION_SHOPIFY_SHOP": "tee",
        **({"POSTILLION_FAILPOINT": death} if death else {}),
    }


@contextmanager
def api_process(settings: Settings, death: str = "") -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The API as it is really started; gives the process and its address."""
    with socket.socket() as listening:  # the process takes the socket over: nobody else can get the port
        listening.bind(("127.0.0.1", 0))
        listening.listen(64)
        listening.set_inheritable(True)
        command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app", "--fd", str(listening.fileno()), "--no-access-log"]
        process = subprocess.Popen(command, env=environment(settings, death), cwd=ROOT, pass_fds=[listening.fileno()], stderr=subprocess.DEVNULL)
        try:
            yield process, f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            process.kill()
            process.wait()


def work_off(settings: Settings, engine: Engine) -> None:
    """A process that nobody kills, until nothing waits any more; then it is asked to end, and does."""
    with api_process(settings) as (process, _):
        while unfinished(engine):
            assert process.poll() is None
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) in (0, -signal.SIGTERM)


def unfinished(engine: Engine) -> int:
    with reading(engine) as connection:
        open_requests = len(connection.execute(select(privacy_requests).where(privacy_requests.c.done_at.is_(None))).all())
        return webhooks.counts(connection)[DeliveryState.WAITING] + open_requests


def fill(engine: Engine) -> None:
    now = datetime.now(UTC) - timedelta(minutes=1)
    with writing(engine) as connection:
        for number, (topic, payload) in enumerate(DELIVERIES):
            webhooks.add(connection, Delivery(f"d{number}", "shopify", topic, body(payload), now + timedelta(milliseconds=number)))


def contents(engine: Engine) -> list[Any]:
    """Everything that deliveries leave behind, without moments of our own clock; people by their place, since numbers may have gaps."""
    with reading(engine) as connection:
        people, bought, left, asked, sent = customers.c, orders.c, carts.c, privacy_requests.c, webhook_deliveries.c
        chosen = (
            select(people.id, people.email, people.last_name, people.street, people.erased_at.is_not(None)).order_by(people.id),
            select(customer_sources.c.customer_id, customer_sources.c.source_id, customer_sources.c.record).order_by(customer_sources.c.source_id),
            select(bought.customer_id, bought.source_id, bought.state, bought.total_cents, bought.email_key).order_by(bought.id),
            select(left.customer_id, left.source_id, left.email_key),
            select(asked.customer_id, asked.kind, func.substr(asked.outcome, 1, 9)).order_by(asked.id),
        )
        found: list[Any] = [[tuple(row) for row in connection.execute(query)] for query in chosen]
        places = {row[0]: place for place, row in enumerate(found[0], 1)}
        found = [[(places.get(row[0]), *row[1:]) for row in rows] for rows in found]
        found.append([tuple(row) for row in connection.execute(select(order_lines.c.position, order_lines.c.sku))])
        found.append([tuple(row) for row in connection.execute(select(sent.id, sent.state, sent.attempts, sent.body).order_by(sent.id))])
    return found


@pytest.mark.parametrize("nth", [1, 5, 7])
def test_a_process_that_is_killed_while_it_works_leaves_all_or_nothing(engine: Engine, settings: Settings, nth: int, undisturbed: list[Any]) -> None:
    fill(engine)
    for point in WORKING:
        with api_process(settings, f"{point}:{nth if point == WORKING[0] else 1}") as (process, _):
            assert process.wait(60) == -signal.SIGKILL, f"nobody died at {point}"
    work_off(settings, engine)
    assert contents(engine) == undisturbed


@pytest.fixture
def undisturbed(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[list[Any]]:
    """What the same deliveries leave behind in a database of the same kind when nobody dies."""
    if kind == "sqlite":
        path = tmp_path / "undisturbed.db"
        path.write_bytes(request.getfixturevalue("sqlite_template").read_bytes())
        url = f"sqlite:///{path}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.url(server.new("with_tables"))
    engine = open_engine(url)
    fill(engine)
    work_off(Settings(_env_file=None, database_url=url, data_dir=tmp_path / "undisturbed"), engine)
    found = contents(engine)
    assert [row[1:] for row in found[0]] == [("", "", "", True), ("ida2@example.com", "Berg", "Weg 2", False)]
    yield found
    engine.dispose()


@pytest.mark.parametrize("point", KEEPING)
def test_a_process_that_is_killed_before_its_answer_is_sent_the_delivery_again(engine: Engine, settings: Settings, point: str) -> None:
    content = body(payloads.order(5))
    same = headers("orders/create", content)
    with api_process(settings, f"{point}:1") as (process, url):
        with pytest.raises(httpx.TransportError):
            httpx.post(f"{url}/webhooks/shopify", content=content, headers=same, timeout=60)
        assert process.wait(60) == -signal.SIGKILL
    with api_process(settings) as (process, url):
        assert httpx.post(f"{url}/webhooks/shopify", content=content, headers=same, timeout=60).status_code == 200
        while unfinished(engine):
            assert process.poll() is None
            time.sleep(0.02)
    with reading(engine) as connection:
        [row] = connection.execute(select(webhook_deliveries)).all()
        assert (row.state, row.attempts) == ("done", 1)
        assert connection.execute(select(orders.c.source_id)).scalars().all() == ["5"]


def test_the_places_to_die_are_all_there_are() -> None:
    points = set()
    for path in (ROOT / "api").glob("*.py"):  # api/scanning has its own (test_killed_scans)
        points |= {line.split('"')[1] for line in path.read_text("utf-8").splitlines() if "failpoint.pass_by(" in line}
    assert points == {*WORKING, *KEEPING}
