"""Who may sign in to the desk, and who is signed in?"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import Connection, delete, func, insert, select, update

from store.schema import sessions, users
from store.upsert import upsert

IDLE = timedelta(hours=8)
LONGEST = timedelta(hours=24)
"""A session ends after these (reliability facts 5, ASVS 7.3)."""


class Role(StrEnum):
    """What somebody does at the desk."""

    MARKETER = "marketer"
    SUPPORT = "support"
    ADMIN = "admin"
    PARTNER = "partner"
    """Sees the partner desk, and nothing of the desk itself."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who works at the desk."""

    id: int
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Somebody who may sign in, as admins see it."""

    name: str
    role: str
    created_at: datetime
    seen_at: datetime | None
    """When a session was last in use; sessions are kept for a day."""


def save(connection: Connection, name: str, password_hash: str, role: str, now: datetime) -> None:
    """Create a user or change password and role; whoever is signed in under the name is signed out."""
    upsert(connection, users, ("name",), [{"name": name, "password_hash": password_hash, "role": role, "created_at": now}], keep=("created_at",))
    mine = select(users.c.id).where(users.c.name == name)
    connection.execute(delete(sessions).where(sessions.c.user_id.in_(mine)))


def password_hash(connection: Connection, name: str) -> tuple[int, str] | None:
    """The user's id and stored hash."""
    row = connection.execute(select(users.c.id, users.c.password_hash).where(users.c.name == name)).one_or_none()
    return (row.id, row.password_hash) if row else None


def change_password(connection: Connection, user_id: int, former_hash: str, new_hash: str) -> bool:
    """Keep a new password instead of the former one, and end every session of the user's; False where somebody has changed it in the meantime."""
    changed = connection.execute(update(users).where(users.c.id == user_id, users.c.password_hash == former_hash).values(password_hash=new_hash)).rowcount
    if changed:
        connection.execute(delete(sessions).where(sessions.c.user_id == user_id))
    return bool(changed)


def all_users(connection: Connection) -> list[Listed]:
    """Everybody who may sign in, by name."""
    seen = select(func.max(sessions.c.seen_at)).where(sessions.c.user_id == users.c.id).scalar_subquery()
    query = select(users.c.name, users.c.role, users.c.created_at, seen.label("seen_at")).order_by(users.c.name)
    return [Listed(**row._mapping) for row in connection.execute(query)]


def open_session(connection: Connection, user_id: int, now: datetime) -> str:
    """Sign a user in: the token goes into the cookie, only its hash into the database."""
    token = secrets.token_urlsafe(32)
    connection.execute(delete(sessions).where(sessions.c.created_at < now - LONGEST))
    connection.execute(insert(sessions).values(token_hash=_hash(token), user_id=user_id, created_at=now, seen_at=now))
    return token


def of_session(connection: Connection, token: str, now: datetime) -> User | None:
    """Whose session this is, unless it has ended."""
    fresh = (sessions.c.token_hash == _hash(token), sessions.c.created_at > now - LONGEST, sessions.c.seen_at > now - IDLE)
    row = connection.execute(select(users.c.id, users.c.name, users.c.role).join(sessions, sessions.c.user_id == users.c.id).where(*fresh)).one_or_none()
    return User(*row) if row else None


def keep_session(connection: Connection, token: str, now: datetime) -> None:
    """Note that the session is in use."""
    connection.execute(update(sessions).where(sessions.c.token_hash == _hash(token)).values(seen_at=now))


def close_session(connection: Connection, token: str) -> None:
    """Sign out."""
    connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(token)))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
