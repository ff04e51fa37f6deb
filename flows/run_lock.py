"""How do two processes not work on one print run at the same time?

A file lock that the operating system takes back from whoever dies. Prefect may run a flow twice, or give up one that is still
alive; states and compare-and-set say what is left to do, this says who does it.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import BeingWorkedOn


@contextmanager
def working_on(data_dir: Path, print_run_id: int) -> Iterator[None]:
    """Hold the print run; raises BeingWorkedOn at once if another process holds it."""
    folder = data_dir / "print_runs"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{print_run_id}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BeingWorkedOn(f"Another process is working on print run {print_run_id} at this moment: wait for it, then start again.") from None
        yield
