"""Does the Billbee on loopback notice what the real one would, and what it does wrong itself?"""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.shops.billbee.server import MockBillbee
from tests.shops.billbee.settings import Settings
from tests.shops.billbee.swagger import FULL

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(params=["small", "full"])
def billbee(request: pytest.FixtureRequest) -> Iterator[MockBillbee]:
    """By our own Swagger file and by Billbee's."""
    if request.param == "full" and not FULL.exists():
        pytest.skip("needs Billbee's Swagger file in ../shared/data/billbee")
    with MockBillbee(customers=5, orders=40, settings=Settings(swagger=request.param)) as mock:
        yield mock


def ask(mock: MockBillbee, path: str, headers: dict[str, str] | None = None, password: str = "", method: str = "GET") -> httpx.Response:
    key = {"X-Billbee-Api-Key": mock.api_key} if headers is None else headers
    return httpx.request(method, f"{mock.url}/{path}", headers=key, auth=(mock.user, password or mock.password))


@pytest.mark.parametrize("endpoint", ["customers", "customer-addresses", "orders"])
def test_what_it_makes_up_is_what_the_swagger_file_says(billbee: MockBillbee, endpoint: str) -> None:
    found = ask(billbee, f"{endpoint}?page=1&pageSize=250").json()
    assert len(found["Data"]) == found["Paging"]["TotalRows"] > 0
    assert billbee.violations == []


def test_what_it_gets_wrong_itself_is_noticed(billbee: MockBillbee) -> None:
    billbee.world.add_order(State=99)
    billbee.world.add_order(Colour="red")
    billbee.world.add_order(TotalCost="12")
    ask(billbee, "orders?pageSize=250")
    assert len(billbee.violations) == 3


@pytest.mark.parametrize(
    "path",
    [
        *("carts", "orders?minModifiedAt=2026-01-01T00:00:00", "orders?pageSize=251", "orders?page=one"),
        *("orders?articleTitleSource=4", "orders?modifiedAtMin=01.01.2026", "orders?page=1&page=2"),
    ],
)
def test_requests_that_billbee_does_not_know_are_refused_in_german(billbee: MockBillbee, path: str) -> None:
    answer = ask(billbee, path)
    assert (answer.status_code, answer.json()["Message"]) == (400, "Die Anforderung ist ungültig.")
    assert billbee.violations


def test_lists_are_only_read(billbee: MockBillbee) -> None:
    """Nothing that we are tested with may write: Billbee is the merchant's."""
    assert ask(billbee, "customers", method="PATCH").status_code == 400


def test_nobody_gets_in_without_all_three_secrets(billbee: MockBillbee) -> None:
    assert ask(billbee, "customers", headers={}).status_code == 401
    assert ask(billbee, "customers", password="wrong").status_code == 401
    assert ask(billbee, "customers").status_code == 200


def test_the_third_request_within_a_second_is_too_many(billbee: MockBillbee) -> None:
    answers = [ask(billbee, "customers") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["Retry-After"] == "1"
    assert ask(billbee, "orders").status_code == 200
    billbee.clock.advance(1)
    assert ask(billbee, "customers").status_code == 200


def test_newer_is_strict_and_older_is_not(billbee: MockBillbee) -> None:
    billbee.clock.advance(60)
    key = billbee.world.add_order()
    for bound, found in (("modifiedAtMin=2026-11-01T12:01:00Z", 0), ("modifiedAtMin=2026-11-01T12:00:59Z", 1)):
        assert ask(billbee, f"orders?{bound}").json()["Paging"]["TotalRows"] == found
    billbee.clock.advance(1)
    before = ask(billbee, "orders?modifiedAtMax=2026-11-01T12:01:00Z&pageSize=250").json()["Data"]
    assert key in {row["BillBeeOrderId"] for row in before}


def test_it_starts_as_a_process_and_says_where() -> None:
    command = [sys.executable, "-m", "tests.shops.billbee.server", "--customers", "3", "--orders", "2", "--unlimited"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            url = process.stdout.readline().strip()
            answers = [
                httpx.get(f"{url}/customers", headers={"X-Billbee-Api-Key": MockBillbee.api_key}, auth=(MockBillbee.user, MockBillbee.password))
                for _ in range(4)
            ]
            assert [answer.json()["Paging"]["TotalRows"] for answer in answers] == [3] * 4
        finally:
            process.kill()
