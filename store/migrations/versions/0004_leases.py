"""Leases, and under which of them a run was begun."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", _TEXT, primary_key=True),
        sa.Column("term", sa.Integer, nullable=False),
        sa.Column("holder", _TEXT, nullable=True),
        sa.Column("host", sa.Text, nullable=True),
        sa.Column("pid", sa.Integer, nullable=True),
        sa.Column("numbering", sa.Text, nullable=True),
        sa.Column("process_started", sa.Text, nullable=True),
        sa.Column("acquired_at", _TEXT, nullable=True),
        sa.Column("expires_at", _TEXT, nullable=True),
    )
    op.add_column("runs", sa.Column("term", sa.Integer, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")
