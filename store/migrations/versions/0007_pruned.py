"""Which deliveries lost their attempts and their content to age, and how many attempts those were."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("pruned_at", _TEXT, nullable=True))
    unpruned = sa.text("settled_at IS NOT NULL AND pruned_at IS NULL")
    op.create_index(
        "deliveries_unpruned", "deliveries", ["settled_at"], sqlite_where=unpruned, postgresql_where=unpruned
    )
    op.create_table(
        "pruned_attempts",
        sa.Column("channel", _TEXT, primary_key=True),
        sa.Column("outcome", _TEXT, primary_key=True),
        sa.Column("count", _POSITION, nullable=False),
    )


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")
