"""Can slow clients and floods of headers hold up the others?"""

import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn

from api import bounded_http
from api.bounded_http import BoundedHttp


async def app(scope: object, receive: object, send: object) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})  # type: ignore[operator]
    await send({"type": "http.response.body", "body": b"ok"})  # type: ignore[operator]


@pytest.fixture
def address() -> Iterator[tuple[str, int]]:
    """Of a server with our protocol."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none", http=BoundedHttp))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.005)
    yield "127.0.0.1", server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def is_hung_up(connection: socket.socket) -> bool:
    """Whether the server ends the connection; waits for it."""
    connection.settimeout(20)
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def test_headers_without_end_end_the_connection(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(ConnectionError):
            for number in range(1000):
                connection.sendall(b"X-%d: %s\r\n" % (number, b"a" * 65_000))
                time.sleep(0.001)


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_who_never_says_what_they_want_is_hung_up_on(address: tuple[str, int], said: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.05)
    with socket.create_connection(address) as connection:
        connection.sendall(said)
        assert is_hung_up(connection)


def test_the_same_holds_for_a_further_request(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = b""
        while not answer.endswith(b"ok"):
            answer += connection.recv(1000)
        monkeypatch.setattr(bounded_http, "HEAD_SECONDS", 0.05)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        assert is_hung_up(connection)


def test_whoever_behaves_is_served_as_before(address: tuple[str, int]) -> None:
    with httpx.Client(timeout=60, base_url=f"http://{address[0]}:{address[1]}") as client:
        assert urlsplit(str(client.base_url)).port == address[1]
        for _ in range(3):
            assert client.get("/", headers={"User-Agent": "a" * 64_000}).text == "ok"
            assert client.post("/", content=b"x" * 1_000_000).text == "ok"
