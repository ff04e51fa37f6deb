"""What was answered to a request that comes a second time under its Idempotency-Key?"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select

from store.schema import idempotency_keys

KEPT = timedelta(days=7)
"""A client that was cut off asks again within minutes; a week outlasts a long week-end."""


@dataclass(frozen=True, slots=True)
class Request:
    """What an Idempotency-Key stands for: of which API key, to which path, with which body."""

    api_key_id: int
    key: str
    path: str
    body_hash: str

    @classmethod
    def of(cls, api_key_id: int, key: str, path: str, body: bytes) -> "Request":
        """The request whose body consists of these bytes."""
        return cls(api_key_id, key, path, hashlib.sha256(body).hexdigest())


@dataclass(frozen=True, slots=True)
class Answered:
    """The request that came first under a key, and its answer, byte by byte."""

    request: Request
    status: int
    answer: bytes


def find(connection: Connection, api_key_id: int, key: str) -> Answered | None:
    """What came under this key of this client, if anything did."""
    table = idempotency_keys.c
    row = connection.execute(select(idempotency_keys).where(table.api_key_id == api_key_id, table.key == key)).one_or_none()
    return Answered(Request(row.api_key_id, row.key, row.path, row.body_hash), row.status, row.answer) if row else None


def keep(connection: Connection, answered: Answered, now: datetime) -> None:
    """Keep the answer, in the transaction that did what it says."""
    request = answered.request
    row = {"api_key_id": request.api_key_id, "key": request.key, "path": request.path, "body_hash": request.body_hash}
    connection.execute(insert(idempotency_keys).values(row | {"status": answered.status, "answer": answered.answer, "created_at": now}))
