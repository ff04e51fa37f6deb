"""Does a phone always get its redirect, and is no scan lost?  ``python -m benchmarks.load [all|faults|slow_disk|import|full_disk|failing_disk]``

Prints ``name value`` lines like the benchmarks, and ends with an error where a promise was broken: a scan lost or stored twice, an answer that
was no redirect, a journal that did not empty. Times are printed and left to the reader: they tell as much of the machine as of us.
"""

import os
import random
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pysqlite3 import dbapi2 as fixed_sqlite

from benchmarks.edge import Api, Database, add_letters, scans_by_token, served, slow_disk, wait_until_empty
from benchmarks.processes import in_a_process
from benchmarks.shop import exports
from benchmarks.visits import HUNG_UP, Visits, at_a_rate, one_after_the_other
from flows.intake.csv_files import files_at, import_file
from store import migrate
from store.engine import Engine, open_engine
from store.settings import Settings

REDIRECT, LEADS_ON_UNKEPT = 302, 503
FIU = Path("/usr/lib/fiu")
"""Where Debian puts libfiu's libraries."""
EMPTY_WITHIN_SECONDS = 5.0
"""After the database is back (reliability facts 1.4, S4)."""


class Broken(Exception):
    """A promise was not kept."""


@contextmanager
def place(kind: str, count: int) -> Iterator[tuple[Path, str, Engine, list[str], Database | None]]:
    """A folder, a database with so many letters in it, their codes, and the server where it has one."""
    with tempfile.TemporaryDirectory(prefix="postillion-load-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        server = Database(folder) if kind == "postgresql" else None
        url = server.url if server else f"sqlite:///{folder}/var/postillion.db"
        engine = open_engine(url)
        migrate.upgrade(engine)
        yield folder, url, engine, add_letters(engine, count), server
        engine.dispose()
        if server:
            server.close()


# --- kills -------------------------------------------------------------------------------------------------------------------


def faults(
    letters: int = 250_000, database_kills: int = 10, hangs: int = 3, api_kills: int = 20, pause: float = 3.0, visit_pause: float = 0.015
) -> dict[str, float]:
    """PostgreSQL and the API are killed again and again while phones go on; every letter is scanned once, so that a scan has a name.

    ``pause``: seconds that the database is away; ``visit_pause``: seconds of each of 32 phones between two visits.
    """
    with place("postgresql", letters) as (folder, url, engine, tokens, server):
        assert server
        with served(folder / "var", url) as api:
            over, up, empty = threading.Event(), _Up(), list[float]()
            trouble = threading.Thread(target=_trouble, args=(api, server, (database_kills, hangs, api_kills), pause, up, over, empty))
            trouble.start()
            found = one_after_the_other(api.port, tokens, 32, visit_pause, over.is_set)
            trouble.join()
            if up.trouble:
                raise up.trouble
            _wait_for_the_journal(api)
        return _settled(engine, found, up) | {
            "database_kills": database_kills,
            "database_hangs": hangs,
            "api_kills": api_kills,
            "slowest_empty_s": max(empty),
        }


class _Up:
    """When was the API away, and what went wrong while trouble was made?"""

    def __init__(self) -> None:
        self.gone: list[tuple[float, float]] = []
        self.trouble: Exception | None = None

    def was_up(self, begun: float, ended: float) -> bool:
        """Whether nobody had killed it between the two moments."""
        return not any(killed < ended and begun < back for killed, back in self.gone)


def _trouble(api: Api, server: Database, kills: tuple[int, int, int], pause: float, up: _Up, over: threading.Event, empty: list[float]) -> None:
    """One kind of trouble after the other in a mixed order, some of it at once."""
    database_kills, hangs, api_kills = kills
    order = ["kill"] * database_kills + ["hang"] * hangs + ["api"] * api_kills
    random.Random(7).shuffle(order)
    try:
        for number, what in enumerate(order):
            time.sleep(pause / 4)
            if what == "api":
                _kill_api(api, up)
                continue
            stop, go_on = (server.kill, server.start) if what == "kill" else (server.hang, server.go_on)
            stop()
            time.sleep(pause)
            if number % 3 == 0:  # the API dies as well while the database is away, and is back before it
                _kill_api(api, up)
            go_on()
            empty.append(_wait_for_the_journal(api))
    except Exception as error:  # told to whoever waits for the thread
        up.trouble = error
    finally:
        over.set()


def _kill_api(api: Api, up: _Up) -> None:
    killed = time.monotonic()
    api.kill()
    api.start()
    up.gone.append((killed, time.monotonic()))


def _wait_for_the_journal(api: Api) -> float:
    seconds = wait_until_empty(api, EMPTY_WITHIN_SECONDS)
    if seconds is None:
        raise Broken(f"after {EMPTY_WITHIN_SECONDS} s the journal is not empty: {api.health()}")
    return seconds


def _settled(engine: Engine, found: Visits, up: _Up) -> dict[str, float]:
    """Compare what phones were told with what is stored."""
    stored, told = scans_by_token(engine), found.tokens(REDIRECT)
    lost = [token for token in told if token not in stored]
    twice = [token for token, count in stored.items() if count > 1]
    while_up = [visit for visit in found.all if up.was_up(visit.due_at, visit.answered_at)]
    refused = [visit for visit in found.all if visit.status not in (REDIRECT, HUNG_UP)] + [visit for visit in while_up if visit.status == HUNG_UP]
    if lost or twice or refused:
        raise Broken(f"{len(lost)} scans lost, {len(twice)} stored twice, {len(refused)} phones not sent on")
    return {
        "acknowledged": len(told),
        "lost": 0,
        "stored_twice": 0,
        "not_redirected_while_up": 0,
        "stored_unacknowledged": len(stored) - len(set(told)),
        "p99_ms": Visits(while_up).percentile(99),
        "max_ms": Visits(while_up).percentile(100),
    }


# --- a slow disk, a busy database ------------------------------------------------------------------------------------------------


def on_a_slow_disk(kind: str, per_second: int = 1000, seconds: float = 60, delay_ms: float = 5) -> dict[str, float]:
    """Open loop while every fsync of the API takes so much longer; with PostgreSQL that is its journal alone, so the server's are slowed as well."""
    with tempfile.TemporaryDirectory() as tools:
        environment = slow_disk(Path(tools), delay_ms)
        if environment is None:
            raise Broken("there is no C compiler to build benchmarks/slow_sync.c with")
        before = {name: os.environ.get(name) for name in ("LD_PRELOAD", "SLOW_SYNC_US")}
        Path(tools).chmod(0o755)
        if kind == "postgresql":  # its processes inherit it
            os.environ.update({name: environment[name] for name in before})
        try:
            with place(kind, 20_000) as (folder, url, engine, tokens, _):
                os.environ.update({name: value for name, value in before.items() if value is not None})
                for name in before:
                    if before[name] is None:
                        os.environ.pop(name, None)
                with served(folder / "var", url, environment) as api:
                    at_a_rate(api.port, tokens, 50, 1)
                    found = at_a_rate(api.port, tokens, per_second, seconds)
                    _wait_for_the_journal(api)
                return _all_kept(engine, found, before=50)
        finally:
            for name, value in before.items():
                if value is None:
                    os.environ.pop(name, None)


def _all_kept(engine: Engine, found: Visits, before: int = 0) -> dict[str, float]:
    """Every answer was a redirect, and every one is stored; ``before``: scans of warming up."""
    stored = sum(scans_by_token(engine).values()) - before
    if found.statuses != {REDIRECT: stored}:
        raise Broken(f"answers {dict(found.statuses)}, stored {stored}")
    return {"visits": stored, "not_redirected": 0, "p50_ms": found.percentile(50), "p99_ms": found.percentile(99), "p999_ms": found.percentile(99.9)} | {
        "max_ms": found.percentile(100)
    }


def while_importing(per_second: int = 200, customers: int = 310_000) -> dict[str, float]:
    """Open loop while a shop's history comes into the same SQLite file."""
    with exports(customers) as shop, place("sqlite", 20_000) as (folder, url, engine, tokens, _):
        with served(folder / "var", url) as api:
            result = dict[str, float]()
            importing = threading.Thread(target=lambda: result.update(_import(shop, folder)))
            importing.start()
            found = at_a_rate(api.port, tokens, per_second, 3600, lambda: not importing.is_alive())
            importing.join()
            _wait_for_the_journal(api)
        return _all_kept(engine, found) | result


def _import(shop: Path, folder: Path) -> dict[str, float]:
    (rows, seconds), _ = in_a_process(import_shop, shop, folder / "var")
    return {"imported_rows": rows, "imported_rows_per_second": rows / seconds}


def import_shop(shop: Path, data_dir: Path) -> tuple[int, float]:
    """Rows of the files, and the seconds that they took."""
    settings = Settings(data_dir=data_dir, database_url="")
    engine = open_engine(settings.database)
    begun = time.perf_counter()
    for file in files_at(shop, "shop", settings):
        import_file(engine, settings, file, lambda _share: None)
    seconds = time.perf_counter() - begun
    engine.dispose()
    rows = 0
    for path in shop.glob("*.csv"):
        with path.open("rb") as lines:
            rows += sum(1 for _ in lines) - 1
    return rows, seconds


# --- a full disk -----------------------------------------------------------------------------------------------------------------


def on_a_full_disk(kind: str, letters: int = 3000, room: int = 40_000) -> dict[str, float]:
    """The database is away and files of the API cannot grow beyond ``room`` bytes: who was redirected is stored, the others are led on by a 503 page."""
    with place(kind, letters) as (folder, url, engine, tokens, server):
        with served(folder / "var", url) as api:
            one_after_the_other(api.port, tokens[:10], 1)
            with away(kind, folder, server):
                assert api.process
                resource.prlimit(api.process.pid, resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
                found = one_after_the_other(api.port, tokens[10:], 16)
                health = api.health()
                resource.prlimit(api.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            _wait_for_the_journal(api)
        stored = scans_by_token(engine)
        told, unkept = found.tokens(REDIRECT), found.tokens(LEADS_ON_UNKEPT)
        if not told or not unkept or len(told) + len(unkept) != len(found.all):
            raise Broken(f"answers {dict(found.statuses)}")
        if lost := [token for token in told if stored.get(token) != 1]:
            raise Broken(f"{len(lost)} scans lost or stored twice")
        if health["journal"] != "failing" and not health["waiting_scans"]:  # the last record may have been small enough for the room that was left
            raise Broken(f"/healthz does not say so: {health}")
        return {"redirected": len(told), "led_on_by_a_page": len(unkept), "lost": 0}


@contextmanager
def away(kind: str, folder: Path, server: Database | None) -> Iterator[None]:
    """The database takes nothing as long as the block lasts: killed, or (SQLite) locked by another process."""
    if server:
        server.kill()
        yield
        server.start()
        return
    other = fixed_sqlite.connect(str(folder / "var" / "postillion.db"), isolation_level=None)
    other.execute("begin immediate")
    yield
    other.execute("rollback")
    other.close()


def on_a_failing_disk(letters: int = 3000) -> dict[str, float]:
    """The database is away, and one write or sync in five of the API fails: who was redirected is stored, once."""
    libraries = [FIU / "fiu_run_preload.so", FIU / "fiu_posix_preload.so"]
    if not all(library.exists() for library in libraries):
        print("load.failing_disk skipped: libfiu (Debian's fiu-utils) is not installed")
        return {}
    points = ("rw/pwrite", "sync/fdatasync")
    enabled = "\n".join(f"enable_random name=posix/io/{point},probability=0.2,failinfo=28" for point in points)
    environment = {**os.environ, "LD_PRELOAD": " ".join(map(str, libraries)), "FIU_ENABLE": enabled}
    with place("postgresql", letters) as (folder, url, engine, tokens, server):
        assert server
        server.kill()
        with served(folder / "var", url, environment) as api:
            found = one_after_the_other(api.port, tokens, 16)
            server.start()
            _wait_for_the_journal(api)
        stored = scans_by_token(engine)
    told, unkept = found.tokens(REDIRECT), found.tokens(LEADS_ON_UNKEPT)
    if not told or not unkept or len(told) + len(unkept) != len(found.all):
        raise Broken(f"answers {dict(found.statuses)}")
    if lost := [token for token in told if stored.get(token) != 1]:
        raise Broken(f"{len(lost)} scans lost or stored twice")
    return {"redirected": len(told), "led_on_by_a_page": len(unkept), "stored_unacknowledged": len(set(stored) - set(told)), "lost": 0}


AREAS: dict[str, dict[str, Callable[[], dict[str, float]]]] = {
    "faults": {"faults": faults},
    "slow_disk": {"slow_disk_sqlite": lambda: on_a_slow_disk("sqlite"), "slow_disk_postgresql": lambda: on_a_slow_disk("postgresql")},
    "import": {"import": while_importing},
    "full_disk": {"full_disk_sqlite": lambda: on_a_full_disk("sqlite"), "full_disk_postgresql": lambda: on_a_full_disk("postgresql")},
    "failing_disk": {"failing_disk": on_a_failing_disk},
}


def main(area: str) -> int:
    """Run one area or all of them."""
    if area != "all" and area not in AREAS:
        print(f"There is no area {area!r}: choose one of {', '.join(AREAS)}, or all.", file=sys.stderr)
        return 2
    print(f"load.machine_load {os.getloadavg()[0]:.1f}", flush=True)
    for name in AREAS if area == "all" else [area]:
        for part, run in AREAS[name].items():
            for key, value in run().items():
                print(f"load.{part}.{key} {value:.1f}" if isinstance(value, float) else f"load.{part}.{key} {value}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "all"))
