"""Which coupons were used, by which order, and who was a new customer with one?"""

from sqlalchemy import Column, Date, Index, Table, UniqueConstraint
from sqlalchemy import text as sql

from store.columns import Pii, document, key, moment, number, reference, text
from store.schema.naming import metadata

redemptions = Table(
    "redemptions",
    metadata,
    key(),
    reference("coupon_id", "coupons"),
    text("source"),  # the shop whose order it is
    text("order_ref", Pii.PSEUDONYM),  # as that shop calls the order; whatever is no number of the order goes at erasure
    reference("order_id", "orders", nullable=True, index=True),  # once the order has come in
    text("state"),
    reference("customer_id", "customers", nullable=True, index=True),
    text("email_hash", Pii.PSEUDONYM, nullable=True),  # keyed, of the mailbox in any spelling (campaigns.newcomer)
    text("address_hash", Pii.PSEUDONYM, nullable=True),  # keyed, of surname and address in any spelling
    document("checkout"),  # currency and lines, nobody's name
    document("quote"),  # discount lines with their VAT: what the invoice asks for again
    text("currency"),
    number("discount_cents"),
    text("channel"),
    moment("created_at"),
    moment("expires_at", nullable=True),  # of a reservation
    moment("redeemed_at", nullable=True),
    moment("ended_at", nullable=True),
    text("reason", Pii.FREE_TEXT, server_default=""),
    UniqueConstraint("coupon_id", "source", "order_ref"),
)
_RESERVED = sql("state = 'reserved'")
Index("ix_redemptions_expires_at", redemptions.c.expires_at, postgresql_where=_RESERVED, sqlite_where=_RESERVED)
Index("ix_redemptions_source_order_ref", redemptions.c.source, redemptions.c.order_ref)
for _name in ("email_hash", "address_hash"):  # whoever comes again
    _named = sql(f"{_name} IS NOT NULL")
    Index(f"ix_redemptions_{_name}", redemptions.c[_name], postgresql_where=_named, sqlite_where=_named)
_NOBODYS = sql("customer_id IS NULL AND email_hash IS NOT NULL")  # every import of people asks whether there are any
Index("ix_redemptions_nobodys", redemptions.c.email_hash, postgresql_where=_NOBODYS, sqlite_where=_NOBODYS)

new_customers = Table(
    "new_customers",
    metadata,
    text("key_hash", Pii.PSEUDONYM, primary_key=True),  # keyed, of a mailbox or of surname and address: each is a new customer once
    reference("redemption_id", "redemptions", index=True),
    moment("claimed_at"),
)
"""Who has taken a new-customer coupon: the unique key refuses the second one, however many ask at once."""

sign_up_codes = Table(
    "sign_up_codes",
    metadata,
    key(),
    reference("coupon_id", "coupons", index=True),
    reference("customer_id", "customers", nullable=True, index=True),
    text("email_hash", Pii.PSEUDONYM, nullable=True, index=True),  # of somebody whose record has not come in yet
    text("source"),
    moment("given_at"),
    moment("settled_at", nullable=True),  # when it counted for the first order
)
"""Codes given at sign-up, which count for that person's first order."""
Index("ix_sign_up_codes_nobodys", sign_up_codes.c.email_hash, postgresql_where=_NOBODYS, sqlite_where=_NOBODYS)
_UNSETTLED = sql("settled_at IS NULL")  # every import of orders asks whether there are any
Index("ix_sign_up_codes_unsettled", sign_up_codes.c.id, postgresql_where=_UNSETTLED, sqlite_where=_UNSETTLED)

coupon_events = Table(
    "coupon_events",
    metadata,
    key(),
    reference("coupon_id", "coupons", nullable=True, index=True),
    reference("redemption_id", "redemptions", nullable=True, index=True),
    text("action"),  # quote, reserve, redeem, release, expire, roll_back, remember, reject, issue, import, void …
    text("outcome"),  # granted, or the reason of the refusal
    text("channel"),
    text("actor", Pii.PSEUDONYM, server_default=""),  # name of the API key or of the user
    text("source", server_default=""),
    text("order_ref", Pii.PSEUDONYM, server_default=""),
    text("detail", Pii.FREE_TEXT, server_default=""),
    moment("at"),
    moment("seen_at", nullable=True),  # somebody at the desk has dealt with it
    text("seen_by", Pii.PSEUDONYM, server_default=""),
)
Index("ix_coupon_events_action_at", coupon_events.c.action, coupon_events.c.at)  # the last double uses, guessed codes of an hour
"""The audit log: what was granted stays, quotes and refusals are kept for half a year (store.retention)."""

code_uploads = Table(
    "code_uploads",
    metadata,
    key(),
    reference("offer_id", "offers"),
    reference("print_run_id", "print_runs", nullable=True, index=True),
    text("source"),  # the shop
    text("title"),  # of its discount; what it is found again by
    Column("valid_until", Date, nullable=False, info={"pii": Pii.NONE}),
    text("discount_id", server_default=""),  # the shop's own key of the discount
    text("state"),
    text("detail", server_default=""),
    moment("created_at"),
    moment("finished_at", nullable=True),
    UniqueConstraint("source", "title"),
)
"""Codes of ours on their way into a shop: one discount, many codes, one last day."""

uploaded_codes = Table(
    "uploaded_codes",
    metadata,
    reference("coupon_id", "coupons", primary_key=True),
    reference("upload_id", "code_uploads", primary_key=True, index=True),
    text("batch_id", server_default=""),  # the shop's own key of the batch that it went in
    text("state"),
    text("detail", server_default=""),
)
