"""The tables of those who run for months, as SQLAlchemy sees them: daemons, jobs, alarms, verifications.

It promises the shapes of `store.tables`, of which they are a part. It does not know who writes them.
"""

from sqlalchemy import Column, Integer, Table, Text

from store.columns import METADATA, POSITION, TEXT

# A row for each daemon that runs, or was killed not long ago. Instants are those of the database's clock.
DAEMONS = Table(
    "daemons",
    METADATA,
    Column("daemon_id", TEXT, primary_key=True),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("numbering", Text, nullable=False),
    Column("process_started", Text, nullable=True),
    Column("version", Text, nullable=False),
    Column("roles", Text, nullable=False),  # words, separated by spaces
    Column("started_at", TEXT, nullable=False),
    Column("seen_at", TEXT, nullable=False),
)

# done_at: the beginning of the last run that did what it had to; what a schedule counts from.
JOBS = Table(
    "jobs",
    METADATA,
    Column("job", TEXT, primary_key=True),
    Column("done_at", TEXT, nullable=True),
    Column("last_started_at", TEXT, nullable=True),
    Column("last_finished_at", TEXT, nullable=True),
    Column("outcome", TEXT, nullable=True),
    Column("reason", Text, nullable=True),
    Column("failures_in_a_row", Integer, nullable=False),
    Column("failures_count", Integer, nullable=False),
)

ALARMS = Table(
    "alarms",
    METADATA,
    Column("code", TEXT, primary_key=True),
    Column("subject", TEXT, primary_key=True),
    Column("message", Text, nullable=False),
    Column("raised_at", TEXT, nullable=False),
    Column("told_at", TEXT, nullable=True),
    Column("over_at", TEXT, nullable=True),
    Column("over_told_at", TEXT, nullable=True),
)

VERIFICATIONS = Table(
    "verifications",
    METADATA,
    Column("scope", TEXT, primary_key=True),
    Column("ok", Integer, nullable=False),
    Column("checked_to", POSITION, nullable=False),
    Column("checked_hash", TEXT, nullable=True),
    Column("checked_at", TEXT, nullable=False),
    Column("position", POSITION, nullable=True),
    Column("reason", Text, nullable=True),
)
