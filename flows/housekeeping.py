"""The flow housekeeping: what has been kept long enough goes."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_table_artifact
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.clock import now
from flows.wiring import installation
from store import carts, idempotency, imports, webhooks
from store.engine import Engine, writing
from store.settings import Settings

REJECTS_KEPT = timedelta(days=90)
"""Rejected records hold personal data; who has not looked by then imports again."""


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
    deleted["lists of rejects of more than 90 days"] = _delete_lists(settings.data_dir / "rejects", moment)
    return deleted


def _delete_lists(folder: Path, moment: datetime) -> int:
    last = (moment - REJECTS_KEPT).timestamp()
    old = [path for path in folder.glob("import-*.csv") if path.stat().st_mtime < last]
    for path in old:
        path.unlink()
    return len(old)
