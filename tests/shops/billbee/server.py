"""How does one start a Billbee on loopback?  See README.md."""

import argparse
import base64
import math
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.shops.billbee import faults
from tests.shops.billbee.faults import Fault, Reply, Rule
from tests.shops.billbee.rates import Rates
from tests.shops.billbee.settings import API_KEY, PASSWORD, USER, Settings
from tests.shops.billbee.swagger import Swagger, swagger
from tests.shops.billbee.world import Row, World
from tests.shops.shopify.clock import Clock, Dated

BASE = "/api/v1"
MOST = 250


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came."""

    endpoint: str
    page: int
    parameters: dict[str, str]
    status: int
    at: float
    """Seconds on the mock's clock."""


class MockBillbee:
    """A Billbee account behind a real socket. A context manager."""

    api_key, user, password = API_KEY, USER, PASSWORD

    def __init__(self, customers: int = 0, orders: int = 0, settings: Settings | None = None, clock: Clock | None = None, port: int = 0) -> None:
        self.settings = settings or Settings()
        self.clock = clock or Clock()
        self.world = World(self.clock, customers, orders)
        self.before: Callable[[str, int], None] = lambda _endpoint, _page: None
        self.log: list[Asked] = []
        self.violations: list[str] = []
        self._swagger: Swagger = swagger(self.settings.swagger)
        self._checked: dict[int, Row] = {}
        self._rules: list[Rule] = []
        self._rates = Rates(self.seconds)
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])])
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: asyncio sends small answers at once only then
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._server = uvicorn.Server(uvicorn.Config(Dated(app, self.clock), log_level="warning", lifespan="off", ws="none", date_header=False))
        self._thread = threading.Thread(target=self.serve, daemon=True)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}{BASE}"

    def __enter__(self) -> Self:
        self._socket.listen()
        self._thread.start()
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._server.should_exit = True
        self._thread.join(10)
        self._socket.close()

    def serve(self) -> None:
        """Answer until the process ends."""
        self._server.run(sockets=[self._socket])

    def seconds(self) -> float:
        """The mock's clock as an importer's: seconds."""
        return self.clock.now().timestamp()

    def next(self, fault: Fault, times: float = 1, endpoint: str = "", after: int = 0) -> None:
        """The next ``times`` requests (to ``endpoint``, once ``after`` have passed) get this trouble."""
        self._rules.append(Rule(fault, times, endpoint, after))

    def count(self, endpoint: str = "") -> int:
        """How many requests came."""
        return sum(1 for asked in self.log if endpoint in ("", asked.endpoint))

    def statuses(self) -> Counter[int]:
        """How the requests were answered."""
        return Counter(asked.status for asked in self.log)

    async def _answer(self, request: Request) -> Response:
        endpoint = request.url.path.removeprefix(f"{BASE}/")
        reply = self._reply(request, endpoint)
        number = request.query_params.get("page", "1")
        self.log.append(Asked(endpoint, int(number) if number.isdecimal() else 0, dict(request.query_params), reply.status, self.seconds()))
        return Response(reply.body, reply.status, dict(reply.headers), "application/json; charset=utf-8")

    def _reply(self, request: Request, endpoint: str) -> Reply:
        refused = self._refusal(request, endpoint)
        if refused:
            return refused
        size, number = int(request.query_params.get("pageSize", "50")), int(request.query_params.get("page", "1"))
        self.before(endpoint, number)
        rows = self._rows(endpoint, request)
        total_pages = math.ceil(len(rows) / size)
        paging = {"Page": number, "TotalPages": total_pages, "TotalRows": len(rows), "PageSize": size}
        page = rows[(number - 1) * size : number * size]
        reply = Reply({"Paging": paging, "ErrorMessage": None, "ErrorCode": 0, "ErrorDescription": 0, "Data": page})
        self._check_own(request.url.path, reply)
        rule = next((rule for rule in self._rules if rule.plays(endpoint)), None)
        return rule.fault(reply) if rule else reply

    def _refusal(self, request: Request, endpoint: str) -> Reply | None:
        """What is said to somebody who may not come in, comes too often or asks for what there is not."""
        nothing = Reply({})
        basic = "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        if request.headers.get("X-Billbee-Api-Key") != self.api_key:
            return faults.status(401, "The API key is not valid.")(nothing)
        if request.headers.get("Authorization") != basic:
            return faults.status(401, "Authorization has been denied for this request.")(nothing)
        if not self.settings.unlimited and not self._rates.allow(endpoint):
            return faults.too_many(self.settings.retry_after)(nothing)
        errors = self._swagger.request_errors(request.url.path, request.method, request.query_params.multi_items())
        size = request.query_params.get("pageSize", "50")
        if not errors and not 1 <= int(size) <= MOST:
            errors = [f"pageSize={size} is not between 1 and {MOST}"]
        if errors:
            self.violations += errors
            return Reply({"Message": "Die Anforderung ist ungültig.", "ModelState": {"request": errors}}, 400)
        return None

    def _rows(self, endpoint: str, request: Request) -> list[Row]:
        world, query = self.world, request.query_params
        if endpoint == "customers":
            return _sorted(world.customers.values(), self.settings.customers_by)
        if endpoint == "customer-addresses":
            return _sorted(world.addresses.values(), "Id")
        newer, until = query.get("modifiedAtMin"), query.get("modifiedAtMax")
        after = world.read(newer, self.settings.ignores_offset) if newer else None
        upto = world.read(until, self.settings.ignores_offset) if until else None
        dated = [(world.read(row["LastModifiedAt"]), row) for row in world.orders.values()]
        found = [row for at, row in dated if (after is None or at > after) and (upto is None or at <= upto)]
        return _sorted(found, self.settings.order_by)

    def _check_own(self, path: str, reply: Reply) -> None:
        if not self.settings.validate:
            return
        self.violations += self._swagger.envelope_errors(path, reply.envelope)
        for row in reply.envelope["Data"]:
            if id(row) not in self._checked:
                self._checked[id(row)] = row  # kept, so that its id is not given to another one
                self.violations += self._swagger.row_errors(path, row)


def _sorted(rows: Iterable[Row], by: str) -> list[Row]:
    name = by.lstrip("-")
    return sorted(rows, key=lambda row: (row[name], next(iter(row.values()))), reverse=by.startswith("-"))


def main() -> None:
    """Serve as a process of its own, and print the URL first."""
    parser = argparse.ArgumentParser(description="A Billbee on loopback.")
    for name, default in (("--port", 0), ("--customers", 100), ("--orders", 300)):
        parser.add_argument(name, type=int, default=default)
    parser.add_argument("--unlimited", action="store_true", help="no rates")
    chosen = parser.parse_args()
    mock = MockBillbee(chosen.customers, chosen.orders, Settings(unlimited=chosen.unlimited), Clock(real=True), chosen.port)
    mock._socket.listen()
    print(mock.url, flush=True)  # noqa: T201
    mock.serve()


if __name__ == "__main__":
    main()
