"""The tables of the outbox, as SQLAlchemy sees them: addresses, endpoints, deliveries, attempts, tellings.

It promises the shapes of `store.tables`, of which they are a part. It does not know who writes them.
"""

from typing import Any

from sqlalchemy import Column, Index, Integer, LargeBinary, Table, Text, UniqueConstraint, text

from store.columns import METADATA, POSITION, TEXT

FIRST_ATTEMPT = "state = 'pending' AND is_held = 0"
NEXT_ATTEMPT = "state = 'failed' AND is_held = 0"
LEASED = "state = 'leased'"
UNPRUNED = "settled_at IS NOT NULL AND pruned_at IS NULL"
"""Conditions of the partial indexes of deliveries; a database uses one only for a query that says the same."""


def _only(condition: str) -> dict[str, Any]:
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


# Where deliveries go. What names a person lies here alone, so that it can be forgotten.
ADDRESSES = Table(
    "addresses",
    METADATA,
    Column("address_id", TEXT, primary_key=True),
    Column("subscription_id", TEXT, nullable=False),
    Column("number", Integer, nullable=True),
    Column("channel", TEXT, nullable=False),
    Column("mask", Text, nullable=False),
    Column("clear", Text, nullable=True),
    Column("endpoint", TEXT, nullable=False),
    Column("secrets", Text, nullable=True),
    Column("state", TEXT, nullable=False),
    Column("disabled_at", TEXT, nullable=True),
    Column("disabled_reason", Text, nullable=True),
    Column("failing_since", TEXT, nullable=True),
    Column("created_at", TEXT, nullable=False),
    Column("removed_at", TEXT, nullable=True),
    Index("addresses_subscription", "subscription_id"),
)

# A row for each endpoint that ever had a delivery; whoever claims deliveries of it locks the row.
ENDPOINTS = Table(
    "endpoints",
    METADATA,
    Column("endpoint", TEXT, primary_key=True),
    Column("rests_until", TEXT, nullable=True),
    Column("resting_for", TEXT, nullable=True),
    Column("claimed_at", TEXT, nullable=True),
)

# The partial indexes are what a claim reads, so that its cost does not grow with what is settled or held.
DELIVERIES = Table(
    "deliveries",
    METADATA,
    Column("number", POSITION, primary_key=True, autoincrement=True),
    Column("id", TEXT, nullable=False),
    Column("subscription_id", TEXT, nullable=False),
    Column("subscription", TEXT, nullable=False),
    Column("address_id", TEXT, nullable=False),
    Column("address_number", Integer, nullable=False),
    Column("address", Text, nullable=False),
    Column("channel", TEXT, nullable=False),
    Column("endpoint", TEXT, nullable=False),
    Column("kind", TEXT, nullable=False),
    Column("state", TEXT, nullable=False),
    Column("dedup", TEXT, nullable=False),
    Column("position", POSITION, nullable=True),
    Column("created_at", TEXT, nullable=False),
    Column("next_attempt_at", TEXT, nullable=True),
    Column("settled_at", TEXT, nullable=True),
    Column("reason", Text, nullable=True),
    Column("attempts_count", Integer, nullable=False),
    Column("leases_count", Integer, nullable=False),
    Column("lease_holder", TEXT, nullable=True),
    Column("lease_until", TEXT, nullable=True),
    Column("is_held", Integer, nullable=False),
    Column("came_held", Integer, nullable=False),
    Column("dies_because", Text, nullable=True),
    Column("items", Text, nullable=False),
    Column("trial_ids", Text, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("pruned_at", TEXT, nullable=True),
    UniqueConstraint("id", name="deliveries_id"),
    UniqueConstraint("address_id", "dedup", name="deliveries_address_dedup"),
    Index("deliveries_subscription", "subscription_id", "state", "is_held"),
    Index("deliveries_first", "endpoint", "number", **_only(FIRST_ATTEMPT)),
    Index("deliveries_again", "endpoint", "next_attempt_at", "number", **_only(NEXT_ATTEMPT)),
    Index("deliveries_leased", "endpoint", **_only(LEASED)),
    Index("deliveries_unpruned", "settled_at", **_only(UNPRUNED)),
)

ATTEMPTS = Table(
    "attempts",
    METADATA,
    Column("delivery_number", POSITION, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", TEXT, nullable=False),
    Column("outcome", TEXT, nullable=False),
    Column("status", Integer, nullable=True),
    Column("ms", Integer, nullable=False),
    Column("reason", Text, nullable=True),
    sqlite_with_rowid=False,
)

# How many attempts there were that are there no more.
PRUNED_ATTEMPTS = Table(
    "pruned_attempts",
    METADATA,
    Column("channel", TEXT, primary_key=True),
    Column("outcome", TEXT, primary_key=True),
    Column("count", POSITION, nullable=False),
)

TELLINGS = Table(
    "tellings",
    METADATA,
    Column("subscription_id", TEXT, primary_key=True),
    Column("key", TEXT, primary_key=True),
    Column("condition", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("cause", TEXT, nullable=False),
    Column("judged_by", Integer, nullable=False),
    Column("told_at", TEXT, nullable=False),
    Column("last_told_at", TEXT, nullable=False),
    Column("over_at", TEXT, nullable=True),
    Index("tellings_subject", "subscription_id", "subject"),
    sqlite_with_rowid=False,
)
