"""What has been kept long enough and goes, and what is put in order on the way?

Without Prefect, since the command line asks for a part of it: what imports Prefect starts a second later.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from flows.selection import dry_running
from store import carts, coupon_events, idempotency, imports, redemptions, robinson, scans, webhooks
from store.engine import Connection, Engine, writing
from store.giving_way import written
from store.settings import Settings

REJECTS_KEPT = timedelta(days=90)
"""Rejected records hold personal data; who has not looked by then imports again."""
UNFINISHED_KEPT = timedelta(days=1)
"""What a machine that never came back was writing: it names people."""
PAGE = 500
"""Reservations that one transaction frees."""
EVENTS_PAGE = 10_000
"""Lines of the coupons' log that one transaction deletes."""


def clean_up(engine: Engine, settings: Settings, moment: datetime) -> Mapping[str, int]:
    """Delete what has been kept long enough and say how much; each kind is a transaction of its own, the same again finds nothing."""
    deleted: dict[str, int] = {}
    with writing(engine) as connection:
        deleted["carts of more than 90 days"] = carts.delete_old(connection, moment)
    with writing(engine) as connection:
        deleted["answers to requests of more than 7 days"] = idempotency.delete_old(connection, moment)
    with writing(engine) as connection:
        deleted["webhooks of more than 30 days"] = webhooks.delete_old(connection, moment)
    with writing(engine) as connection:
        deleted["rejected records of more than 90 days"] = imports.delete_rejections(connection, moment - REJECTS_KEPT)
    with writing(engine) as connection:
        deleted["entries of the Robinson list of more than 5 years"] = robinson.delete_old(connection, moment)
    with writing(engine) as connection:
        deleted["visitors' hashes of scans of more than 180 days"] = scans.forget_visitors(connection, moment)
    deleted["coupon reservations whose time is over"] = _in_pages(engine, lambda connection: redemptions.expire(connection, moment, PAGE))
    deleted["quotes and refusals of coupons of more than 180 days"] = _in_pages(
        engine, lambda connection: coupon_events.delete_old(connection, moment, EVENTS_PAGE), EVENTS_PAGE
    )
    _settle(engine, settings, moment)
    deleted["lists of rejects of more than 90 days"] = _delete_files(settings.data_dir / "rejects", "import-*.csv", moment - REJECTS_KEPT)
    deleted["proofs of dry runs of more than 7 days"] = _delete_files(dry_running.folder_of(settings), "*.p*", moment - dry_running.KEPT)
    deleted["unfinished print files of more than a day"] = _delete_files(settings.data_dir / "print_runs", "*/*.part", moment - UNFINISHED_KEPT)
    return deleted


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
