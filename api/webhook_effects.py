"""What does a webhook change, in the transaction that marks it done?"""

from datetime import datetime

from campaigns.record import Kind
from campaigns.rejection import Rejection
from importers.errors import BadRecord
from importers.shopify.webhooks import (
    DELETIONS,
    AccessWanted,
    Changed,
    CustomerRedacted,
    Deleted,
    Meaning,
    Nothing,
    ShopRedacted,
    Uninstalled,
    United,
)
from store import carts, customers, merges, orders, privacy_requests, source_erasure, sync_states, webhooks
from store.engine import Connection
from store.erasure import erase
from store.privacy_requests import PrivacyRequestKind
from store.records import upsert_records
from store.webhooks import Delivery, DeliveryState

CHANNEL = "shop"


def carry_out(connection: Connection, meaning: Meaning, delivery: Delivery, secret: bytes, now: datetime) -> tuple[DeliveryState, str]:
    """Do what the delivery means; gives what is to be noted: WAITING where another step is needed.

    Raises ``BadRecord`` where the store refuses a record.
    """
    state, words = DeliveryState.DONE, ""
    match meaning:
        case Changed():
            state, words = _store(connection, meaning, delivery, secret, now)
        case Deleted():
            words = "deleted" if _delete(connection, meaning, delivery, secret, now) else "nothing to delete"
        case United():
            words = "united" if merges.unite_at_shop(connection, delivery.source, meaning.kept, meaning.subject, secret, now) else "nobody to unite"
        case AccessWanted():
            words = _note_access(connection, meaning, delivery, secret, now)
        case CustomerRedacted():
            words = _redact(connection, meaning, delivery, secret, now)
        case ShopRedacted():
            state, words = _redact_shop(connection, delivery, secret, now)
        case Uninstalled():
            at = delivery.triggered_at or delivery.received_at
            sync_states.save(connection, delivery.source, sync_states.APP, {"uninstalled_at": at.isoformat()}, now)
        case Nothing():
            state, words = DeliveryState.IGNORED, meaning.why
    return state, words


def _store(connection: Connection, changed: Changed, delivery: Delivery, secret: bytes, now: datetime) -> tuple[DeliveryState, str]:
    if webhooks.was_done(connection, delivery.source, DELETIONS[changed.kind], changed.subject):
        return DeliveryState.IGNORED, "deleted before this came"
    [result] = upsert_records(connection, [changed.record], secret, now)
    if isinstance(result, Rejection):
        raise BadRecord(result.reason, result.message)
    return DeliveryState.DONE, result.value


def _delete(connection: Connection, deleted: Deleted, delivery: Delivery, secret: bytes, now: datetime) -> bool:
    if deleted.kind is Kind.ORDERS:
        return orders.mark_deleted(connection, delivery.source, deleted.subject, delivery.triggered_at or delivery.received_at)
    if deleted.kind is Kind.CARTS:
        return carts.remove(connection, delivery.source, deleted.subject)
    return customers.gone(connection, delivery.source, deleted.subject, secret, now)


def _note_access(connection: Connection, wanted: AccessWanted, delivery: Delivery, secret: bytes, now: datetime) -> str:
    """The export itself is written afterwards (api.access_requests): it is no part of any transaction."""
    person = source_erasure.person_at(connection, delivery.source, wanted.subject, wanted.email, secret)
    number = privacy_requests.add(connection, PrivacyRequestKind.ACCESS, delivery.source, CHANNEL, person, delivery.received_at, wanted.request_id)
    if person is None:
        privacy_requests.finish(connection, number, "nobody is known by this key or e-mail address: nothing is held", now)
    return f"privacy request {number}"


def _redact(connection: Connection, redacted: CustomerRedacted, delivery: Delivery, secret: bytes, now: datetime) -> str:
    person = source_erasure.person_at(connection, delivery.source, redacted.subject, redacted.email, secret)
    number = privacy_requests.add(connection, PrivacyRequestKind.ERASURE, delivery.source, CHANNEL, person, delivery.received_at)
    done = erase(connection, person, secret, now) if person else None
    source_erasure.empty_orders(connection, delivery.source, redacted.orders)
    outcome = f"erased, {done.letters_cancelled} letters taken out" if done else "nobody is known by this key or e-mail address: nothing is held"
    privacy_requests.finish(connection, number, outcome, now)
    return f"privacy request {number}"


def _redact_shop(connection: Connection, delivery: Delivery, secret: bytes, now: datetime) -> tuple[DeliveryState, str]:
    if source_erasure.erase_source(connection, delivery.source, secret, now):
        return DeliveryState.WAITING, "under way"
    number = privacy_requests.add(connection, PrivacyRequestKind.SOURCE_ERASURE, delivery.source, CHANNEL, None, delivery.received_at)
    privacy_requests.finish(connection, number, "everything of this source was erased", now)
    return DeliveryState.DONE, f"privacy request {number}"
