"""Does a stack that stops wait for its flows, however its Prefect server answers meanwhile?"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from flows import stack as stacks
from flows.demo import installation_in
from flows.stack import Process, Stack, StackDied


class Answers(ThreadingHTTPServer):
    """A Prefect server that gives these answers to its count of running flows, the last one for ever."""

    def __init__(self, *answers: tuple[int, bytes]) -> None:
        self.answers, self.counts = list(answers), 0
        super().__init__(("127.0.0.1", 0), Handler)


class Handler(BaseHTTPRequestHandler):
    server: Answers

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.counts += self.command == "POST"
        status, body = self.server.answers[0] if len(self.server.answers) == 1 else self.server.answers.pop(0)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_PATCH = do_POST = answer  # noqa: N815  # the names that http.server looks for

    def log_message(self, *_arguments: object) -> None:
        """Silent."""


@contextmanager
def answering(folder: Path, *answers: tuple[int, bytes]) -> Iterator[tuple[Stack, Answers]]:
    """A stack whose server gives the answers, with two processes that live."""
    server = Answers(*answers)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    asleep = [subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) for _ in range(2)]
    processes = [Process(name, popen, Path("log")) for name, popen in zip(("prefect-server", "worker"), asleep, strict=True)]
    try:
        yield Stack(installation_in(folder).model_copy(update={"prefect_port": server.server_port}), {}, processes), server
    finally:
        for popen in asleep:
            popen.kill()
            popen.wait()
        server.shutdown()
        server.server_close()


PAUSED, LOCKED, ONE, NONE = (204, b""), (503, b"database is locked"), (200, b"1"), (200, b"0")


def test_a_server_whose_database_is_locked_is_asked_again_until_no_flow_runs(tmp_path: Path) -> None:
    with answering(tmp_path, LOCKED, PAUSED, ONE, PAUSED, LOCKED, PAUSED, ONE, PAUSED, NONE) as (stack, server):
        stacks._drain(stack)
    assert (server.answers, server.counts) == ([NONE], 4), "it went on until the server counted none"


def test_a_server_whose_process_has_ended_is_not_waited_for(tmp_path: Path) -> None:
    with answering(tmp_path, LOCKED) as (stack, server):
        stack.processes[0].popen.kill()
        stack.processes[0].popen.wait()
        stacks._drain(stack)
    assert server.counts == 0


def test_work_begins_as_soon_as_the_server_can_write(tmp_path: Path) -> None:
    with answering(tmp_path, LOCKED, LOCKED, PAUSED) as (stack, server):
        stacks._let_work_begin(stack)
    assert server.answers == [PAUSED]


def test_a_server_that_never_can_is_named(tmp_path: Path) -> None:
    with answering(tmp_path, LOCKED) as (stack, _), pytest.raises(StackDied, match="does not open its work pool: Server error '503"):
        stacks._let_work_begin(stack, seconds=0.2)
