"""The command line in processes of its own that tests may kill: forked off one that has imported everything, so that each starts in no time.

Batches are small here, so that a small shop has several, and Billbee is asked without pauses: the mock counts no seconds.
"""

import importlib
import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from flows.stack import environment_of
from store import failpoint
from store.settings import Settings

SMALL = 10


def run(settings: Settings, *words: str, death: str = "", folder: Path) -> int:
    """Run ``postillion`` with these words and give its exit code; negative is the signal that killed it.  What it said stands in folder/said.txt."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.flows.killed_cli", "flows.cli", "importers.shopify", "importers.billbee", "psycopg"])
    process = context.Process(target=_postillion, args=(environment_of(settings), words, death, str(folder / "said.txt")))
    process.start()
    process.join(60)
    code = process.exitcode
    process.close()
    assert code is not None, "it did not come to its end within a minute"
    return code


def _postillion(environment: Mapping[str, str], words: Sequence[str], death: str, said: str) -> None:
    os.environ.update(environment)
    with Path(said).open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    _take_small_steps()
    failpoint._ARMED = death or None
    sys.argv = ["postillion", *words]
    importlib.import_module("flows.cli").app()


def _take_small_steps() -> None:
    from importers import billbee
    from importers.billbee.pacing import Pacer
    from importers.csv_file import CsvFile
    from importers.shopify import fetching
    from importers.shopify.streams import STREAMS

    fetching.BATCH = SMALL
    STREAMS.update({kind: replace(stream, page_size=SMALL) for kind, stream in STREAMS.items()})
    CsvFile.batches.__defaults__ = (100, None)
    setattr(billbee, "Account", partial(billbee.Account, page_size=SMALL))  # noqa: B010  # mypy would rightly mind the assignments
    setattr(Pacer, "pass_by", _never_wait)  # noqa: B010


def _never_wait(_pacer: object, _endpoint: str) -> None: ...
