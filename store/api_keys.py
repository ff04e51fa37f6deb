"""Which programs may use the API, and for what?"""

import hashlib
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, Row, insert, select, update

from store.errors import WrongName
from store.schema import api_keys

PREFIX = "pst_"
"""So that a key is known for one wherever it turns up by mistake."""
_FORM = re.compile(PREFIX + r"[A-Za-z0-9_-]{43}", re.ASCII)
_SOURCE = re.compile(r"[a-z0-9-]+", re.ASCII)
_LONGEST_NAME = 100
NOTED_EVERY = timedelta(minutes=1)


class Scope(StrEnum):
    """What a key may do."""

    CUSTOMERS_WRITE = "customers:write"
    ORDERS_WRITE = "orders:write"
    CARTS_WRITE = "carts:write"
    COUPONS_WRITE = "coupons:write"
    COUPONS_REDEEM = "coupons:redeem"
    OBJECTIONS_WRITE = "objections:write"
    CUSTOMERS_READ = "customers:read"
    METRICS_READ = "metrics:read"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A program that may use the API; the key itself is known to that program alone."""

    id: int
    name: str
    source: str
    """The shop whose records it brings."""
    scopes: tuple[Scope, ...]
    created_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None


def add(connection: Connection, name: str, source: str, scopes: Collection[Scope], now: datetime) -> str:
    """Make a key for the records of ``source`` and give it: nobody can be shown it again.  Raises WrongName.

    256 random bits need no slow hash: there is nothing to guess (unlike passwords).
    """
    if not (name.strip() and name.isprintable() and len(name) <= _LONGEST_NAME):
        raise WrongName(f"An API key needs a name of 1 to {_LONGEST_NAME} printable characters, like shop-sync.")
    if not _SOURCE.fullmatch(source):
        raise WrongName(f'"{source}" cannot be a source: use small letters, digits and hyphens, like my-shop.')
    if connection.execute(select(api_keys.c.id).where(api_keys.c.name == name)).one_or_none():
        raise WrongName(f'There is, or was, an API key "{name}": choose another name, like {name}-2.')
    key = PREFIX + secrets.token_urlsafe(32)
    row = {"name": name, "key_hash": _hash(key), "source": source, "scopes": sorted(set(scopes)), "created_at": now}
    connection.execute(insert(api_keys).values(row))
    return key


def is_well_formed(key: str) -> bool:
    """Whether it could be one of ours: answered without asking the database."""
    return _FORM.fullmatch(key) is not None


def find(connection: Connection, key: str) -> ApiKey | None:
    """Whose key this is, unless it was revoked.  Hashes are compared, not keys, so that the time it takes tells nothing of any key."""
    row = connection.execute(select(api_keys).where(api_keys.c.key_hash == _hash(key), api_keys.c.revoked_at.is_(None))).one_or_none()
    return _to_key(row) if row else None


def was_just_noted(key: ApiKey, now: datetime) -> bool:
    """Whether it stands there already that the key is in use: once a minute is enough."""
    return key.used_at is not None and now - key.used_at < NOTED_EVERY


def note_use(connection: Connection, key_id: int, now: datetime) -> None:
    """Write down that the key is in use."""
    connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(used_at=now))


def all_keys(connection: Connection) -> list[ApiKey]:
    """Every key ever made, the newest last."""
    return [_to_key(row) for row in connection.execute(select(api_keys).order_by(api_keys.c.id))]


def revoke(connection: Connection, name: str, now: datetime) -> None:
    """From now on the key opens nothing; once more changes nothing.  Raises WrongName for one that never was."""
    known = connection.execute(select(api_keys.c.id).where(api_keys.c.name == name)).one_or_none()
    if known is None:
        raise WrongName(f'There is no API key "{name}": look at postillion api-key list.')
    connection.execute(update(api_keys).where(api_keys.c.id == known.id, api_keys.c.revoked_at.is_(None)).values(revoked_at=now))


def _to_key(row: Row[tuple[object, ...]]) -> ApiKey:
    scopes = tuple(Scope(scope) for scope in row.scopes)
    return ApiKey(row.id, row.name, row.source, scopes, row.created_at, row.used_at, row.revoked_at)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
