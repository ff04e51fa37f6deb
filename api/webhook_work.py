"""Who works off the webhooks that were answered already, and what if it fails?

A thread of the API process: woken by every delivery, one at a time, each in one transaction with all that it changes. Several processes
wait for each other by a lock; one that is killed has done all of a delivery or nothing.
"""

import logging
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from time import monotonic

from api import access_requests
from api.office import Office
from api.webhook_effects import carry_out
from importers.errors import BadRecord
from importers.shopify.webhooks import read
from store import erasures, failpoint, imports, webhooks
from store.engine import Connection, DatabaseTrouble, Engine, reading, writing
from store.webhooks import Delivery, DeliveryState

log = logging.getLogger(__name__)

LONGEST_PAUSE = 60.0
"""Seconds: somebody else's process may have noted a delivery and died."""
AFTER_TROUBLE = 5.0
ERASURES_EVERY = 600.0
"""Seconds: so much of erasures and objections is lost with the database at the most."""
LONGEST_COURTESY = 1.0
"""That long each delivery waits for those who wait for an answer."""


@contextmanager
def working(office: Office) -> Iterator[None]:
    """Work off what is waiting and whatever comes, as long as the block lasts; the delivery in hand is finished first."""
    stop = threading.Event()
    thread = threading.Thread(target=_work, args=(office, stop), name="webhooks")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        office.deliveries.set()
        thread.join()


def _work(office: Office, stop: threading.Event) -> None:
    noted, written_down = 0.0, None
    while not stop.is_set():
        office.deliveries.clear()
        pause = AFTER_TROUBLE
        try:
            while not stop.is_set() and work_off_next(office.engine, office.settings.secret, datetime.now(UTC)):
                office.intake.quiet.wait(LONGEST_COURTESY)
            access_requests.answer(office.engine, office.settings, datetime.now(UTC))
            if monotonic() - noted > ERASURES_EVERY:
                if (known := erasures.known_to(office.engine, office.settings.data_dir)) != written_down:
                    erasures.write_down(office.engine, office.settings.data_dir, office.settings.secret)
                    written_down = known
                noted = monotonic()
            pause = _pause(office.engine, datetime.now(UTC))
        except DatabaseTrouble as error:
            log.error("The database refused a transaction while webhooks were worked off: %s", type(error).__name__)
        except Exception as error:  # a thread that ended would leave every later webhook lying, and nobody would see it; the message may hold a name
            log.error("%s, unforeseen\n%s", type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
        office.deliveries.wait(pause)


def _pause(engine: Engine, now: datetime) -> float:
    """Seconds until something is due."""
    with reading(engine) as connection:
        due_at = webhooks.next_due_at(connection)
    return LONGEST_PAUSE if due_at is None else min(LONGEST_PAUSE, max(0.0, (due_at - now).total_seconds()))


def work_off_next(engine: Engine, secret: bytes, now: datetime) -> bool:
    """Work off one delivery (or one step of it), with its effects in one transaction; False if none is due.

    A failure undoes the effects and is noted in the same transaction, by its kind alone: messages may hold a name.
    """
    with reading(engine) as connection:
        due_at = webhooks.next_due_at(connection)
    if due_at is None or due_at > now:
        return False
    with writing(engine) as connection:
        imports.lock(connection)
        delivery = webhooks.next_due(connection, now)
        if delivery is None:
            return True  # another process was faster: look again
        failpoint.pass_by("webhook.before_effects")
        _attempt(connection, delivery, secret, now)
        failpoint.pass_by("webhook.before_commit")
    failpoint.pass_by("webhook.after_commit")
    return True


def _attempt(connection: Connection, delivery: Delivery, secret: bytes, now: datetime) -> None:
    subject = ""
    try:
        meaning = read(delivery.topic, delivery.body or b"", delivery.source)
        subject = meaning.subject
        with connection.begin_nested():
            state, words = carry_out(connection, meaning, delivery, secret, now)
            failpoint.pass_by("webhook.after_effects")
            if state is not DeliveryState.WAITING:
                webhooks.settle(connection, delivery.id, state, subject, words, now)
    except BadRecord as error:
        webhooks.settle(connection, delivery.id, DeliveryState.FAILED, subject, f"{type(error).__name__}: {error.reason}", now)
        log.error("Webhook %s (%s) cannot be worked off: %s", delivery.id, delivery.topic, error.reason)
    except Exception as error:  # a delivery that nobody foresaw must not hold up those behind it: tried again by and by, then failed, which /healthz counts
        if connection.invalidated:
            raise
        state = webhooks.postpone(connection, delivery, subject, type(error).__name__, now)
        log.error("Webhook %s (%s): %s, attempt %s, %s", delivery.id, delivery.topic, type(error).__name__, delivery.attempts + 1, state)
