"""How does a batch get into the database: whole, once, and counted?"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from api.errors import KeyReused
from api.intake.answers import answer_of, counts_of
from api.intake.checking import check, key_in
from api.intake.people import IntakeRecord
from api.intake.reading import records_of
from api.office import Office
from campaigns.record import Kind, Outcome, Record
from campaigns.rejection import Rejection, RejectionReason
from store import idempotency, imports
from store.api_keys import ApiKey
from store.engine import Connection
from store.idempotency import Answered
from store.records import Result, upsert_records

FORMAT = "api"
"""What the list of imports calls a batch that came by HTTP."""
PATIENCE_SECONDS = 10
"""As long as SQLite waits for its lock: then 503 and Retry-After are better than a client that hangs."""


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer as JSON, and whether it is the one that was given before."""

    answer: bytes
    is_replay: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)
    """Outcome -> how many records."""


def take_in(office: Office, key: ApiKey, kind: Kind, model: type[IntakeRecord], body: bytes, request: idempotency.Request | None) -> Reply:
    """Store a batch and say of each record what became of it; a ``request`` that was answered before is answered the same.

    One transaction holds the records, their counts, the rejections and the answer.  Raises MalformedJson, WrongBatch, KeyReused,
    DatabaseAway.
    """
    raw = records_of(body)
    keys = [key_in(model, one) for one in raw]
    checked = _checked(kind, model, raw, keys, key.source)
    now = datetime.now(UTC)

    def answered(connection: Connection) -> Reply:
        imports.lock(connection, PATIENCE_SECONDS)  # the same request twice at once: the second one waits here, then finds the answer
        if request and (before := idempotency.find(connection, request.api_key_id, request.key)):
            if before.request != request:
                raise KeyReused
            return Reply(before.answer, is_replay=True)
        results = _store(connection, checked, office.settings.secret, now)
        _count(connection, key, kind, results, now)
        answer = answer_of(keys, results)
        if request:
            idempotency.keep(connection, Answered(request, 200, answer), now)
        return Reply(answer, counts=Counter("rejected" if isinstance(result, Rejection) else str(result) for result in results))

    reply = office.written(answered)
    if not reply.is_replay:
        for outcome, count in reply.counts.items():
            office.meters.intake.labels(kind, outcome).inc(count)
    return reply


def _checked(kind: Kind, model: type[IntakeRecord], raw: Sequence[object], keys: Sequence[str], source: str) -> list[Record | Rejection]:
    """Of two records with one key the later one is rejected: which of them is true, only their sender knows."""
    taken: set[str] = set()
    found: list[Record | Rejection] = []
    for position, (key, one) in enumerate(zip(keys, raw, strict=True), 1):
        record = check(model, one, source, position)
        if not isinstance(record, Rejection) and kind is not Kind.OBJECTIONS:  # two objections do not contradict each other
            if key in taken:
                message = f'"{key}" stands twice in this batch: the first one was looked at, this one was not.'
                record = Rejection(position, key, RejectionReason.CONTRADICTION, message)
            taken.add(key)
        found.append(record)
    return found


def _store(connection: Connection, checked: Sequence[Record | Rejection], secret: bytes, now: datetime) -> list[Result]:
    records = [one for one in checked if not isinstance(one, Rejection)]
    stored = iter(upsert_records(connection, records, secret, now))
    results = [one if isinstance(one, Rejection) else next(stored) for one in checked]
    return [replace(one, position=position) if isinstance(one, Rejection) else one for position, one in enumerate(results, 1)]


def _count(connection: Connection, key: ApiKey, kind: Kind, results: Sequence[Result], now: datetime) -> None:
    """An import of its own in the list of imports, unless the whole batch was known already."""
    if all(result is Outcome.UNCHANGED for result in results):
        return
    import_id = imports.start(connection, key.source, kind, key.name, FORMAT, now)
    imports.add(connection, import_id, counts_of(results), [result for result in results if isinstance(result, Rejection)])
    imports.finish(connection, import_id, now)
