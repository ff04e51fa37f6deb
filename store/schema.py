"""Which tables are there?  Everything else in the store is queries over these."""

from sqlalchemy import Boolean, Column, Date, Index, LargeBinary, MetaData, Table, UniqueConstraint
from sqlalchemy import text as sql

from store.columns import Pii, document, key, moment, number, personal, reference, text

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# --- people ------------------------------------------------------------------------------------------------------------

customers = Table(
    "customers",
    metadata,
    key(),
    text("person_key", Pii.PSEUDONYM, unique=True),  # never changes: the holdout hangs on it
    text("number", Pii.PSEUDONYM, server_default=""),
    personal("email"),
    text("email_key", Pii.PERSONAL, nullable=True, unique=True),
    text("email_hash", Pii.PSEUDONYM, nullable=True),  # keyed: finds objections, survives erasure
    personal("sex"),
    personal("title"),
    personal("first_name"),
    personal("last_name"),
    personal("company"),
    personal("addition"),
    personal("street"),
    personal("postcode"),
    personal("town"),
    personal("country"),
    text("language", server_default=""),
    text("address_state", server_default="ok"),
    moment("registered_at", nullable=True),
    moment("first_sale_at", nullable=True),  # from here on a customer, before a prospect; dated and final
    moment("created_at"),
    moment("changed_at"),
    text("address_hash", Pii.PSEUDONYM, nullable=True, index=True),  # keyed, of identity.person_key: finds the same person, objections, the Robinson list
    document("tags", Pii.FREE_TEXT, server_default="[]"),
    document("desk_fields", server_default="[]"),  # what was edited in the desk and wins over imports (product.md 1.8)
    number("merged_into", nullable=True),  # id of the customer that this one turned out to be; no foreign key: SQLite would rebuild the table for it
    moment("erased_at", nullable=True),
)
Index("ix_customers_postcode", customers.c.postcode)  # finds a household
_ERASED = sql("erased_at IS NOT NULL")
Index("ix_customers_erased_at", customers.c.erased_at, postgresql_where=_ERASED, sqlite_where=_ERASED)  # small: every import asks whether there are any

customer_sources = Table(
    "customer_sources",
    metadata,
    text("source", primary_key=True),
    text("source_id", Pii.PERSONAL, primary_key=True),
    text("number", Pii.PSEUDONYM, server_default=""),  # the customer number at this source, which its orders name
    reference("customer_id", "customers", index=True),
    text("record_hash", Pii.PSEUDONYM),
    text("email_key", Pii.PERSONAL, nullable=True, index=True),  # the mailbox that the source claims for the person
    document("record", Pii.PERSONAL, nullable=True),  # all that the source has told (profile.Told): a merge is undone from it
    moment("changed_at", nullable=True),  # when the source last changed it, where it says so
    moment("stored_at", nullable=True),
)
Index("ix_customer_sources_number", customer_sources.c.number, customer_sources.c.source)

merges = Table(
    "merges",
    metadata,
    key(),
    reference("kept_id", "customers", index=True),
    reference("gone_id", "customers", nullable=True, index=True),  # None: the record never had a customer of its own
    text("reason"),
    document("moved", Pii.PSEUDONYM),  # what went over: {"sources": [[source, source_id]], "orders": [id], "carts": [id], "letters": [id], …}
    moment("merged_at"),
    moment("undone_at", nullable=True),
    text("undone_by", Pii.PSEUDONYM, server_default=""),
)
_UNDONE = sql("undone_at IS NOT NULL")
Index("ix_merges_undone", merges.c.undone_at, postgresql_where=_UNDONE, sqlite_where=_UNDONE)  # small: these two stay apart

objections = Table(
    "objections",
    metadata,
    key(),
    reference("customer_id", "customers", nullable=True, unique=True),  # the first one counts
    text("email_hash", Pii.PSEUDONYM, nullable=True),
    reference("letter_id", "letters", nullable=True),
    text("channel"),
    moment("received_at"),  # when the person said it, as far as the sender tells
    text("address_hash", Pii.PSEUDONYM, nullable=True),
    text("source", server_default=""),
    moment("filed_at", nullable=True),  # when we last heard it, by our clock: tells what was said before a merge
)
for _name in ("email_hash", "address_hash"):  # partial: in a list that has no addresses, SQLite would rather read all of it for every person
    _named = sql(f"{_name} IS NOT NULL")
    Index(f"ix_objections_{_name}", objections.c[_name], postgresql_where=_named, sqlite_where=_named)

robinson = Table(
    "robinson",
    metadata,
    text("address_hash", Pii.PSEUDONYM, primary_key=True),  # as customers.address_hash: the list itself is not kept
    moment("listed_at"),
)

# --- what they bought --------------------------------------------------------------------------------------------------

orders = Table(
    "orders",
    metadata,
    key(),
    text("source"),
    text("source_id", Pii.PSEUDONYM),
    text("record_hash", Pii.PSEUDONYM),
    text("number", Pii.PSEUDONYM),
    reference("customer_id", "customers", nullable=True),
    text("customer_number", Pii.PSEUDONYM, server_default=""),
    text("email_key", Pii.PERSONAL, nullable=True),
    moment("ordered_at"),
    text("state"),
    number("total_cents"),
    text("currency"),
    text("platform", server_default=""),
    document("discount_codes", Pii.PSEUDONYM),
    moment("changed_at", nullable=True),
    moment("sold_at", nullable=True),  # its date when it was seen completed, whatever became of it: dates its customer's first sale
    UniqueConstraint("source", "source_id"),
)
Index("ix_orders_customer_id_ordered_at", orders.c.customer_id, orders.c.ordered_at)
_UNLINKED = sql("customer_id IS NULL")  # the column stands in these indexes all the same: else SQLite prefers one that has it
Index("ix_orders_unlinked_email", orders.c.customer_id, orders.c.email_key, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
Index("ix_orders_unlinked_number", orders.c.customer_id, orders.c.source, orders.c.customer_number, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)

order_lines = Table(
    "order_lines",
    metadata,
    reference("order_id", "orders", primary_key=True),
    number("position", primary_key=True, autoincrement=False),
    text("sku"),
    text("title"),
    number("quantity"),
    number("unit_price_cents"),
)

carts = Table(
    "carts",
    metadata,
    key(),
    text("source"),
    text("source_id", Pii.PSEUDONYM),
    text("record_hash", Pii.PSEUDONYM),
    text("kind"),
    reference("customer_id", "customers", nullable=True, index=True),
    text("email_key", Pii.PERSONAL, nullable=True),
    text("currency"),
    moment("created_at"),
    moment("updated_at"),
    document("items"),
    text("customer_number", Pii.PSEUDONYM, server_default=""),
    moment("completed_at", nullable=True),
    text("recovery_url", Pii.PERSONAL, server_default=""),  # opens the cart without a sign-in
    UniqueConstraint("source", "source_id"),
)
Index("ix_carts_updated_at", carts.c.updated_at)
Index("ix_carts_unlinked_email", carts.c.customer_id, carts.c.email_key, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
Index("ix_carts_unlinked_number", carts.c.customer_id, carts.c.source, carts.c.customer_number, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)

# --- where the records came from ---------------------------------------------------------------------------------------

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

# --- campaigns ---------------------------------------------------------------------------------------------------------

offers = Table(
    "offers",
    metadata,
    key(),
    text("slug", unique=True),
    text("name"),
    text("kind"),
    number("value"),
    text("currency"),
    number("minimum_order_cents"),
    number("valid_days"),
    moment("saved_at"),
)

campaigns = Table(
    "campaigns",
    metadata,
    key(),
    text("slug", unique=True),
    reference("version_id", "campaign_versions", nullable=True),
    moment("created_at"),
)

campaign_versions = Table(
    "campaign_versions",
    metadata,
    key(),
    text("slug"),
    text("version"),
    document("definition"),
    moment("saved_at"),
    UniqueConstraint("slug", "version"),
)

verdicts = Table(
    "verdicts",
    metadata,
    reference("campaign_id", "campaigns", primary_key=True),
    reference("customer_id", "customers", primary_key=True, index=True),
    text("outcome"),
    text("reason", nullable=True),
    text("detail", Pii.FREE_TEXT),
    number("step", nullable=True),
    moment("since"),
)

# --- what is printed ---------------------------------------------------------------------------------------------------

print_runs = Table(
    "print_runs",
    metadata,
    key(),
    reference("campaign_id", "campaigns", index=True),
    reference("version_id", "campaign_versions"),
    text("state"),
    text("flow_run_id", server_default="", index=True),
    text("approval"),
    number("max_letters", nullable=True),
    Column("letter_date", Date, nullable=False, info={"pii": Pii.NONE}),
    document("sender"),
    text("public_url"),  # what is printed must not change with the settings in the middle of a run
    document("layouts"),  # name -> version: a layout that changed in the middle of a run stops it
    number("cursor"),  # last customer that selection has dealt with
    document("funnel"),
    moment("created_at"),
    moment("rendered_at", nullable=True),
    moment("decided_at", nullable=True),
    text("decided_by", Pii.PSEUDONYM, server_default=""),
    text("comment", Pii.FREE_TEXT, server_default=""),
    moment("handed_over_at", nullable=True),
    text("manifest_sha256", server_default=""),
)
_UNFINISHED = sql("state IN ('selecting', 'rendering', 'awaiting_approval', 'approved', 'handing_over')")
Index("uq_print_runs_unfinished", print_runs.c.campaign_id, unique=True, postgresql_where=_UNFINISHED, sqlite_where=_UNFINISHED)

print_files = Table(
    "print_files",
    metadata,
    key(),
    reference("print_run_id", "print_runs"),
    number("number"),
    text("name"),
    text("state"),
    number("letters"),
    number("pages", nullable=True),
    number("bytes", nullable=True),
    text("sha256", nullable=True),
    moment("rendered_at", nullable=True),
    UniqueConstraint("print_run_id", "number"),
)

letters = Table(
    "letters",
    metadata,
    key(),
    text("token", Pii.PSEUDONYM, unique=True),
    reference("campaign_id", "campaigns"),
    reference("customer_id", "customers", index=True),
    text("trigger", Pii.PSEUDONYM),
    number("step"),
    reference("print_run_id", "print_runs"),
    reference("print_file_id", "print_files", nullable=True),
    number("sequence", nullable=True),  # place within the print file, from 1
    number("first_page", nullable=True),
    number("pages", nullable=True),
    text("state"),
    text("state_reason", server_default=""),
    text("layout"),
    text("language"),
    text("sort_key", Pii.PERSONAL, server_default="", by_code_point=True),  # both databases must print in the same order
    personal("postcode"),
    personal("country"),
    personal("household_key"),
    text("landing_url", Pii.PSEUDONYM),
    document("content", Pii.PERSONAL),
    moment("created_at"),
    moment("handed_over_at", nullable=True),
)
LETTER_ONCE = ("campaign_id", "customer_id", "trigger", "step")
"""product.md 3.7: a step of a campaign for a trigger at most once; a cancelled letter never went out."""
LETTER_ONCE_WHERE = sql("state NOT IN ('cancelled', 'failed')")
Index("uq_letters_once", *(letters.c[name] for name in LETTER_ONCE), unique=True, postgresql_where=LETTER_ONCE_WHERE, sqlite_where=LETTER_ONCE_WHERE)
Index("ix_letters_print_run_id_sort_key", letters.c.print_run_id, letters.c.sort_key, letters.c.id)
Index("ix_letters_print_file_id_sequence", letters.c.print_file_id, letters.c.sequence)
Index("ix_letters_household", letters.c.print_run_id, letters.c.household_key)

coupons = Table(
    "coupons",
    metadata,
    key(),
    text("code", Pii.PSEUDONYM, unique=True),
    text("code_key", Pii.PSEUDONYM, nullable=True),  # as coupon.normalise makes it: how a code is told, however it is typed
    reference("offer_id", "offers"),
    reference("letter_id", "letters", nullable=True, unique=True),
    reference("customer_id", "customers", nullable=True, index=True),
    document("terms"),
    Column("valid_until", Date, nullable=False, info={"pii": Pii.NONE}),
    Column("voided", Boolean, nullable=False, server_default=sql("false"), info={"pii": Pii.NONE}),
    moment("issued_at"),
    text("source", server_default="postillion"),  # who made the code
)
Index("uq_coupons_code_key", coupons.c.code_key, unique=True)

# --- what comes back ---------------------------------------------------------------------------------------------------

scans = Table(
    "scans",
    metadata,
    text("id", primary_key=True),  # UUIDv7, made by the application: a replay cannot store a scan twice
    reference("letter_id", "letters", index=True),
    text("kind"),
    moment("scanned_at"),
    text("visitor", Pii.PSEUDONYM, server_default=""),  # hash under a key of the day: tells a visitor again within a visit, goes after 180 days
)

objection_evidence = Table(
    "objection_evidence",
    metadata,
    reference("letter_id", "letters", primary_key=True),
    text("effect"),
    text("channel"),
    moment("received_at"),
    moment("noted_at"),
)

# --- who may look ------------------------------------------------------------------------------------------------------

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
