"""How are print files set on the machines of a Dask cluster, with the same bytes as by processes here?

The workers must be our own: the same code, and the same data directory at the same place. Both are tried before anything is set. Two
workers may set one file, because the scheduler takes a slow one for dead: each writes a file of its own, and the bytes are the same.
"""

import hashlib
import platform
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import uuid4

from flows.errors import ClusterUnusable

if TYPE_CHECKING:
    from distributed import Client

CONNECT_SECONDS = 10
APPEARS_WITHIN_SECONDS = 30.0
"""A network drive may show another machine's file only once its list of the folder is old."""
LOOKS_EVERY_SECONDS = 5.0
WITHOUT_WORKERS_SECONDS = 300.0
"""As long as a scheduler by itself waits for a word of a worker (distributed.scheduler.worker-ttl); a restart of all of them takes less."""
TRIES = 3
"""Workers that may die over one file before it is given up."""
_OURS = ("campaigns", "layouts", "letters", "printshop", "store", "flows")
_SET = ("postillion", "reportlab", "pikepdf", "pypdf", "pillow", "qrcode", "pyphen", "babel")
"""What the bytes of a print file depend on, besides our code."""

Result = TypeVar("Result")


@cache
def fingerprint() -> str:
    """Equal on two machines that set letters alike: our code, and the libraries that draw."""
    found = hashlib.sha256(platform.python_version().encode())
    for name in _OURS:
        spec = find_spec(name)
        for place in spec.submodule_search_locations or () if spec else ():
            for path in sorted(Path(place).rglob("*.py")):
                found.update(str(path.relative_to(place)).encode() + path.read_bytes())
    found.update(" ".join(f"{name} {version(name)}" for name in _SET).encode())
    return found.hexdigest()


def probed(folder: Path, name: str) -> tuple[str, bool]:
    """On a worker: its fingerprint, and whether it sees the file that the flow has just written, and may write beside it."""
    try:
        seen = (folder / name).is_file()
        own = folder / f"{uuid4().hex}.{name}"
        own.touch()
        own.unlink()
    except OSError:
        return fingerprint(), False
    return fingerprint(), seen


_ONE_AT_A_TIME = threading.Lock()


def carried_out(work: Callable[[Path], Result], path: Path, wanted: str) -> Result:
    """On a worker: do ``work`` into a file of this attempt's own, which takes its name once it is whole.

    One at a time in a process, whatever its threads: that bounds its memory.  Raises ClusterUnusable for a worker that came later with
    other code, and what ``work`` raises.
    """
    if fingerprint() != wanted:
        raise ClusterUnusable(_other_version(platform.node()))
    own = path.with_name(f"{uuid4().hex}.{path.name}")
    with _ONE_AT_A_TIME:
        try:
            result = work(own)
            own.replace(path)
            return result
        finally:
            own.unlink(missing_ok=True)


class Cluster:
    """A scheduler with workers that were found fit."""

    def __init__(self, client: "Client", workers: int, going_on: Path) -> None:
        self._client, self.workers, self.going_on = client, workers, going_on

    def submit(self, work: Callable[[Path], Result], path: Path) -> "Future[Result]":
        """Have ``work`` done on one of the workers, anew on another if that one dies; its file lies at ``path`` afterwards."""
        asked: Any = self._client.submit(carried_out, work, path, fingerprint(), pure=False)
        return asked  # type: ignore[no-any-return]  # Dask's own kind of future, with the same result()

    def result(self, asked: "Future[Result]") -> Result:
        """Wait for it; raises ClusterUnusable for a file over which several workers died, or a cluster that is gone, or has lost all its workers."""
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError, FuturesCancelledError
        from distributed.comm.core import CommClosedError

        try:
            return self._waited_for(asked)
        except KilledWorker:
            raise ClusterUnusable(f"{TRIES} Dask workers died over one print file: look at their memory limit and their logs, then start again.") from None
        except (FutureCancelledError, FuturesCancelledError, CommClosedError, TimeoutError) as error:  # the first two are no Exception
            raise ClusterUnusable(f"The Dask cluster went away ({type(error).__name__}): start again when it is back, it goes on where it stopped.") from None

    def _waited_for(self, asked: "Future[Result]") -> Result:
        """However long it takes, as long as there is anybody who could do it."""
        client: Any = self._client  # its own annotations are incomplete
        last_seen = time.monotonic()
        while True:
            try:
                return asked.result(LOOKS_EVERY_SECONDS)
            except TimeoutError:
                if asked.done():
                    raise
            if client.nthreads():
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen >= WITHOUT_WORKERS_SECONDS:
                minutes = f"{WITHOUT_WORKERS_SECONDS / 60:.0f} minutes"
                raise ClusterUnusable(f"The Dask cluster has had no workers for {minutes}: start some, then start again, it goes on where it stopped.")


@contextmanager
def joined(address: str, folder: Path, mark: str) -> Iterator[Cluster]:
    """A cluster that may write into ``folder`` as long as the block lasts; at its end whatever is still being set there stops.

    ``mark`` is the end of the names of all files that are not finished.  Raises ClusterUnusable with what to do.
    """
    distributed = _library()
    going_on = folder / f"going-on{mark}"
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, TimeoutError, ValueError, RuntimeError) as error:
        raise ClusterUnusable(f"No Dask scheduler answers at {address} ({type(error).__name__}): start it, or empty POSTILLION_DASK_SCHEDULER.") from None
    try:
        going_on.touch()
        yield Cluster(client, _fit_workers(client, folder, going_on.name), going_on)
    finally:
        going_on.unlink(missing_ok=True)
        with suppress(OSError, TimeoutError, RuntimeError):  # a scheduler that is gone has nothing to forget
            client.close()


def appeared(path: Path, sha256: str, digest: Callable[[Path], str]) -> None:
    """Wait until a worker's file is here with all its bytes; raises ClusterUnusable."""
    end = time.monotonic() + APPEARS_WITHIN_SECONDS
    while True:
        list(path.parent.iterdir())  # asks a network drive anew
        if path.is_file() and digest(path) == sha256:
            return
        if time.monotonic() > end:
            raise ClusterUnusable(f"A Dask worker has set {path.name}, but its bytes do not arrive in {path.parent}: is it the same network drive?")
        time.sleep(0.1)


def _library() -> Any:
    try:
        import distributed
    except ModuleNotFoundError:
        raise ClusterUnusable("POSTILLION_DASK_SCHEDULER needs Dask, which is not installed: install postillion[dask], or empty the setting.") from None
    return distributed


def _fit_workers(client: "Client", folder: Path, name: str) -> int:
    """How many there are; raises ClusterUnusable unless all have our code and our folder."""
    try:
        found: Mapping[str, tuple[str, bool]] = client.run(probed, folder, name)
    except Exception as error:  # whatever a stranger's worker answers: it has none of our code, or another version of it
        raise ClusterUnusable(f"{_other_version('A worker')} It says: {type(error).__name__}.") from None
    if not found:
        raise ClusterUnusable("The Dask cluster has no workers: start some with `dask worker`, or empty POSTILLION_DASK_SCHEDULER.")
    for worker, (theirs, sees) in found.items():
        if theirs != fingerprint():
            raise ClusterUnusable(_other_version(worker))
        if not sees:
            raise ClusterUnusable(f"The Dask worker {worker} does not see {folder}: it needs the data directory under the same path, as a network drive.")
    return len(found)


def _other_version(worker: str) -> str:
    return f"The Dask worker {worker} has another version of Postillion or of its libraries than this machine: install the same ones and restart it."
