"""Scans in groups, evidence of objections."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("scans", sa.Column("visitor", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "objection_evidence",
        sa.Column("letter_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name=op.f("fk_objection_evidence_letter_id_letters")),
        sa.PrimaryKeyConstraint("letter_id", name=op.f("pk_objection_evidence")),
    )


def downgrade() -> None:
    op.drop_table("objection_evidence")
    op.drop_column("scans", "visitor")
