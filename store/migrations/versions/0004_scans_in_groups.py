"""Scans in groups."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("scans", sa.Column("visitor", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("scans", "visitor")
