"""The first shape: events and their head, snapshots, checkpoints, rejects.

Columns are written out, not taken from `store.tables`, which moves on while this revision stays.
"""

import sqlalchemy as sa
from alembic import op

from store.engine import dialect_named

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")
_GENESIS = "0" * 64


def upgrade() -> None:
    _create_events()
    _create_ledger_head()
    _create_snapshots()
    _create_checkpoints()
    _create_rejects()


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("position", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("stream", _TEXT, nullable=False),
        sa.Column("stream_version", sa.Integer, nullable=False),
        sa.Column("event_id", _TEXT, nullable=False),
        sa.Column("type", _TEXT, nullable=False),
        sa.Column("schema_version", sa.Integer, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("recorded_at", _TEXT, nullable=False),
        sa.Column("previous_hash", _TEXT, nullable=False),
        sa.Column("hash", _TEXT, nullable=False),
        sa.UniqueConstraint("stream", "stream_version", name="events_stream_version"),
        sa.UniqueConstraint("event_id", name="events_event_id"),
    )
    keys = (("position",), ("event_id",), ("stream", "stream_version"))
    for statement in dialect_named(op.get_bind().dialect.name).append_only_ddl("events", keys=keys):
        op.execute(statement)


def _create_ledger_head() -> None:
    head = op.create_table(
        "ledger_head",
        sa.Column("id", sa.Integer, sa.CheckConstraint("id = 1", name="ledger_head_one_row"), primary_key=True),
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("hash", _TEXT, nullable=False),
        sa.Column("count", _POSITION, nullable=False),
    )
    op.bulk_insert(head, [{"id": 1, "position": 0, "hash": _GENESIS, "count": 0}])


def _create_snapshots() -> None:
    op.create_table(
        "snapshots",
        sa.Column("sha256", _TEXT, primary_key=True),
        sa.Column("base_sha256", _TEXT, nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("body_sha256", _TEXT, nullable=False),
    )


def _create_checkpoints() -> None:
    op.create_table(
        "checkpoints",
        sa.Column("consumer", _TEXT, primary_key=True),
        sa.Column("position", _POSITION, nullable=False),
        sa.Column("updated_at", _TEXT, nullable=False),
    )


def _create_rejects() -> None:
    op.create_table(
        "rejects",
        sa.Column("id", _POSITION, primary_key=True, autoincrement=True),
        sa.Column("fingerprint", _TEXT, nullable=False),
        sa.Column("file", _TEXT, nullable=False),
        sa.Column("member", _TEXT, nullable=True),
        sa.Column("line", _POSITION, nullable=True),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("size_bytes", _POSITION, nullable=False),
        sa.Column("sha256", _TEXT, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("kept_bytes", sa.Integer, nullable=False),
        sa.Column("rejected_at", _TEXT, nullable=False),
        sa.Column("run_id", _TEXT, nullable=True),
        sa.UniqueConstraint("fingerprint", name="rejects_fingerprint"),
    )
