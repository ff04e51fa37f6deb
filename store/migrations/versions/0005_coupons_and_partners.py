"""Coupons that are redeemed, partners, press-ready files."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"


_UNSPELLED = {"customers": "postcode", "customer_sources": "email_key"}
"""Whose mailbox and home are still to be written down is found by this column."""


_FOUND_BY = ("customer_id", "email_key_hash", "mailbox_hash")
"""Indexes of former_mailboxes."""


def upgrade() -> None:
    op.create_table(
        "former_mailboxes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("email_key_hash", sa.Text(), nullable=False),
        sa.Column("mailbox_hash", sa.Text(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_former_mailboxes_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_mailboxes")),
    )
    for column in _FOUND_BY:
        op.create_index(op.f(f"ix_former_mailboxes_{column}"), "former_mailboxes", [column], unique=False)
    op.create_table(
        "partners",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), server_default="", nullable=False),
        sa.Column("user_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("sponsor_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("own_customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("(true)"), nullable=False),
        sa.Column("released", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="[]", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["own_customer_id"], ["customers.id"], name=op.f("fk_partners_own_customer_id_customers")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["partners.id"], name=op.f("fk_partners_sponsor_id_partners")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_partners_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partners")),
        sa.UniqueConstraint("slug", name=op.f("uq_partners_slug")),
        sa.UniqueConstraint("user_id", name=op.f("uq_partners_user_id")),
    )
    op.create_index(op.f("ix_partners_own_customer_id"), "partners", ["own_customer_id"], unique=False)
    op.create_index(op.f("ix_partners_sponsor_id"), "partners", ["sponsor_id"], unique=False)
    op.create_table(
        "prospect_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("fields", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_prospect_views_customer_id_customers")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_prospect_views_partner_id_partners")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prospect_views")),
    )
    op.create_index(op.f("ix_prospect_views_customer_id"), "prospect_views", ["customer_id"], unique=False)
    op.create_index(op.f("ix_prospect_views_partner_id"), "prospect_views", ["partner_id"], unique=False)
    op.create_table(
        "code_uploads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("offer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("print_run_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("discount_id", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["offer_id"], ["offers.id"], name=op.f("fk_code_uploads_offer_id_offers")),
        sa.ForeignKeyConstraint(["print_run_id"], ["print_runs.id"], name=op.f("fk_code_uploads_print_run_id_print_runs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_uploads")),
        sa.UniqueConstraint("source", "title", name=op.f("uq_code_uploads_source_title")),
    )
    op.create_index(op.f("ix_code_uploads_print_run_id"), "code_uploads", ["print_run_id"], unique=False)
    op.create_table(
        "redemptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coupon_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("order_ref", sa.Text(), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email_hash", sa.Text(), nullable=True),
        sa.Column("address_hash", sa.Text(), nullable=True),
        sa.Column("checkout", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("quote", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("discount_cents", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("redeemed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name=op.f("fk_redemptions_coupon_id_coupons")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_redemptions_customer_id_customers")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_redemptions_order_id_orders")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemptions")),
        sa.UniqueConstraint("coupon_id", "source", "order_ref", name=op.f("uq_redemptions_coupon_id_source_order_ref")),
    )
    op.create_index(op.f("ix_redemptions_customer_id"), "redemptions", ["customer_id"], unique=False)
    op.create_index(
        "ix_redemptions_expires_at",
        "redemptions",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text("state = 'reserved'"),
        sqlite_where=sa.text("state = 'reserved'"),
    )
    op.create_index(op.f("ix_redemptions_order_id"), "redemptions", ["order_id"], unique=False)
    op.create_index("ix_redemptions_source_order_ref", "redemptions", ["source", "order_ref"], unique=False)
    for name in ("email_hash", "address_hash"):
        named = sa.text(f"{name} IS NOT NULL")
        op.create_index(f"ix_redemptions_{name}", "redemptions", [name], unique=False, postgresql_where=named, sqlite_where=named)
    nobodys = sa.text("customer_id IS NULL AND email_hash IS NOT NULL")
    op.create_index("ix_redemptions_nobodys", "redemptions", ["email_hash"], unique=False, postgresql_where=nobodys, sqlite_where=nobodys)
    op.create_table(
        "sign_up_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coupon_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("email_hash", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name=op.f("fk_sign_up_codes_coupon_id_coupons")),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_sign_up_codes_customer_id_customers")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up_codes")),
    )
    op.create_index(op.f("ix_sign_up_codes_coupon_id"), "sign_up_codes", ["coupon_id"], unique=False)
    op.create_index(op.f("ix_sign_up_codes_customer_id"), "sign_up_codes", ["customer_id"], unique=False)
    op.create_index(op.f("ix_sign_up_codes_email_hash"), "sign_up_codes", ["email_hash"], unique=False)
    op.create_index("ix_sign_up_codes_nobodys", "sign_up_codes", ["email_hash"], unique=False, postgresql_where=nobodys, sqlite_where=nobodys)
    unsettled = sa.text("settled_at IS NULL")
    op.create_index("ix_sign_up_codes_unsettled", "sign_up_codes", ["id"], unique=False, postgresql_where=unsettled, sqlite_where=unsettled)
    op.create_table(
        "uploaded_codes",
        sa.Column("coupon_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("upload_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("batch_id", sa.Text(), server_default="", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name=op.f("fk_uploaded_codes_coupon_id_coupons")),
        sa.ForeignKeyConstraint(["upload_id"], ["code_uploads.id"], name=op.f("fk_uploaded_codes_upload_id_code_uploads")),
        sa.PrimaryKeyConstraint("coupon_id", "upload_id", name=op.f("pk_uploaded_codes")),
    )
    op.create_index(op.f("ix_uploaded_codes_upload_id"), "uploaded_codes", ["upload_id"], unique=False)
    op.create_table(
        "coupon_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("coupon_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("redemption_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), server_default="", nullable=False),
        sa.Column("source", sa.Text(), server_default="", nullable=False),
        sa.Column("order_ref", sa.Text(), server_default="", nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["coupon_id"], ["coupons.id"], name=op.f("fk_coupon_events_coupon_id_coupons")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_coupon_events_redemption_id_redemptions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coupon_events")),
    )
    op.create_index("ix_coupon_events_action_at", "coupon_events", ["action", "at"], unique=False)
    op.create_index(op.f("ix_coupon_events_coupon_id"), "coupon_events", ["coupon_id"], unique=False)
    op.create_index(op.f("ix_coupon_events_redemption_id"), "coupon_events", ["redemption_id"], unique=False)
    op.create_table(
        "first_lines",
        sa.Column("customer_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("partner_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("redemption_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name=op.f("fk_first_lines_customer_id_customers")),
        sa.ForeignKeyConstraint(["partner_id"], ["partners.id"], name=op.f("fk_first_lines_partner_id_partners")),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_first_lines_redemption_id_redemptions")),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_first_lines")),
    )
    op.create_index(op.f("ix_first_lines_partner_id"), "first_lines", ["partner_id"], unique=False)
    op.create_table(
        "new_customers",
        sa.Column("key_hash", sa.Text(), nullable=False),
        sa.Column("redemption_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["redemption_id"], ["redemptions.id"], name=op.f("fk_new_customers_redemption_id_redemptions")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_new_customers")),
    )
    op.create_index(op.f("ix_new_customers_redemption_id"), "new_customers", ["redemption_id"], unique=False)
    op.add_column("coupons", sa.Column("valid_from", sa.Date(), nullable=True))
    op.add_column("coupons", sa.Column("most_uses", sa.BigInteger(), server_default="1", nullable=True))
    # In words of our own: SQLite adds constraints together with their column, and only so.
    most = "uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)"
    op.execute(f"ALTER TABLE coupons ADD COLUMN uses BIGINT DEFAULT '0' NOT NULL CONSTRAINT ck_coupons_uses CHECK ({most})")
    whole = "INTEGER" if op.get_bind().dialect.name == "sqlite" else "BIGINT"
    op.execute(f"ALTER TABLE coupons ADD COLUMN partner_id {whole} CONSTRAINT fk_coupons_partner_id_partners REFERENCES partners (id)")
    op.add_column("coupons", sa.Column("skeleton", sa.Text(), nullable=True))
    op.create_index(op.f("ix_coupons_partner_id"), "coupons", ["partner_id"], unique=False)
    op.create_index("uq_coupons_skeleton", "coupons", ["skeleton"], unique=True)
    op.add_column("customers", sa.Column("mailbox", sa.Text(), nullable=True))
    op.create_index(op.f("ix_customers_mailbox"), "customers", ["mailbox"], unique=False)
    op.add_column("customers", sa.Column("home", sa.Text(), nullable=True))
    op.create_index(op.f("ix_customers_home"), "customers", ["home"], unique=False)
    op.add_column("customer_sources", sa.Column("mailbox", sa.Text(), nullable=True))
    op.create_index(op.f("ix_customer_sources_mailbox"), "customer_sources", ["mailbox"], unique=False)
    op.add_column("customer_sources", sa.Column("home", sa.Text(), nullable=True))
    op.create_index(op.f("ix_customer_sources_home"), "customer_sources", ["home"], unique=False)
    for table, column in _UNSPELLED.items():
        unspelled = sa.text("home IS NULL")
        op.create_index(f"ix_{table}_unspelled", table, [column], unique=False, postgresql_where=unspelled, sqlite_where=unspelled)
    op.create_index("ix_orders_number", "orders", ["source", "number"], unique=False)
    op.add_column("offers", sa.Column("rules", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False))
    op.add_column("print_files", sa.Column("preflight", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True))
    op.add_column("print_runs", sa.Column("production", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), server_default="{}", nullable=False))


def downgrade() -> None:
    for column in _FOUND_BY:
        op.drop_index(op.f(f"ix_former_mailboxes_{column}"), table_name="former_mailboxes")
    op.drop_table("former_mailboxes")
    op.drop_column("print_runs", "production")
    op.drop_column("print_files", "preflight")
    op.drop_column("offers", "rules")
    op.drop_index("ix_orders_number", table_name="orders")
    for table in _UNSPELLED:
        op.drop_index(f"ix_{table}_unspelled", table_name=table)
        for column in ("home", "mailbox"):
            op.drop_index(op.f(f"ix_{table}_{column}"), table_name=table)
            op.drop_column(table, column)
    op.drop_index(op.f("ix_new_customers_redemption_id"), table_name="new_customers")
    op.drop_table("new_customers")
    op.drop_index(op.f("ix_first_lines_partner_id"), table_name="first_lines")
    op.drop_table("first_lines")
    op.drop_index(op.f("ix_coupon_events_redemption_id"), table_name="coupon_events")
    op.drop_index("ix_coupon_events_action_at", table_name="coupon_events")
    op.drop_index(op.f("ix_coupon_events_coupon_id"), table_name="coupon_events")
    op.drop_table("coupon_events")
    op.drop_index(op.f("ix_uploaded_codes_upload_id"), table_name="uploaded_codes")
    op.drop_table("uploaded_codes")
    unsettled = sa.text("settled_at IS NULL")
    op.drop_index("ix_sign_up_codes_unsettled", table_name="sign_up_codes", postgresql_where=unsettled, sqlite_where=unsettled)
    nobodys = sa.text("customer_id IS NULL AND email_hash IS NOT NULL")
    op.drop_index("ix_sign_up_codes_nobodys", table_name="sign_up_codes", postgresql_where=nobodys, sqlite_where=nobodys)
    op.drop_index("ix_redemptions_nobodys", table_name="redemptions", postgresql_where=nobodys, sqlite_where=nobodys)
    op.drop_index(op.f("ix_sign_up_codes_email_hash"), table_name="sign_up_codes")
    op.drop_index(op.f("ix_sign_up_codes_customer_id"), table_name="sign_up_codes")
    op.drop_index(op.f("ix_sign_up_codes_coupon_id"), table_name="sign_up_codes")
    op.drop_table("sign_up_codes")
    for name in ("address_hash", "email_hash"):
        named = sa.text(f"{name} IS NOT NULL")
        op.drop_index(f"ix_redemptions_{name}", table_name="redemptions", postgresql_where=named, sqlite_where=named)
    op.drop_index("ix_redemptions_source_order_ref", table_name="redemptions")
    op.drop_index(op.f("ix_redemptions_order_id"), table_name="redemptions")
    op.drop_index(
        "ix_redemptions_expires_at", table_name="redemptions", postgresql_where=sa.text("state = 'reserved'"), sqlite_where=sa.text("state = 'reserved'")
    )
    op.drop_index(op.f("ix_redemptions_customer_id"), table_name="redemptions")
    op.drop_table("redemptions")
    op.drop_index("uq_coupons_skeleton", table_name="coupons")
    op.drop_index(op.f("ix_coupons_partner_id"), table_name="coupons")
    op.drop_column("coupons", "uses")  # with its check; the other columns after it, which the check names
    for name in ("skeleton", "most_uses", "valid_from"):
        op.drop_column("coupons", name)
    # SQLite drops no column with a foreign key by itself: the table is made anew, so nothing may refer to it any more.
    with op.batch_alter_table("coupons") as coupons:
        coupons.drop_column("partner_id")
    op.drop_index(op.f("ix_code_uploads_print_run_id"), table_name="code_uploads")
    op.drop_table("code_uploads")
    op.drop_index(op.f("ix_prospect_views_partner_id"), table_name="prospect_views")
    op.drop_index(op.f("ix_prospect_views_customer_id"), table_name="prospect_views")
    op.drop_table("prospect_views")
    op.drop_index(op.f("ix_partners_sponsor_id"), table_name="partners")
    op.drop_index(op.f("ix_partners_own_customer_id"), table_name="partners")
    op.drop_table("partners")
