"""What has been kept long enough and goes, and what is put in order on the way?

Without Prefect, since the command line asks for a part of it: what imports Prefect starts a second later.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from flows.expiring import erase_by_itself
from flows.selection import dry_running
from store import access_export, erasures, imports, print_files, privacy_requests, redemptions, retention
from store.engine import Connection, Engine, reading, writing
from store.giving_way import written
from store.retention import REJECTS_KEPT, TERMS, Term
from store.settings import Settings

log = logging.getLogger(__name__)

UNFINISHED_KEPT = timedelta(days=1)
"""What a machine that never came back was writing: it names people."""
PAGE = 500
"""Reservations that one transaction frees."""
FILES_AT_ONCE = 20
"""Print files whose letters one transaction empties: 2,000 letters each."""


def clean_up(engine: Engine, settings: Settings, moment: datetime, tell: Callable[[str], object] = log.warning) -> Mapping[str, int]:
    """Delete what has been kept long enough and say how much; a page is a transaction of its own, the same again finds nothing.

    ``tell`` is given what somebody should look at.
    """
    deleted = {term.what: _end(engine, term, moment) for term in TERMS}
    deleted["coupon reservations whose time is over"] = _in_pages(engine, lambda connection: redemptions.expire(connection, moment, PAGE))
    _settle(engine, settings, moment)
    deleted["print files whose time is over"] = _delete_print_files(engine, settings, moment)
    deleted["prospects without a sign of life"] = erase_by_itself(engine, settings, moment, tell)
    deleted["lists of rejects of more than 90 days"] = _delete_files(settings.data_dir / "rejects", "import-*.csv", moment - REJECTS_KEPT)
    deleted["proofs of dry runs of more than 7 days"] = _delete_files(dry_running.folder_of(settings), "*.p*", moment - dry_running.KEPT)
    deleted["unfinished print files of more than a day"] = _delete_files(settings.data_dir / "print_runs", "*/*.part", moment - UNFINISHED_KEPT)
    deleted["exports for a person of more than 30 days"] = _delete_exports(engine, settings, moment)
    erasures.write_down(engine, settings.data_dir, settings.secret)
    return deleted


def _end(engine: Engine, term: Term, moment: datetime) -> int:
    """What is old is found without any lock; only its deletion holds others up, a page at a time."""
    count, after = 0, None
    while True:
        with reading(engine) as connection:
            keys = retention.page(connection, term, moment, after)
        if not keys:
            return count
        count += written(engine, partial(retention.end, term=term, keys=keys, now=moment))
        after = keys[-1]


def _delete_print_files(engine: Engine, settings: Settings, moment: datetime) -> int:
    """The files first, then the note: whoever is killed in between is followed by somebody who finds them gone and notes it."""
    before, count = moment - timedelta(days=settings.print_files_kept_days), 0
    while True:
        with reading(engine) as connection:
            files = print_files.outlived(connection, before, FILES_AT_ONCE)
        if not files:
            return count
        for file in files:
            (settings.data_dir / "print_runs" / str(file.print_run_id) / file.name).unlink(missing_ok=True)
        written(engine, partial(print_files.mark_deleted, print_file_ids=[file.id for file in files], now=moment))
        count += len(files)


def _delete_exports(engine: Engine, settings: Settings, moment: datetime) -> int:
    """What somebody asked to see, and those whose person was erased since; the API does the same while it runs."""
    with reading(engine) as connection:
        stale = privacy_requests.stale_exports(connection, moment)
    there = [number for number in stale if access_export.folder_of(settings.data_dir, number).exists()]
    for number in there:
        access_export.remove(settings.data_dir, number)
    return len(there)


def _in_pages(engine: Engine, act: Callable[[Connection], int], page: int = PAGE) -> int:
    """Do it until there is nothing left, a transaction each, so that nobody waits for long; gives how many in all."""
    count = 0
    while True:
        found = written(engine, act)
        count += found
        if found < page:
            return count


def _settle(engine: Engine, settings: Settings, moment: datetime) -> None:
    """What came in before this version: mailboxes and homes in one spelling, then the codes of orders. Nothing to do from the second time on."""
    more = True
    while more:
        with writing(engine) as connection:
            imports.lock(connection)
            more = redemptions.spell_page(connection)
    settle_orders(engine, settings, moment)


def settle_orders(engine: Engine, settings: Settings, moment: datetime) -> None:
    """Redeem the codes of orders that nobody has looked at yet, page by page; one that was killed goes on where it stopped."""

    def settle(connection: Connection) -> bool:
        imports.lock(connection)
        return redemptions.settle_page(connection, settings.secret, moment)

    while written(engine, settle):
        pass


def _delete_files(folder: Path, names: str, last: datetime) -> int:
    old = [path for path in folder.glob(names) if path.stat().st_mtime < last.timestamp()]
    for path in old:
        path.unlink()
    return len(old)
