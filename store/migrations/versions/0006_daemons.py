"""Who runs, what it does when and how that went, what the operator was told, and the last checks."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    _create_daemons()
    _create_jobs()
    op.create_table(
        "alarms",
        sa.Column("code", _TEXT, primary_key=True),
        sa.Column("subject", _TEXT, primary_key=True),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("raised_at", _TEXT, nullable=False),
        sa.Column("told_at", _TEXT, nullable=True),
        sa.Column("over_at", _TEXT, nullable=True),
        sa.Column("over_told_at", _TEXT, nullable=True),
    )
    op.create_table(
        "verifications",
        sa.Column("scope", _TEXT, primary_key=True),
        sa.Column("ok", sa.Integer, nullable=False),
        sa.Column("checked_to", _POSITION, nullable=False),
        sa.Column("checked_hash", _TEXT, nullable=True),
        sa.Column("checked_at", _TEXT, nullable=False),
        sa.Column("position", _POSITION, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
    )


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")


def _create_daemons() -> None:
    op.create_table(
        "daemons",
        sa.Column("daemon_id", _TEXT, primary_key=True),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.Integer, nullable=False),
        sa.Column("numbering", sa.Text, nullable=False),
        sa.Column("process_started", sa.Text, nullable=True),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("started_at", _TEXT, nullable=False),
        sa.Column("seen_at", _TEXT, nullable=False),
    )


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("job", _TEXT, primary_key=True),
        sa.Column("done_at", _TEXT, nullable=True),
        sa.Column("last_started_at", _TEXT, nullable=True),
        sa.Column("last_finished_at", _TEXT, nullable=True),
        sa.Column("outcome", _TEXT, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("failures_in_a_row", sa.Integer, nullable=False),
        sa.Column("failures_count", sa.Integer, nullable=False),
    )
