"""Importers and one person one customer."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from store.columns import UtcDateTime

revision = "0002"
down_revision = "0001"
_UNLINKED = sa.text("customer_id IS NULL")
_NAMES = ("company", "title", "first_name", "last_name", "addition", "street", "postcode", "town", "country")


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("scopes", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_api_keys_key_hash")),
        sa.UniqueConstraint("name", name=op.f("uq_api_keys_name")),
    )
    op.create_table(
        "robinson",
        sa.Column("address_hash", sa.Text(), nullable=False),
        sa.Column("listed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_robinson")),
    )
    op.create_table(
        "sync_states",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("state", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("source", "stream", name=op.f("pk_sync_states")),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("triggered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("worked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
    )
    op.create_index(op.f("ix_webhook_deliveries_subject"), "webhook_deliveries", ["subject"], unique=False)
    waiting = sa.text("state = 'waiting'")
    following = ["due_at", "received_at", "id"]
    op.create_index("ix_webhook_deliveries_waiting", "webhook_deliveries", following, unique=False, postgresql_where=waiting, sqlite_where=waiting)
    op.create_table(
        "idempotency_keys",
        sa.Column("api_key_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_keys.id"], name=op.f("fk_idempotency_keys_api_key_id_api_keys")),
        sa.PrimaryKeyConstraint("api_key_id", "key", name=op.f("pk_idempotency_keys")),
    )
    op.create_table(
        "merges",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kept_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gone_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("merged_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["gone_id"], ["customers.id"], name=op.f("fk_merges_gone_id_customers")),
        sa.ForeignKeyConstraint(["kept_id"], ["customers.id"], name=op.f("fk_merges_kept_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
    )
    op.create_index(op.f("ix_merges_kept_id"), "merges", ["kept_id"], unique=False)
    op.create_table(
        "privacy_requests",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("request_id", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_privacy_requests_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_requests")),
    )
    op.create_index(op.f("ix_privacy_requests_customer_id"), "privacy_requests", ["customer_id"], unique=False)
    op.add_column("carts", sa.Column("customer_number", sa.Text(), server_default="", nullable=False))
    op.add_column("carts", sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("carts", sa.Column("recovery_url", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_carts_updated_at", "carts", ["updated_at"], unique=False)
    op.add_column("coupons", sa.Column("source", sa.Text(), server_default="postillion", nullable=False))
    op.add_column("customer_sources", sa.Column("record", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True))
    op.add_column("customer_sources", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customer_sources", sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("customers", sa.Column("address_hash", sa.Text(), nullable=True))
    op.add_column("customers", sa.Column("tags", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False))
    op.add_column("customers", sa.Column("desk_fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False))
    op.add_column("customers", sa.Column("merged_into", sa.BigInteger(), nullable=True))
    op.add_column("customers", sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_customers_address_hash"), "customers", ["address_hash"], unique=False)
    op.create_index(
        "ix_customers_erased_at",
        "customers",
        ["erased_at"],
        unique=False,
        postgresql_where=sa.text("erased_at IS NOT NULL"),
        sqlite_where=sa.text("erased_at IS NOT NULL"),
    )
    op.add_column("imports", sa.Column("message", sa.Text(), server_default="", nullable=False))
    op.add_column("objections", sa.Column("address_hash", sa.Text(), nullable=True))
    op.add_column("objections", sa.Column("source", sa.Text(), server_default="", nullable=False))
    op.add_column("objections", sa.Column("filed_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_index("ix_objections_email_hash", table_name="objections")
    for name in ("email_hash", "address_hash"):
        named = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_objections_{name}", "objections", [name], unique=False, postgresql_where=named, sqlite_where=named)
    op.add_column("orders", sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("orders", sa.Column("sold_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE orders SET sold_at = ordered_at WHERE state = 'completed'")

    op.add_column("customer_sources", sa.Column("email_key", sa.Text(), nullable=True))
    op.create_index(op.f("ix_customer_sources_email_key"), "customer_sources", ["email_key"], unique=False)
    op.drop_index("ix_customer_sources_number", table_name="customer_sources")
    op.create_index("ix_customer_sources_number", "customer_sources", ["number", "source"], unique=False)
    op.create_index(op.f("ix_merges_gone_id"), "merges", ["gone_id"], unique=False)
    undone = sa.text("undone_at IS NOT NULL")
    op.create_index("ix_merges_undone", "merges", ["undone_at"], unique=False, postgresql_where=undone, sqlite_where=undone)
    op.create_index("ix_customers_postcode", "customers", ["postcode"], unique=False)
    for index in ("ix_customers_name", "ix_customers_number", "ix_customers_email_hash"):  # no query could use them, every import paid for them
        op.drop_index(index, table_name="customers")
    op.drop_index("ix_orders_unlinked", table_name="orders")
    for table in ("orders", "carts"):
        op.create_index(f"ix_{table}_unlinked_email", table, ["customer_id", "email_key"], unique=False, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
        number = ["customer_id", "source", "customer_number"]
        op.create_index(f"ix_{table}_unlinked_number", table, number, unique=False, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
    op.add_column("coupons", sa.Column("code_key", sa.Text(), nullable=True))
    op.execute("UPDATE coupons SET code_key = replace(code, '-', '')")  # so far all are of our own making
    op.create_index("uq_coupons_code_key", "coupons", ["code_key"], unique=True)
    _note_what_sources_told(op.get_bind())


def _note_what_sources_told(connection: sa.Connection) -> None:
    """Take a customer's row for what each of their sources has told, until the next import stores every record whole."""
    text = {name: sa.column(name, sa.Text) for name in (*_NAMES, "number", "email", "email_key", "sex", "language")}
    moment = sa.column("registered_at", UtcDateTime)
    people = sa.table("customers", sa.column("id", sa.BigInteger), moment, *text.values())
    sources = sa.table("customer_sources", *(sa.column(name) for name in ("customer_id", "email_key", "record_hash")), sa.column("record", sa.JSON))
    if connection.dialect.name == "postgresql":
        sources.c.record.type = postgresql.JSONB()
    last = 0
    while rows := connection.execute(sa.select(people).where(people.c.id > last).order_by(people.c.id).limit(5000)).all():
        told = sa.update(sources).where(sources.c.customer_id == sa.bindparam("owner"))
        values = {"record": sa.bindparam("told", type_=sources.c.record.type), "email_key": sa.bindparam("mailbox"), "record_hash": ""}
        connection.execute(told.values(values), [{"owner": row.id, "mailbox": row.email_key, "told": _told(row)} for row in rows])
        last = rows[-1].id


def _told(row: sa.Row[Any]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in ("number", "email", "sex", "language")}
    found |= {"address": {name: getattr(row, name) for name in _NAMES if getattr(row, name)}, "sex_for": row.first_name if row.sex else ""}
    found |= {"registered_at": row.registered_at.isoformat() if row.registered_at else ""}
    return {name: value for name, value in found.items() if value}


def downgrade() -> None:
    op.drop_index("uq_coupons_code_key", table_name="coupons")
    op.drop_column("coupons", "code_key")
    for table in ("orders", "carts"):
        op.drop_index(f"ix_{table}_unlinked_number", table_name=table)
        op.drop_index(f"ix_{table}_unlinked_email", table_name=table)
    op.create_index("ix_orders_unlinked", "orders", ["source", "email_key"], unique=False, postgresql_where=_UNLINKED, sqlite_where=_UNLINKED)
    op.create_index("ix_customers_email_hash", "customers", ["email_hash"], unique=False)
    op.create_index("ix_customers_number", "customers", ["number"], unique=False)
    op.create_index("ix_customers_name", "customers", ["last_name", "first_name"], unique=False)
    op.drop_index("ix_customers_postcode", table_name="customers")
    op.drop_index("ix_merges_undone", table_name="merges")
    op.drop_index(op.f("ix_merges_gone_id"), table_name="merges")
    op.drop_index("ix_customer_sources_number", table_name="customer_sources")
    op.create_index("ix_customer_sources_number", "customer_sources", ["source", "number"], unique=False)
    op.drop_index(op.f("ix_customer_sources_email_key"), table_name="customer_sources")
    op.drop_column("customer_sources", "email_key")
    op.drop_column("orders", "sold_at")
    op.drop_column("orders", "changed_at")
    op.drop_index("ix_objections_address_hash", table_name="objections")
    op.drop_index("ix_objections_email_hash", table_name="objections")
    op.create_index("ix_objections_email_hash", "objections", ["email_hash"], unique=False)
    op.drop_column("objections", "filed_at")
    op.drop_column("objections", "source")
    op.drop_column("objections", "address_hash")
    op.drop_index("ix_customers_erased_at", table_name="customers")
    op.drop_index(op.f("ix_customers_address_hash"), table_name="customers")
    op.drop_column("imports", "message")
    op.drop_column("customers", "erased_at")
    op.drop_column("customers", "merged_into")
    op.drop_column("customers", "desk_fields")
    op.drop_column("customers", "tags")
    op.drop_column("customers", "address_hash")
    op.drop_column("customer_sources", "stored_at")
    op.drop_column("customer_sources", "changed_at")
    op.drop_column("customer_sources", "record")
    op.drop_column("coupons", "source")
    op.drop_index("ix_carts_updated_at", table_name="carts")
    op.drop_column("carts", "recovery_url")
    op.drop_column("carts", "completed_at")
    op.drop_column("carts", "customer_number")
    op.drop_index(op.f("ix_privacy_requests_customer_id"), table_name="privacy_requests")
    op.drop_table("privacy_requests")
    op.drop_index(op.f("ix_merges_kept_id"), table_name="merges")
    op.drop_table("merges")
    op.drop_table("idempotency_keys")
    op.drop_index("ix_webhook_deliveries_waiting", table_name="webhook_deliveries")
    op.drop_index(op.f("ix_webhook_deliveries_subject"), table_name="webhook_deliveries")
    op.drop_table("webhook_deliveries")
    op.drop_table("sync_states")
    op.drop_table("robinson")
    op.drop_table("api_keys")
