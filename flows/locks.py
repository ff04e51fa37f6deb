"""How do two processes not work on one print run, or import from one shop, at the same time?

Two locks, because each alone is too little. A file's lock, which the operating system takes back from whoever dies, lets a run that
was killed go on at once; it holds on one machine. A lease in the database (store.leases) holds on all of them; it ends after a minute
unless it is renewed, and its fence keeps a former owner who wakes up from writing. Prefect may run a flow twice, or give up one that
is still alive, and the command line knows nothing of Prefect; states and compare-and-set say what is left to do, this says who does it.
"""

import fcntl
import os
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flows.clock import now
from flows.errors import BeingWorkedOn, WrongSource
from store import failpoint, leases
from store.engine import Connection, DatabaseTrouble, Engine, reading, writing
from store.errors import LostLease
from store.holding import holding
from store.settings import Settings

SOURCE = re.compile(r"[a-z0-9-]{1,60}")
"""As in the settings and the forms; names with a colon are our own."""

LASTS = timedelta(seconds=60)
"""How long a print run waits for a machine that is gone (reliability facts 2, goal L5)."""
RENEWED_EVERY = timedelta(seconds=15)
"""Three renewals may fail before somebody else may take over."""


@dataclass(frozen=True, slots=True)
class Hold:
    """This process's right to work on a print run."""

    name: str
    fence: int

    def check(self, connection: Connection) -> None:
        """First thing in every transaction that writes for the print run; raises LostLease once another process has taken over."""
        leases.check(connection, self.name, self.fence)


@contextmanager
def working_on(engine: Engine, settings: Settings, print_run_id: int) -> Iterator[Hold]:
    """Hold the print run, on whichever machine; raises BeingWorkedOn at once if another process holds it.

    Whoever died on this machine is followed at once, one on another machine after a minute.
    """
    name = f"print-run-{print_run_id}"
    busy = f"Another process is working on print run {print_run_id} at this moment: wait for it, then start again."
    with _held(settings.data_dir / "print_runs" / f"{print_run_id}.lock", busy) as place:
        hold = Hold(name, _claim(engine, name, place, print_run_id))
        failpoint.pass_by("locks.claimed")
        ended = threading.Event()
        renewing = threading.Thread(target=_renew, args=(engine, hold, ended), name=f"renew {name}", daemon=True)
        renewing.start()
        try:
            yield hold
        finally:
            ended.set()
            renewing.join()
            with suppress(DatabaseTrouble), writing(engine) as connection:  # what cannot be given back ends by itself
                leases.release(connection, name, hold.fence, now())


def _claim(engine: Engine, name: str, place: str, print_run_id: int) -> int:
    with writing(engine) as connection:
        fence = leases.claim(connection, name, place, os.getpid(), now(), LASTS)
    if fence is not None:
        return fence
    with reading(engine) as connection:
        held = leases.find(connection, name)
    until = f" until {held.until:%H:%M:%S} UTC" if held else ""
    raise BeingWorkedOn(
        f"Another machine is working on print run {print_run_id}: it has reserved it{until} and prolongs that while it works. "
        "Wait for it, or start again after that time."
    )


def _renew(engine: Engine, hold: Hold, ended: threading.Event) -> None:
    """In a thread of its own, as long as the work lasts."""
    while not ended.wait(RENEWED_EVERY.total_seconds()):
        with suppress(DatabaseTrouble):  # tried again in a moment; the fence protects whatever happens in the meantime
            try:
                with writing(engine) as connection:
                    leases.renew(connection, hold.name, hold.fence, now() + LASTS)
            except LostLease:  # the next transaction of the work says so
                return


@contextmanager
def importing_from(engine: Engine, data_dir: Path, source: str) -> Iterator[None]:
    """Hold a source of records, however its import was started, on whichever machine.

    Raises BeingWorkedOn at once if another process holds it, WrongSource for a name that is none.
    """
    if not SOURCE.fullmatch(source):
        raise WrongSource(f'"{source[:60]}" is no name for a source: use up to 60 small letters, digits and hyphens, like my-shop.')
    busy = f'Another process is importing from the source "{source}" at this moment: wait for it, it reads what this one would have read.'
    with _held(data_dir / "imports" / f"{source}.lock", busy), holding(engine, source) as mine:
        if not mine:
            raise BeingWorkedOn(busy)
        yield


def is_importing_from(engine: Engine, data_dir: Path, source: str) -> bool:
    """Whether a process holds the source now."""
    try:
        with importing_from(engine, data_dir, source):
            return False
    except BeingWorkedOn:
        return True


@contextmanager
def _held(path: Path, busy: str) -> Iterator[str]:
    """Hold a file; gives the host and the file as no other place has them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BeingWorkedOn(busy) from None
        found = os.fstat(file.fileno())
        yield f"{socket.gethostname()} {found.st_dev}-{found.st_ino}"
