"""How many scans a second are answered, each on disk before its redirect leaves, beside a bare uvicorn and beside the usual way to write it?

``hello`` is two lines of ASGI on the same server, event loop and HTTP parser: nothing can be faster there. ``orm`` is the usual way: a FastAPI route,
an ORM session, a commit for each scan. All are asked by the same client over 64 connections, one after the other, twice; the better run counts.
"""

import re
import shutil
import subprocess
import tempfile
import time
import timeit
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path

from api import crawlers
from benchmarks.edge import Api, scans_by_token, served
from benchmarks.load import place
from benchmarks.visits import AGENT, one_after_the_other

CONNECTIONS = 64
SECONDS = 5
LETTERS = 20_000


def asked(api: Api, tokens: list[str], folder: Path) -> tuple[float, float]:
    """Answers a second, and microseconds of the API's processor for one."""
    before = api.cpu_seconds()
    count, seconds = _by_wrk(api, tokens, folder) if shutil.which("wrk") else _by_our_client(api, tokens)
    return count / seconds, (api.cpu_seconds() - before) / count * 1e6


def _by_wrk(api: Api, tokens: list[str], folder: Path) -> tuple[int, float]:
    script = folder / "ask.lua"
    codes = ",".join(f"'{token}'" for token in tokens[:5000])
    ask = f"wrk.format('GET', '/S/' .. t[math.random(#t)], {{['User-Agent'] = '{AGENT}'}})"
    script.write_text(f"local t = {{{codes}}}\nrequest = function() return {ask} end\n")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-s", str(script), f"http://127.0.0.1:{api.port}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"(\d+) requests in ([\d.]+)s", said)
    if found is None or "Non-2xx" in said:
        raise RuntimeError(f"wrk says: {said}")
    return int(found[1]), float(found[2])


def _by_our_client(api: Api, tokens: list[str]) -> tuple[int, float]:
    begun = time.perf_counter()
    endless = (token for _ in iter(int, 1) for token in tokens)
    found = one_after_the_other(api.port, endless, CONNECTIONS, 0, lambda: time.perf_counter() - begun > SECONDS)
    return len(found.all), time.perf_counter() - begun


@contextmanager
def ours(kind: str) -> Iterator[tuple[Api, list[str], Path]]:
    """The API itself."""
    with place(kind, LETTERS) as (folder, url, engine, tokens, _), served(folder / "var", url) as api:
        yield api, tokens, folder
        api.stop()
        if not scans_by_token(engine):
            raise RuntimeError("no scan was stored")


@contextmanager
def usual(kind: str) -> Iterator[tuple[Api, list[str], Path]]:
    """The usual way to write it, on the same tables (benchmarks.usual_scans)."""
    with place(kind, LETTERS) as (folder, url, _, tokens, _), served(folder / "var", url, factory="benchmarks.usual_scans:create_app") as api:
        yield api, tokens, folder


@contextmanager
def hello() -> Iterator[tuple[Api, list[str], Path]]:
    """Bare uvicorn."""
    with tempfile.TemporaryDirectory() as name, served(Path(name), "", factory="benchmarks.usual_scans:create_hello") as api:
        yield api, ["ABCDEFGH2345"], Path(name)


def best(server: Callable[[], AbstractContextManager[tuple[Api, list[str], Path]]]) -> tuple[float, float]:
    """The better of two runs: most answers a second, least processor."""
    with server() as (api, tokens, folder):
        runs = [asked(api, tokens, folder) for _ in range(2)]
    return max(rate for rate, _ in runs), min(cpu for _, cpu in runs)


def agent_microseconds() -> float:
    """To class a user agent that was not seen before: the cache is not what is measured."""
    crawlers.patterns()
    agents = [f"{AGENT[:-1]}{number}".encode() for number in range(20_000)]
    crawlers.kind_of(agents[0])
    return timeit.timeit(lambda: [crawlers.kind_of(agent) for agent in agents], number=1) / len(agents) * 1e6


def main() -> None:
    """Print the area's lines."""
    print(f"scans.client {'wrk' if shutil.which('wrk') else 'our own (wrk is not installed)'}")
    print(f"scans.agent_us {agent_microseconds():.2f}")
    for kind in ("sqlite", "postgresql"):
        bare, bare_cpu = best(hello)
        rate, cpu = best(partial(ours, kind))
        orm, orm_cpu = best(partial(usual, kind))
        print(f"scans.{kind}.hello_per_second {bare:.0f}")
        print(f"scans.{kind}.hello_cpu_us {bare_cpu:.0f}")
        print(f"scans.{kind}.per_second {rate:.0f}")
        print(f"scans.{kind}.cpu_us {cpu:.0f}")
        print(f"scans.{kind}.ratio_to_hello {rate / bare:.2f}")
        print(f"scans.{kind}.orm_per_second {orm:.0f}")
        print(f"scans.{kind}.orm_cpu_us {orm_cpu:.0f}")
        print(f"scans.{kind}.ratio_to_orm {rate / orm:.1f}", flush=True)
