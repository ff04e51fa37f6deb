"""A process that freezes at a place of its way and does not know it: ``python -m tests.flows.freezing FOLDER MACHINE DATABASE_URL PLACE``."""

import os
import signal
import sys
from pathlib import Path

from campaigns.errors import PostillionError
from store import failpoint
from store.engine import open_engine
from tests.flows import small_campaign

FAILED = 3


def main(folder: Path, machine: str, database_url: str, place: str) -> None:
    """Take the small campaign on; whoever sends SIGCONT lets it go on from ``place``, its first passing."""

    def freeze(name: str) -> None:
        nonlocal place
        if name == place:
            place = ""
            os.kill(os.getpid(), signal.SIGSTOP)

    setattr(failpoint, "pass_by", freeze)  # noqa: B010  # mypy would rightly mind the assignment
    try:
        small_campaign.go_on(open_engine(database_url), small_campaign.settings_in(folder, database_url, machine))
    except PostillionError as error:
        sys.stdout.write(f"{type(error).__name__}: {error}")
        sys.exit(FAILED)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
