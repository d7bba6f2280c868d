"""The tables of the store, as SQLAlchemy sees them; `store.migrations` is what makes them.

It promises one shape on both databases: texts compare by code point (COLLATE "C" on PostgreSQL, as SQLite
does by nature), instants are the texts of `store.instants`, bodies are zstd frames. A contract test
compares it with what the migrations leave behind.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from store.access_tables import ACCESS_TOKENS, FEED_KEYS, SIGN_IN_LINKS, WEB_SESSIONS
from store.columns import METADATA, POSITION, TEXT
from store.daemon_tables import ALARMS, DAEMONS, JOBS, VERIFICATIONS
from store.outbox_tables import ADDRESSES, ATTEMPTS, DELIVERIES, ENDPOINTS, PRUNED_ATTEMPTS, TELLINGS

__all__ = [
    "ACCESS_TOKENS",
    "ADDRESSES",
    "ALARMS",
    "ATTEMPTS",
    "CHECKPOINTS",
    "CURSORS",
    "DAEMONS",
    "DELIVERIES",
    "DIGESTS",
    "ENDPOINTS",
    "EVENTS",
    "EVENT_KEYS",
    "FEED_KEYS",
    "HELD",
    "JOBS",
    "LEASES",
    "LEDGER_HEAD",
    "METADATA",
    "POSITION",
    "PRUNED_ATTEMPTS",
    "REJECTS",
    "RUNS",
    "SIGHTINGS",
    "SIGN_IN_LINKS",
    "SNAPSHOTS",
    "TELLINGS",
    "TEXT",
    "VERIFICATIONS",
    "WEB_SESSIONS",
]

EVENTS = Table(
    "events",
    METADATA,
    Column("position", POSITION, primary_key=True, autoincrement=False),
    Column("stream", TEXT, nullable=False),
    Column("stream_version", Integer, nullable=False),
    Column("event_id", TEXT, nullable=False),
    Column("type", TEXT, nullable=False),
    Column("schema_version", Integer, nullable=False),
    Column("data", Text, nullable=False),
    Column("metadata", Text, nullable=False),
    Column("recorded_at", TEXT, nullable=False),
    Column("previous_hash", TEXT, nullable=False),
    Column("hash", TEXT, nullable=False),
    UniqueConstraint("stream", "stream_version", name="events_stream_version"),
    UniqueConstraint("event_id", name="events_event_id"),
)

EVENT_KEYS = (("position",), ("event_id",), ("stream", "stream_version"))
"""What names one event, each by itself."""

# One row, kept apart from the events, so that a ledger cut short is found.
LEDGER_HEAD = Table(
    "ledger_head",
    METADATA,
    Column("id", Integer, CheckConstraint("id = 1", name="ledger_head_one_row"), primary_key=True),
    Column("position", POSITION, nullable=False),
    Column("hash", TEXT, nullable=False),
    Column("count", POSITION, nullable=False),
)

SNAPSHOTS = Table(
    "snapshots",
    METADATA,
    Column("sha256", TEXT, primary_key=True),
    Column("base_sha256", TEXT, nullable=True),
    Column("body", LargeBinary, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("body_sha256", TEXT, nullable=False),
)

CHECKPOINTS = Table(
    "checkpoints",
    METADATA,
    Column("consumer", TEXT, primary_key=True),
    Column("position", POSITION, nullable=False),
    Column("updated_at", TEXT, nullable=False),
)

REJECTS = Table(
    "rejects",
    METADATA,
    Column("id", POSITION, primary_key=True, autoincrement=True),
    Column("fingerprint", TEXT, nullable=False),
    Column("file", TEXT, nullable=False),
    Column("member", TEXT, nullable=True),
    Column("line", POSITION, nullable=True),
    Column("reason", TEXT, nullable=False),
    Column("size_bytes", POSITION, nullable=False),
    Column("sha256", TEXT, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("kept_bytes", Integer, nullable=False),
    Column("rejected_at", TEXT, nullable=False),
    Column("run_id", TEXT, nullable=True),
    UniqueConstraint("fingerprint", name="rejects_fingerprint"),
)

# Kept by the key alone on SQLite: there may be one for every record of every import.
SIGHTINGS = Table(
    "sightings",
    METADATA,
    Column("stream", TEXT, primary_key=True),
    Column("dated", TEXT, primary_key=True),
    Column("content", TEXT, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("data_on", TEXT, nullable=True),
    Column("is_full", Integer, nullable=False),
    Column("observed_at", TEXT, nullable=False),
    Column("source", TEXT, nullable=False),
    Column("recorded_at", TEXT, nullable=False),
    sqlite_with_rowid=False,
)

DIGESTS = Table(
    "digests",
    METADATA,
    Column("stream", TEXT, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("digest", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

RUNS = Table(
    "runs",
    METADATA,
    Column("id", POSITION, primary_key=True, autoincrement=True),
    Column("run_id", TEXT, nullable=False),
    Column("leg", TEXT, nullable=False),
    Column("scope", Text, nullable=False),
    Column("release", TEXT, nullable=True),
    Column("data_on", TEXT, nullable=True),
    Column("started_at", TEXT, nullable=False),
    Column("finished_at", TEXT, nullable=True),
    Column("expected", Integer, nullable=True),
    Column("fetched", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("events", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("held", Integer, nullable=False),
    Column("requests", Integer, nullable=False),
    Column("bytes", POSITION, nullable=False),
    Column("milliseconds", POSITION, nullable=False),
    Column("complete", Integer, nullable=False),
    Column("reason", Text, nullable=True),
    Column("term", Integer, nullable=True),
    UniqueConstraint("run_id", name="runs_run_id"),
)

# A row stays when its lease is given back, so that no term comes twice.
LEASES = Table(
    "leases",
    METADATA,
    Column("name", TEXT, primary_key=True),
    Column("term", Integer, nullable=False),
    Column("holder", TEXT, nullable=True),
    Column("host", Text, nullable=True),
    Column("pid", Integer, nullable=True),
    Column("numbering", Text, nullable=True),
    Column("process_started", Text, nullable=True),
    Column("acquired_at", TEXT, nullable=True),
    Column("expires_at", TEXT, nullable=True),
)

CURSORS = Table(
    "cursors",
    METADATA,
    Column("name", TEXT, primary_key=True),
    Column("value", Text, nullable=False),
    Column("updated_at", TEXT, nullable=False),
)

HELD = Table(
    "held",
    METADATA,
    Column("id", POSITION, primary_key=True, autoincrement=False),
    Column("run_id", TEXT, nullable=False),
    Column("fingerprint", TEXT, nullable=False),
    Column("subject", TEXT, nullable=False),
    Column("reason", Text, nullable=False),
    Column("paths", Text, nullable=False),  # one to a line
    Column("told", Text, nullable=False),
    Column("sha256", TEXT, nullable=True),
    Column("body", LargeBinary, nullable=True),
    Column("size_bytes", Integer, nullable=True),
    Column("body_sha256", TEXT, nullable=True),
    Column("observed_at", TEXT, nullable=False),
    Column("held_at", TEXT, nullable=False),
    Column("gone_back_at", TEXT, nullable=True),
    Column("released_at", TEXT, nullable=True),
    Column("released_as", TEXT, nullable=True),
    UniqueConstraint("run_id", "fingerprint", name="held_run_fingerprint"),
    Index("held_subject", "subject"),
)
