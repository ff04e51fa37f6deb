"""A Prefect server on loopback as far as the desk speaks to it, with the answers that Prefect 3.8.8 gives (prefect facts 2 and 3)."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

DEPLOYMENT = "5c1d4b7a-1f0e-4d06-9d63-0a5b8c2e7f11"
ACCEPT = (201, {"state": {"type": "SCHEDULED", "name": "Resuming"}, "status": "ACCEPT", "details": {"type": "accept_details"}})
NO_SCHEMA = (200, {"state": None, "status": "REJECT", "details": {"type": "reject_details", "reason": "Run input schema not found."}})
NOT_PAUSED = (200, {"state": None, "status": "REJECT", "details": {"type": "reject_details", "reason": "Cannot resume a run that is not paused."}})
GONE = (404, {"detail": "Flow run not found"})
LOCKED = (503, {"exception_message": "Service Unavailable"})


class PrefectAnswerer:
    """What it is asked, and what it answers to a resumption, one after another; the last answer stays."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any, str]] = []
        self.resumes: list[tuple[int, Any]] = [ACCEPT]
        self.port = 0

    def answer(self, path: str, body: Any) -> tuple[int, Any]:
        """As the real one."""
        if path.endswith("/resume"):
            return self.resumes.pop(0) if len(self.resumes) > 1 else self.resumes[0]
        if path == "/api/deployments/name/hand-over/print-run":
            return 200, {"id": DEPLOYMENT, "name": "print-run"}
        assert path == f"/api/deployments/{DEPLOYMENT}/create_flow_run", path
        return 201, {"id": "0e6f3f52-6a0a-4c7b-8a55-9d7a2f3b1c00", "parameters": body["parameters"]}

    @property
    def started(self) -> list[int]:
        """Print runs whose hand-over was started."""
        return [body["parameters"]["print_run"] for path, body, _ in self.asked if path.endswith("/create_flow_run")]


@contextmanager
def answering() -> Iterator[PrefectAnswerer]:
    """Somebody who answers on a port of loopback."""
    prefect = PrefectAnswerer()

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            body = json.loads(content) if content else None
            prefect.asked.append((self.path, body, self.headers.get("Authorization", "")))
            status, answer = prefect.answer(self.path, body)
            written = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(written)))
            self.end_headers()
            self.wfile.write(written)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Door) as server:
        prefect.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield prefect
        finally:
            server.shutdown()
            thread.join()
