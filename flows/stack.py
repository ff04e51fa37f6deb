"""How do Prefect's server, our worker and the API start together and stop in the right order?

Running flows end first, then the worker, then the API, then the server that all report to.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import httpx
from pydantic import SecretStr

from campaigns.errors import Stop
from flows.prefect_environment import prefect_environment
from store.settings import Settings

DRAIN_SECONDS = 600
"""How long a running flow may take to end when the stack stops."""


class StackDied(Stop):
    """A process of the stack ended or did not answer; the message names its log."""


@dataclass(slots=True)
class Process:
    """One process of the stack with the file that it logs to."""

    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path

    def check(self) -> None:
        """Raise StackDied if it is not running any more."""
        if self.popen.poll() is not None:
            tail = "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-15:])
            raise StackDied(f"{self.name} ended with code {self.popen.returncode}. The end of {self.log}:\n{tail}")


@dataclass(slots=True)
class Stack:
    """What is running, and where."""

    settings: Settings
    environment: Mapping[str, str]
    processes: list[Process]

    @property
    def prefect_url(self) -> str:
        """The Prefect UI."""
        return f"http://127.0.0.1:{self.settings.prefect_port}"

    @property
    def api_url(self) -> str:
        """Desk and scan links."""
        return f"http://127.0.0.1:{self.settings.api_port}"

    def check(self) -> None:
        """Raise StackDied unless everything runs."""
        for process in self.processes:
            process.check()


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment for processes of the stack: these settings, whatever the caller's environment says of them."""
    own = {f"POSTILLION_{name.upper()}": _plain(value) for name, value in settings if value is not None}
    return {**os.environ, **_prefect(settings), **own}


def _prefect(settings: Settings) -> Mapping[str, str]:
    database_url = settings.prefect_database_url.get_secret_value()
    return prefect_environment(settings.data_dir / "prefect", settings.prefect_port, database_url, settings.log_format)


def _plain(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    return str(value.resolve()) if isinstance(value, Path) else str(value)


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[Stack]:
    """Start everything, deploy the flows, and stop everything at the end, whatever happened in between."""
    stack = Stack(settings, environment_of(settings), [])
    for port in (settings.prefect_port, settings.api_port):
        _refuse_taken(port)
    try:
        server = _start(stack, "prefect-server", "-m", "prefect", "server", "start")
        _wait_for(f"{stack.prefect_url}/api/health", server)
        _command(stack, "migrate")
        _command(stack, "deploy")
        _let_work_begin(stack)
        _start(stack, "worker", "-m", "prefect", "worker", "start", "--pool", "postillion", "--type", "process")
        bounded = ("--http", "api.bounded_http:BoundedHttp", "--no-access-log")
        api = _start(stack, "api", "-m", "uvicorn", "--factory", "api.app:create_server", "--port", str(settings.api_port), *bounded)
        _wait_for(f"{stack.api_url}/healthz", api)
        yield stack
    finally:
        with _undisturbed():
            _drain(stack)
            for name in ("worker", "api", "prefect-server"):
                for process in stack.processes:
                    if process.name == name:
                        _stop(process)


@contextlib.contextmanager
def _undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the stack running (signals reach the main thread only)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = [(one, signal.signal(one, signal.SIG_IGN)) for one in (signal.SIGINT, signal.SIGTERM)]
    try:
        yield
    finally:
        for one, handler in before:
            signal.signal(one, handler)


def _refuse_taken(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise StackDied(f"Port {port} is in use: is Postillion running already? Another port: POSTILLION_PREFECT_PORT, POSTILLION_API_PORT.") from None


def _pause_work(stack: Stack, *, paused: bool) -> None:
    httpx.patch(f"{stack.prefect_url}/api/work_pools/postillion", json={"is_paused": paused}, timeout=10).raise_for_status()


def _let_work_begin(stack: Stack, seconds: float = 30) -> None:
    """Open the work pool that the last stop has paused; a server whose database is locked answers 503 and is asked again."""
    end = time.monotonic() + seconds
    while True:
        try:
            return _pause_work(stack, paused=False)
        except httpx.HTTPError as error:
            stack.check()
            if time.monotonic() > end:
                raise StackDied(f"The Prefect server does not open its work pool: {error}. See {stack.settings.data_dir / 'logs'}.") from error
            time.sleep(0.5)


def _drain(stack: Stack) -> None:
    """Let running flows end before the worker does: Prefect 3.8.8's worker kills them (seen three times of three).

    A server that is slow or answers 503, as it does while its database is locked, is busy and asked again; only one whose process
    has ended is not waited for.
    """
    servers = [process for process in stack.processes if process.name in {"prefect-server", "worker"}]
    end = time.monotonic() + DRAIN_SECONDS
    busy = {"flow_runs": {"state": {"type": {"any_": ["RUNNING", "PENDING", "CANCELLING"]}}}}
    while len(servers) == 2 and all(process.popen.poll() is None for process in servers) and time.monotonic() < end:
        with contextlib.suppress(httpx.HTTPError):
            _pause_work(stack, paused=True)
            if not httpx.post(f"{stack.prefect_url}/api/flow_runs/count", json=busy, timeout=10).raise_for_status().json():
                return
        time.sleep(0.5)


def _start(stack: Stack, name: str, *arguments: str) -> Process:
    log = stack.settings.data_dir / "logs" / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    file: IO[bytes]
    with log.open("wb") as file:
        popen = subprocess.Popen(  # noqa: S603  # our own programs, no shell
            [sys.executable, *arguments], stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT, env=dict(stack.environment), start_new_session=True
        )
    process = Process(name, popen, log)
    stack.processes.append(process)
    return process


def _command(stack: Stack, *arguments: str) -> None:
    done = subprocess.run(  # noqa: S603  # our own program, no shell
        [sys.executable, "-m", "flows.cli", *arguments], env=dict(stack.environment), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise StackDied(f"postillion {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")


def _wait_for(url: str, process: Process, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        process.check()
        try:
            if httpx.get(url, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise StackDied(f"{process.name} did not answer at {url} within {seconds:.0f} seconds: see {process.log}")


def _stop(process: Process) -> None:
    if process.popen.poll() is not None:
        return
    process.popen.send_signal(signal.SIGTERM)
    try:
        process.popen.wait(20)
    except subprocess.TimeoutExpired:
        process.popen.kill()
        process.popen.wait()
