"""What was seen again: sights that added nothing to the ledger, and digests of what was read last."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("stream", _TEXT, primary_key=True),
        sa.Column("dated", _TEXT, primary_key=True),
        sa.Column("content", _TEXT, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("data_on", _TEXT, nullable=True),
        sa.Column("is_full", sa.Integer, nullable=False),
        sa.Column("observed_at", _TEXT, nullable=False),
        sa.Column("source", _TEXT, nullable=False),
        sa.Column("recorded_at", _TEXT, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "digests",
        sa.Column("stream", _TEXT, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")
