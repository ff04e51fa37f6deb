"""Who may look, and which programs may send?"""

from sqlalchemy import Column, Index, LargeBinary, Table

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

audit_events = Table(
    "audit_events",
    metadata,
    key(),
    moment("at"),
    text("actor", Pii.PSEUDONYM, server_default=""),  # the user's name, the API key's, or what acted by itself
    text("channel"),  # desk, command line, prefect, api
    text("action"),
    text("subject", server_default=""),  # kind and number of what it was done to: customer 17, print run 3
    text("detail", Pii.FREE_TEXT, server_default=""),
)
"""Who did what: nothing in it is ever changed; the newest first is how it is read."""
Index("ix_audit_events_subject", audit_events.c.subject)
