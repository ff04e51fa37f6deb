"""Which campaigns and offers are there, and what was decided of whom?"""

from sqlalchemy import Column, Date, Index, Table, UniqueConstraint

from store.columns import Pii, document, key, moment, number, personal, reference, text
from store.schema.naming import metadata

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
    Column("valid_until", Date, nullable=True, info={"pii": Pii.NONE}),
    text("codes", server_default="generated"),
    document("rules", server_default="{}"),  # who, for what, how often, when: all that offer.Offer has beside these columns
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

holdouts = Table(
    "holdouts",
    metadata,
    key(),
    reference("campaign_id", "campaigns"),
    reference("customer_id", "customers"),
    reference("print_run_id", "print_runs", index=True),
    text("trigger", Pii.PSEUDONYM),
    number("step"),
    text("layout"),  # that the letter would have had
    personal("household_key"),
    moment("held_out_at"),
    moment("handed_over_at", nullable=True),  # when the letters of the run were: from then on it counts as they do
    moment("stops_after", nullable=True),  # as of a letter
)
"""Who would have had a letter and got none: what the letters are measured against (product.md 9.2)."""
Index("ix_holdouts_customer_id_campaign_id", holdouts.c.customer_id, holdouts.c.campaign_id)
