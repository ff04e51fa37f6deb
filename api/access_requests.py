"""Who wants to see what we hold of them, and is it written down for them?"""

import logging
from datetime import datetime

from letters import preview
from store import access_export, privacy_requests
from store.engine import DatabaseTrouble, Engine, reading, writing
from store.privacy_requests import PrivacyRequest, PrivacyRequestKind
from store.settings import Settings

log = logging.getLogger(__name__)


def answer(engine: Engine, settings: Settings, now: datetime) -> int:
    """Write the export of every access request that is not done, and say how many were; one that fails stays, and holds up nobody.
    Raises DatabaseTrouble.

    They lie in ``privacy/request-<number>`` of the data directory, whole or not at all: whoever dies on the way is followed by somebody who
    begins that one again. Exports of people who were erased since, or of more than 30 days ago, are deleted.
    """
    with reading(engine) as connection:
        waiting = privacy_requests.unfinished(connection, PrivacyRequestKind.ACCESS)
        stale = privacy_requests.stale_exports(connection, now)
    for number in stale:
        access_export.remove(settings.data_dir, number)
    done = 0
    for request in waiting:
        try:
            outcome = _written(engine, settings, request, now)
        except DatabaseTrouble:
            raise  # it concerns all of them: whoever asked tries again soon
        except Exception as error:  # a full disk, a damaged PDF (pypdf raises nearly anything): the others still have a right to their answer in time
            # the request stays open and is tried again; the message may hold a name
            log.error("Privacy request %s, due on %s, cannot be answered: %s", request.id, request.due_at.date(), type(error).__name__)
            continue
        with writing(engine) as connection:
            privacy_requests.finish(connection, request.id, outcome, now)
        log.info("Privacy request %s: %s", request.id, outcome)
        done += 1
    return done


def _written(engine: Engine, settings: Settings, request: PrivacyRequest, now: datetime) -> str:
    with reading(engine) as connection:
        export = access_export.collect(connection, request.customer_id, now) if request.customer_id else None
    if export is None:
        return "nobody is known: nothing is held"
    folder = access_export.write(export, access_export.folder_of(settings.data_dir, request.id), settings.data_dir / "print_runs", preview.cut)
    return f"written to {folder.name}"
