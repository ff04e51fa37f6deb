"""Who wants to see what we hold of them, and is it written down for them?"""

import logging
from datetime import datetime

from letters import preview
from store import access_export, privacy_requests
from store.engine import Engine, reading, writing
from store.privacy_requests import PrivacyRequestKind
from store.settings import Settings

log = logging.getLogger(__name__)


def answer(engine: Engine, settings: Settings, now: datetime) -> int:
    """Write the export of every access request that is not done, and say how many; whoever dies on the way begins that one again.

    They lie in ``privacy/request-<number>`` of the data directory. Exports of people who were erased since, or of more than 30 days ago, are
    deleted.
    """
    with reading(engine) as connection:
        waiting = privacy_requests.unfinished(connection, PrivacyRequestKind.ACCESS)
        stale = privacy_requests.stale_exports(connection, now)
    for number in stale:
        access_export.remove(settings.data_dir, number)
    for request in waiting:
        with reading(engine) as connection:
            export = access_export.collect(connection, request.customer_id, now) if request.customer_id else None
        outcome = "nobody is known: nothing is held"
        if export:
            folder = access_export.write(export, access_export.folder_of(settings.data_dir, request.id), settings.data_dir / "print_runs", preview.cut)
            outcome = f"written to {folder.name}"
        with writing(engine) as connection:
            privacy_requests.finish(connection, request.id, outcome, now)
        log.info("Privacy request %s: %s", request.id, outcome)
    return len(waiting)
