"""The flow housekeeping: what has been kept long enough goes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.clock import now
from flows.selection import dry_running
from flows.wiring import installation
from store import carts, idempotency, imports, robinson, scans, webhooks
from store.engine import Engine, writing
from store.settings import Settings

REJECTS_KEPT = timedelta(days=90)
"""Rejected records hold personal data; who has not looked by then imports again."""
UNFINISHED_KEPT = timedelta(days=1)
"""What a machine that never came back was writing: it names people."""


@flow(name="housekeeping", description="Deletes carts after 90 days, and what the machinery need not keep any longer. Safe to repeat.")
def housekeeping() -> State[dict[str, int]]:
    """Delete, and show how much of what."""
    with installation() as (engine, settings):
        deleted = clean_up(engine, settings, now())
    rows = [{"what": what, "deleted": count} for what, count in deleted.items()]
    create_table_artifact(key="housekeeping", table=rows, description="What was deleted because it was old")
    return Completed(message=", ".join(f"{what}: {count} deleted" for what, count in deleted.items()), data=dict(deleted))


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
    deleted["lists of rejects of more than 90 days"] = _delete_files(settings.data_dir / "rejects", "import-*.csv", moment - REJECTS_KEPT)
    deleted["proofs of dry runs of more than 7 days"] = _delete_files(dry_running.folder_of(settings), "*.p*", moment - dry_running.KEPT)
    deleted["unfinished print files of more than a day"] = _delete_files(settings.data_dir / "print_runs", "*/*.part", moment - UNFINISHED_KEPT)
    return deleted


def _delete_files(folder: Path, names: str, last: datetime) -> int:
    old = [path for path in folder.glob(names) if path.stat().st_mtime < last.timestamp()]
    for path in old:
        path.unlink()
    return len(old)
