"""Who may look, and which programs may send?"""

from sqlalchemy import Column, LargeBinary, Table

from store.columns import Pii, document, key, moment, number, reference, text
from store.schema.naming import metadata

users = Table(
    "users",
    metadata,
    key(),
    text("name", Pii.PERSONAL, unique=True),
    text("password_hash", Pii.PERSONAL),
    text("role"),
    moment("created_at"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, info={"pii": Pii.PSEUDONYM}),
    reference("user_id", "users", index=True),
    moment("created_at"),
    moment("seen_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    key(),
    text("name", unique=True),
    text("key_hash", Pii.PSEUDONYM, unique=True),
    text("source"),  # the shop whose records it brings
    document("scopes"),
    moment("created_at"),
    moment("used_at", nullable=True),
    moment("revoked_at", nullable=True),
)

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    reference("api_key_id", "api_keys", primary_key=True),
    text("key", Pii.PSEUDONYM, primary_key=True),
    text("path"),
    text("body_hash", Pii.PSEUDONYM),
    number("status"),
    Column("answer", LargeBinary, nullable=False, info={"pii": Pii.PERSONAL}),
    moment("created_at"),
)
