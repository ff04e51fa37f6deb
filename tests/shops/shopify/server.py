"""How is the mock started: in a test, or as a process of its own?

``python -m tests.shops.shopify.server --port 0 --customers 1000`` prints its URL and serves until it is ended.
"""

import argparse
import signal
import socket
import sys
import threading
from datetime import datetime
from types import TracebackType
from typing import Any, Self

import uvicorn

from tests.shops.shopify.app import make_app
from tests.shops.shopify.clock import Dated
from tests.shops.shopify.parts import Parts, make_parts
from tests.shops.shopify.settings import ACCESS_TOKEN, CLIENT_ID, CLIENT_SECRET, SHOP, Settings


class MockShopify:
    """A Shopify shop on loopback; ``with MockShopify(customers=1000) as mock`` serves it until the end of the block."""

    shop = SHOP
    client_id = CLIENT_ID
    client_secret = CLIENT_SECRET
    access_token = ACCESS_TOKEN

    def __init__(self, customers: int = 100, orders: int = 100, checkouts: int = 20, port: int = 0, **settings: Any) -> None:
        self.parts: Parts = make_parts({"Customer": customers, "Order": orders, "AbandonedCheckout": checkouts}, Settings(**settings))
        self.settings, self.clock, self.world = self.parts.settings, self.parts.clock, self.parts.world
        self.faults, self.log, self.tokens = self.parts.faults, self.parts.log, self.parts.tokens
        self.bucket, self.bulk, self.subscriptions = self.parts.bucket, self.parts.bulk, self.parts.subscriptions
        self.discounts = self.parts.discounts
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: asyncio sends small answers at once only then
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(128)  # who comes before uvicorn is ready waits
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self.bulk.address = self.url
        # log_level: a download that a test cuts off is an error for uvicorn, which would print it
        app = Dated(make_app(self.parts), self.clock)
        self._server = uvicorn.Server(
            uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off", date_header=False, timeout_graceful_shutdown=1)
        )
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def serve(self) -> None:
        """Answer requests in this thread until the process is ended."""
        self._server.run(sockets=[self._socket])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()
        self.bulk.close()


def main(words: list[str]) -> None:
    """Serve a shop as a process of its own."""
    parser = argparse.ArgumentParser(description="A Shopify shop on loopback")
    for name, default in (("customers", 100), ("orders", 100), ("checkouts", 20), ("port", 0)):
        parser.add_argument(f"--{name}", type=int, default=default)
    for name in ("bucket", "restore_rate", "token_seconds"):
        parser.add_argument(f"--{name.replace('_', '-')}", type=float)
    parser.add_argument("--bulk-polls", type=int)
    parser.add_argument("--scopes", type=lambda text: text.split(","))
    parser.add_argument("--schema", choices=["auto", "full", "small"])
    parser.add_argument("--until", type=datetime.fromisoformat, help="end of the shop's history (with offset); default: last midnight, UTC")
    given = {name: value for name, value in vars(parser.parse_args(words)).items() if value is not None}
    mock = MockShopify(real_time=True, **given)
    print(mock.url, flush=True)  # noqa: T201
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # uvicorn ends, then raises the signal again: the files are still to be deleted
    try:
        mock.serve()
    finally:
        mock.bulk.close()


if __name__ == "__main__":
    main(sys.argv[1:])
