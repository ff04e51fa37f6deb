"""Who brings new customers, whom have they brought, and what did they look at?"""

from sqlalchemy import Boolean, Column, Table
from sqlalchemy import text as sql

from store.columns import Pii, document, key, moment, personal, reference, text
from store.schema.naming import metadata

partners = Table(
    "partners",
    metadata,
    key(),
    text("slug", Pii.PSEUDONYM, unique=True),
    personal("name"),
    personal("email"),
    reference("user_id", "users", nullable=True, unique=True),
    reference("sponsor_id", "partners", nullable=True, index=True),
    reference("own_customer_id", "customers", nullable=True, index=True),  # as a buyer: self-referral is told by it
    Column("is_active", Boolean, nullable=False, server_default=sql("true"), info={"pii": Pii.NONE}),
    document("released", server_default="[]"),  # fields of prospects that the operator lets the partner see
    moment("created_at"),
)

first_lines = Table(
    "first_lines",
    metadata,
    reference("customer_id", "customers", primary_key=True),
    reference("partner_id", "partners", index=True),
    reference("redemption_id", "redemptions", nullable=True),
    moment("assigned_at"),
)
"""Who came through whom: the first assignment stands."""

prospect_views = Table(
    "prospect_views",
    metadata,
    key(),
    reference("partner_id", "partners", index=True),
    reference("customer_id", "customers", nullable=True, index=True),
    document("fields"),
    moment("seen_at"),
)
"""What a partner looked at, of whom and when."""
