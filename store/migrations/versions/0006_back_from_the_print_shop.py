"""Reports of the print shop, what became of each letter, and a log of who did what."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"

_VALUES_SQLITE = """UPDATE carts SET value_cents = coalesce(
    (SELECT sum((value ->> 'quantity') * (value ->> 'unit_price_cents')) FROM json_each(carts.items)), 0)"""
_VALUES_POSTGRESQL = """UPDATE carts SET value_cents = coalesce(
    (SELECT sum((item ->> 'quantity')::bigint * (item ->> 'unit_price_cents')::bigint) FROM jsonb_array_elements(carts.items) item), 0)"""


def upgrade() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_subject", "audit_events", ["subject"], unique=False)
    op.create_table(
        "shop_reports",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("read", sa.BigInteger(), nullable=False),
        sa.Column("stored", sa.BigInteger(), nullable=False),
        sa.Column("unchanged", sa.BigInteger(), nullable=False),
        sa.Column("rejected", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), server_default="", nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["print_run_id"], ["print_runs.id"], name=op.f("fk_shop_reports_print_run_id_print_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_reports")),
        sa.UniqueConstraint("sha256", name=op.f("uq_shop_reports_sha256")),
    )
    op.create_index(op.f("ix_shop_reports_print_run_id"), "shop_reports", ["print_run_id"], unique=False)
    op.create_table(
        "shop_report_rejections",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shop_report_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("record", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(["shop_report_id"], ["shop_reports.id"], name=op.f("fk_shop_report_rejections_shop_report_id_shop_reports")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_report_rejections")),
    )
    op.create_index(op.f("ix_shop_report_rejections_shop_report_id"), "shop_report_rejections", ["shop_report_id"], unique=False)
    op.add_column("carts", sa.Column("value_cents", sa.BigInteger(), server_default="0", nullable=False))
    op.execute(_VALUES_POSTGRESQL if op.get_bind().dialect.name == "postgresql" else _VALUES_SQLITE)
    op.create_index("ix_carts_list", "carts", ["kind", "updated_at", "id"], unique=False)
    op.create_index("ix_carts_value", "carts", ["kind", "value_cents", "id"], unique=False)
    op.add_column("coupon_events", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("coupon_events", sa.Column("seen_by", sa.Text(), server_default="", nullable=False))
    op.add_column("customers", sa.Column("last_cart_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letters", sa.Column("printed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letters", sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letters", sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letters", sa.Column("recall_list", sa.BigInteger(), nullable=True))
    op.add_column("letters", sa.Column("recall_reason", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_letters_print_run_id_state", "letters", ["print_run_id", "state"], unique=False)
    op.create_table(
        "recall_lists",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("letters", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["print_run_id"], ["print_runs.id"], name=op.f("fk_recall_lists_print_run_id_print_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_lists")),
        sa.UniqueConstraint("print_run_id", "number", name=op.f("uq_recall_lists_print_run_id_number")),
    )
    op.add_column("print_files", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("print_runs", sa.Column("place", sa.Text(), server_default="", nullable=False))
    op.add_column("print_runs", sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("print_runs", "acknowledged_at")
    op.drop_column("print_runs", "place")
    op.drop_column("print_files", "deleted_at")
    op.drop_table("recall_lists")
    op.drop_index("ix_letters_print_run_id_state", table_name="letters")
    op.drop_column("letters", "recall_reason")
    op.drop_column("letters", "recall_list")
    op.drop_column("letters", "returned_at")
    op.drop_column("letters", "posted_at")
    op.drop_column("letters", "printed_at")
    op.drop_column("customers", "last_cart_at")
    op.drop_column("coupon_events", "seen_by")
    op.drop_column("coupon_events", "seen_at")
    op.drop_index("ix_carts_value", table_name="carts")
    op.drop_index("ix_carts_list", table_name="carts")
    op.drop_column("carts", "value_cents")
    op.drop_index(op.f("ix_shop_report_rejections_shop_report_id"), table_name="shop_report_rejections")
    op.drop_table("shop_report_rejections")
    op.drop_index(op.f("ix_shop_reports_print_run_id"), table_name="shop_reports")
    op.drop_table("shop_reports")
    op.drop_index("ix_audit_events_subject", table_name="audit_events")
    op.drop_table("audit_events")
