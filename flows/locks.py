"""How do two processes not work on one print run, or import from one shop, at the same time?

A file lock that the operating system takes back from whoever dies. Prefect may run a flow twice, or give up one that is still
alive, and the command line knows nothing of Prefect; states and compare-and-set say what is left to do, this says who does it.
"""

import fcntl
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import BeingWorkedOn, WrongSource
from store.engine import Engine
from store.holding import holding

SOURCE = re.compile(r"[a-z0-9-]{1,60}")
"""As in the settings and the forms; names with a colon are our own."""


@contextmanager
def working_on(data_dir: Path, print_run_id: int) -> Iterator[None]:
    """Hold the print run; raises BeingWorkedOn at once if another process holds it."""
    busy = f"Another process is working on print run {print_run_id} at this moment: wait for it, then start again."
    with _held(data_dir / "print_runs" / f"{print_run_id}.lock", busy):
        yield


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
def _held(path: Path, busy: str) -> Iterator[None]:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BeingWorkedOn(busy) from None
        yield
