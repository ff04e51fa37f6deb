"""The campaign engine."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "holdouts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("campaign_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("trigger", sa.Text(), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("household_key", sa.Text(), server_default="", nullable=False),
        sa.Column("held_out_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stops_after", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name=op.f("fk_holdouts_campaign_id_campaigns")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_holdouts_customer_id_customers")),
        sa.ForeignKeyConstraint(["print_run_id"], ["print_runs.id"], name=op.f("fk_holdouts_print_run_id_print_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holdouts")),
    )
    op.create_index("ix_holdouts_customer_id_campaign_id", "holdouts", ["customer_id", "campaign_id"], unique=False)
    op.create_index(op.f("ix_holdouts_print_run_id"), "holdouts", ["print_run_id"], unique=False)
    nobodys = sa.text("letter_id IS NULL AND customer_id IS NULL")
    op.create_index("ix_coupons_pool", "coupons", ["offer_id", "valid_until"], unique=False, postgresql_where=nobodys, sqlite_where=nobodys)
    op.create_index("ix_orders_of_customer", "orders", ["customer_id", "ordered_at", "id", "state"], unique=False)
    op.drop_index("ix_orders_customer_id_ordered_at", table_name="orders")
    op.create_index("ix_carts_customer_id_updated_at", "carts", ["customer_id", "updated_at"], unique=False)
    op.drop_index("ix_carts_customer_id", table_name="carts")
    op.create_index("ix_coupons_customer_id_valid_until", "coupons", ["customer_id", "valid_until"], unique=False)
    op.drop_index("ix_coupons_customer_id", table_name="coupons")
    prospects = sa.text("first_sale_at IS NULL")
    op.create_index("ix_customers_prospects", "customers", ["id"], unique=False, postgresql_where=prospects, sqlite_where=prospects)
    op.add_column("customers", sa.Column("is_seed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
    op.add_column("letters", sa.Column("stops_after", sa.DateTime(timezone=True), nullable=True))
    op.add_column("letters", sa.Column("cost_cents", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("letters", sa.Column("is_seed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
    op.add_column("offers", sa.Column("valid_until", sa.Date(), nullable=True))
    op.add_column("offers", sa.Column("codes", sa.Text(), server_default="generated", nullable=False))
    op.add_column("order_lines", sa.Column("category", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_index("ix_customers_prospects", table_name="customers")
    op.create_index("ix_coupons_customer_id", "coupons", ["customer_id"], unique=False)
    op.drop_index("ix_coupons_customer_id_valid_until", table_name="coupons")
    op.create_index("ix_carts_customer_id", "carts", ["customer_id"], unique=False)
    op.drop_index("ix_carts_customer_id_updated_at", table_name="carts")
    op.create_index("ix_orders_customer_id_ordered_at", "orders", ["customer_id", "ordered_at"], unique=False)
    op.drop_index("ix_orders_of_customer", table_name="orders")
    op.drop_index("ix_coupons_pool", table_name="coupons")
    op.drop_column("order_lines", "category")
    op.drop_column("offers", "codes")
    op.drop_column("offers", "valid_until")
    op.drop_column("letters", "is_seed")
    op.drop_column("letters", "cost_cents")
    op.drop_column("letters", "stops_after")
    op.drop_column("customers", "is_seed")
    op.drop_index(op.f("ix_holdouts_print_run_id"), table_name="holdouts")
    op.drop_index("ix_holdouts_customer_id_campaign_id", table_name="holdouts")
    op.drop_table("holdouts")
    op.drop_table("leases")
