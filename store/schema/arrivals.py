"""Which records came in, how far has each source been read, and what has it asked for?"""

from sqlalchemy import Column, Index, LargeBinary, Table
from sqlalchemy import text as sql

from store.columns import Pii, document, key, moment, number, reference, text
from store.schema.naming import metadata

imports = Table(
    "imports",
    metadata,
    key(),
    text("source"),
    text("kind"),
    text("file_name"),
    text("format"),
    text("state"),
    number("read", server_default="0"),
    number("stored", server_default="0"),
    number("unchanged", server_default="0"),
    number("rejected", server_default="0"),
    moment("started_at"),
    moment("finished_at", nullable=True),
    text("message", server_default=""),  # why it failed, in words of our own that name files and shops and nobody else
)

rejections = Table(
    "rejections",
    metadata,
    reference("import_id", "imports", primary_key=True),
    number("number", primary_key=True, autoincrement=False),
    number("position"),
    text("key", Pii.PERSONAL),
    text("reason"),
    text("message", Pii.FREE_TEXT),
)

sync_states = Table(
    "sync_states",
    metadata,
    text("source", primary_key=True),
    text("stream", primary_key=True),
    document("state"),  # the importer's own words: watermark, running bulk operation
    moment("moved_at"),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    text("id", primary_key=True),  # the shop's own: a delivery that comes twice is one
    text("event_id", Pii.PSEUDONYM, server_default=""),
    text("source"),
    text("topic"),
    text("subject", Pii.PSEUDONYM, server_default="", index=True),  # the source's own key of what it is about, once it is read
    Column("body", LargeBinary, nullable=True, info={"pii": Pii.PERSONAL}),  # until it is worked off
    moment("triggered_at", nullable=True),
    moment("received_at"),
    moment("due_at"),  # when it is worked off, or tried again
    text("state"),
    number("attempts", server_default="0"),
    text("message", server_default=""),  # words of our own: kinds of errors, never what they say
    moment("worked_at", nullable=True),
)
_WAITING = sql("state = 'waiting'")  # each delivery asks for the next: not by reading all that wait
_NEXT = (webhook_deliveries.c.due_at, webhook_deliveries.c.received_at, webhook_deliveries.c.id)
Index("ix_webhook_deliveries_waiting", *_NEXT, postgresql_where=_WAITING, sqlite_where=_WAITING)

privacy_requests = Table(
    "privacy_requests",
    metadata,
    key(),
    text("kind"),
    text("source"),
    text("channel"),
    reference("customer_id", "customers", nullable=True, index=True),
    text("request_id", Pii.PSEUDONYM, server_default=""),  # the number that its sender gave it
    moment("received_at"),
    moment("done_at", nullable=True),
    text("outcome", server_default=""),  # words of our own
)
