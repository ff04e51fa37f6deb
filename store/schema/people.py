"""Who is there, under which names, and who wants no letters?"""

from sqlalchemy import Boolean, Column, Index, Table
from sqlalchemy import text as sql

from store.columns import Pii, document, key, moment, number, personal, reference, text
from store.schema.naming import metadata

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
    Column("is_seed", Boolean, nullable=False, server_default=sql("false"), info={"pii": Pii.NONE}),  # an address of our own, in no audience and no result
    text("mailbox", Pii.PERSONAL, nullable=True, index=True),  # newcomer.mailbox of the e-mail: tells who has bought before, in any spelling
    text("home", Pii.PERSONAL, nullable=True, index=True),  # newcomer.home of the address, "" for none; NULL: not written down yet (redemptions.settling)
    moment("last_cart_at", nullable=True),  # of the carts that are gone by now: a prospect's time counts from the last sign of life (store.prospects)
)
Index("ix_customers_postcode", customers.c.postcode)  # finds a household
_UNSPELLED = sql("home IS NULL")
Index("ix_customers_unspelled", customers.c.postcode, postgresql_where=_UNSPELLED, sqlite_where=_UNSPELLED)  # empty once settling is through
_PROSPECT = sql("first_sale_at IS NULL")
Index("ix_customers_prospects", customers.c.id, postgresql_where=_PROSPECT, sqlite_where=_PROSPECT)  # a page of them is found among any number of buyers
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
    text("mailbox", Pii.PERSONAL, nullable=True, index=True),  # as in customers, of what this source tells: a second e-mail or address is the same person's
    text("home", Pii.PERSONAL, nullable=True, index=True),
)
Index("ix_customer_sources_number", customer_sources.c.number, customer_sources.c.source)
Index("ix_customer_sources_unspelled", customer_sources.c.email_key, postgresql_where=_UNSPELLED, sqlite_where=_UNSPELLED)

former_mailboxes = Table(
    "former_mailboxes",
    metadata,
    key(),
    reference("customer_id", "customers", index=True),
    text("source"),  # which has told another one since
    text("email_key_hash", Pii.PSEUDONYM, index=True),  # as customers.email_hash
    text("mailbox_hash", Pii.PSEUDONYM, index=True),  # keyed, of the mailbox in any spelling: as redemptions.email_hash
    moment("replaced_at"),
)
"""Mailboxes that somebody went by before: whoever objects, or wants to be a new customer, under an old one is still found by it."""

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
