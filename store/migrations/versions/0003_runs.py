"""Runs, what they held back, and the cursors of those who read on."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    _create_runs()
    op.create_table(
        "cursors",
        sa.Column("name", _TEXT, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("updated_at", _TEXT, nullable=False),
    )
    _create_held()


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")


def _create_runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", _POSITION, primary_key=True, autoincrement=True),
        sa.Column("run_id", _TEXT, nullable=False),
        sa.Column("leg", _TEXT, nullable=False),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("release", _TEXT, nullable=True),
        sa.Column("data_on", _TEXT, nullable=True),
        sa.Column("started_at", _TEXT, nullable=False),
        sa.Column("finished_at", _TEXT, nullable=True),
        sa.Column("expected", sa.Integer, nullable=True),
        sa.Column("fetched", sa.Integer, nullable=False),
        sa.Column("unchanged", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("events", sa.Integer, nullable=False),
        sa.Column("rejected", sa.Integer, nullable=False),
        sa.Column("held", sa.Integer, nullable=False),
        sa.Column("requests", sa.Integer, nullable=False),
        sa.Column("bytes", _POSITION, nullable=False),
        sa.Column("milliseconds", _POSITION, nullable=False),
        sa.Column("complete", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=True),
        sa.UniqueConstraint("run_id", name="runs_run_id"),
    )


def _create_held() -> None:
    op.create_table(
        "held",
        sa.Column("id", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("run_id", _TEXT, nullable=False),
        sa.Column("fingerprint", _TEXT, nullable=False),
        sa.Column("subject", _TEXT, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("paths", sa.Text, nullable=False),
        sa.Column("told", sa.Text, nullable=False),
        sa.Column("sha256", _TEXT, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.Column("size_bytes", sa.Integer, nullable=True),
        sa.Column("body_sha256", _TEXT, nullable=True),
        sa.Column("observed_at", _TEXT, nullable=False),
        sa.Column("held_at", _TEXT, nullable=False),
        sa.Column("gone_back_at", _TEXT, nullable=True),
        sa.Column("released_at", _TEXT, nullable=True),
        sa.Column("released_as", _TEXT, nullable=True),
        sa.UniqueConstraint("run_id", "fingerprint", name="held_run_fingerprint"),
    )
    op.create_index("held_subject", "held", ["subject"])
