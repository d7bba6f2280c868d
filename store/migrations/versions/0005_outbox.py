"""What is to be delivered, where to, how it went, and which conditions were told."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_POSITION = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TEXT = sa.Text(collation="C").with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    _create_addresses()
    _create_deliveries()
    _index_deliveries()
    _create_attempts()
    _create_tellings()


def downgrade() -> None:
    raise NotImplementedError("the ledger is never thrown away; restore a backup instead")


def _create_addresses() -> None:
    op.create_table(
        "addresses",
        sa.Column("address_id", _TEXT, primary_key=True),
        sa.Column("subscription_id", _TEXT, nullable=False),
        sa.Column("number", sa.Integer, nullable=True),
        sa.Column("channel", _TEXT, nullable=False),
        sa.Column("mask", sa.Text, nullable=False),
        sa.Column("clear", sa.Text, nullable=True),
        sa.Column("endpoint", _TEXT, nullable=False),
        sa.Column("secrets", sa.Text, nullable=True),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("disabled_at", _TEXT, nullable=True),
        sa.Column("disabled_reason", sa.Text, nullable=True),
        sa.Column("failing_since", _TEXT, nullable=True),
        sa.Column("created_at", _TEXT, nullable=False),
        sa.Column("removed_at", _TEXT, nullable=True),
    )
    op.create_index("addresses_subscription", "addresses", ["subscription_id"])
    op.create_table(
        "endpoints",
        sa.Column("endpoint", _TEXT, primary_key=True),
        sa.Column("rests_until", _TEXT, nullable=True),
        sa.Column("resting_for", _TEXT, nullable=True),
        sa.Column("claimed_at", _TEXT, nullable=True),
    )


def _create_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("number", _POSITION, primary_key=True, autoincrement=True),
        sa.Column("id", _TEXT, nullable=False),
        sa.Column("subscription_id", _TEXT, nullable=False),
        sa.Column("subscription", _TEXT, nullable=False),
        sa.Column("address_id", _TEXT, nullable=False),
        sa.Column("address_number", sa.Integer, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("channel", _TEXT, nullable=False),
        sa.Column("endpoint", _TEXT, nullable=False),
        sa.Column("kind", _TEXT, nullable=False),
        sa.Column("state", _TEXT, nullable=False),
        sa.Column("dedup", _TEXT, nullable=False),
        sa.Column("position", _POSITION, nullable=True),
        sa.Column("created_at", _TEXT, nullable=False),
        sa.Column("next_attempt_at", _TEXT, nullable=True),
        sa.Column("settled_at", _TEXT, nullable=True),
        sa.Column("reason", sa.Text, nullable=True),
        sa.Column("attempts_count", sa.Integer, nullable=False),
        sa.Column("leases_count", sa.Integer, nullable=False),
        sa.Column("lease_holder", _TEXT, nullable=True),
        sa.Column("lease_until", _TEXT, nullable=True),
        sa.Column("is_held", sa.Integer, nullable=False),
        sa.Column("came_held", sa.Integer, nullable=False),
        sa.Column("dies_because", sa.Text, nullable=True),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("trial_ids", sa.Text, nullable=False),
        sa.Column("size_bytes", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.UniqueConstraint("id", name="deliveries_id"),
        sa.UniqueConstraint("address_id", "dedup", name="deliveries_address_dedup"),
    )


def _index_deliveries() -> None:
    op.create_index("deliveries_subscription", "deliveries", ["subscription_id", "state", "is_held"])
    first, again = "state = 'pending' AND is_held = 0", "state = 'failed' AND is_held = 0"
    op.create_index("deliveries_first", "deliveries", ["endpoint", "number"], **_only(first))
    op.create_index("deliveries_again", "deliveries", ["endpoint", "next_attempt_at", "number"], **_only(again))
    op.create_index("deliveries_leased", "deliveries", ["endpoint"], **_only("state = 'leased'"))


def _only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _create_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("delivery_number", _POSITION, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", _TEXT, nullable=False),
        sa.Column("outcome", _TEXT, nullable=False),
        sa.Column("status", sa.Integer, nullable=True),
        sa.Column("ms", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=True),
        sqlite_with_rowid=False,
    )


def _create_tellings() -> None:
    op.create_table(
        "tellings",
        sa.Column("subscription_id", _TEXT, primary_key=True),
        sa.Column("key", _TEXT, primary_key=True),
        sa.Column("condition", _TEXT, nullable=False),
        sa.Column("subject", _TEXT, nullable=False),
        sa.Column("cause", _TEXT, nullable=False),
        sa.Column("judged_by", sa.Integer, nullable=False),
        sa.Column("told_at", _TEXT, nullable=False),
        sa.Column("last_told_at", _TEXT, nullable=False),
        sa.Column("over_at", _TEXT, nullable=True),
        sqlite_with_rowid=False,
    )
    op.create_index("tellings_subject", "tellings", ["subscription_id", "subject"])
