"""The tables of the views: a row per trial, revision, change and move; per thing tracked, member and subscription.

Beside them stands what finds trials by their words: a row per trial with its words, an index of these, and the words
themselves, each once.

They hold nothing that the ledger and its snapshots do not say; ``VERSION`` rises whenever a column changes its
meaning, and views of another version are rebuilt. Dates are ``YYYY-MM-DD`` and instants RFC 3339 UTC, as text, so
that both databases order them alike.
"""

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, Table, Text

from store.word_index import WordIndex

VERSION = 9

METADATA = MetaData()

# INTEGER on SQLite, where only that name makes a primary key the row's own address; code-point order on PostgreSQL.
_POSITION = BigInteger().with_variant(Integer(), "sqlite")
_TEXT = Text(collation="C").with_variant(Text(), "sqlite")

TRIALS = Table(
    "view_trials",
    METADATA,
    Column("trial_id", _TEXT, primary_key=True),
    Column("revision", Integer, nullable=False),  # the newest in the registry's timeline
    Column("revisions_count", Integer, nullable=False),  # numbers given, also to replaced revisions
    Column("snapshot", _TEXT, nullable=False),
    Column("coverage", _TEXT),  # as in view_revisions
    Column("stream_version", Integer, nullable=False),
    Column("published_status", _TEXT),
    Column("data_on", _TEXT),
    Column("short_row", _TEXT, nullable=False),  # fingerprint of what a sweep asks for
    Column("whereabouts", _TEXT, nullable=False),
    Column("merged_into", _TEXT),
)

REVISIONS = Table(
    "view_revisions",
    METADATA,
    Column("trial_id", _TEXT, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("rank", Integer, nullable=False),  # place in the registry's timeline, from 0
    Column("predecessor", Integer),
    Column("snapshot", _TEXT, nullable=False),
    Column("observed", _TEXT, nullable=False),  # address of the record as its source showed it
    Column("coverage", _TEXT),  # JSON list of patterns; null covers the whole record
    Column("origin", _TEXT, nullable=False),
    Column("source", _TEXT, nullable=False),
    Column("registry_version", Integer),  # number in the registry's history, where it was seen there
    Column("said_from", _TEXT, nullable=False),  # since when it holds by its own dates
    Column("holds_from", _TEXT, nullable=False),  # the latest of these days up to here along the timeline
    Column("event_posted_on", _TEXT),  # null for a silent change
    Column("data_on", _TEXT),
    Column("observed_at", _TEXT, nullable=False),
    Column("recorded_at", _TEXT, nullable=False),
    Column("position", _POSITION, nullable=False),  # of the revision's first event
    Column("replaced_at", _TEXT),  # when another revision of the same content was seen to begin earlier
    Column("replaced_by", Integer),  # that revision
    Column("title", _TEXT),
    Column("lead_sponsor", _TEXT),
    Column("conditions", _TEXT, nullable=False),  # one to a line
    Column("interventions", _TEXT, nullable=False),  # one to a line
    Column("countries", _TEXT, nullable=False),  # one to a line
    Column("phases", _TEXT, nullable=False),  # one to a line
    Column("posted_on", _TEXT),
    Column("submitted_on", _TEXT),
    Column("published_status", _TEXT),
    Column("last_known_status", _TEXT),
    Column("completion_on", _TEXT),
    Column("verified_on", _TEXT),
    Column("short_row", _TEXT, nullable=False),
    Column("lapses_on", _TEXT),  # the first UNKNOWN day by the rule; null where it never comes
    Column("results_due_on", _TEXT),  # the last day in time; null where none are owed, or they are reported
    Index("view_revisions_lapses_on", "lapses_on"),
    Index("view_revisions_results_due_on", "results_due_on"),
    Index("view_revisions_verified_on", "verified_on"),
)

CHANGES = Table(
    "view_changes",
    METADATA,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("trial_id", _TEXT, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("predecessor", Integer),
    Column("type", _TEXT, nullable=False),
    Column("field", _TEXT, nullable=False),
    Column("category", _TEXT, nullable=False),
    Column("significance", _TEXT, nullable=False),
    Column("origin", _TEXT, nullable=False),
    Column("timeline_on", _TEXT),  # posted, else the data date; null: the day since when the revision holds
    Column("observed_at", _TEXT, nullable=False),
    Column("recorded_at", _TEXT, nullable=False),
    Column("superseded_at", _TEXT),  # when a revision was found to lie between
    Index("view_changes_trial", "trial_id", "position"),
    Index("view_changes_observed", "observed_at"),
    Index("view_changes_timeline", "timeline_on"),
)

WATCH = Table(
    "view_watch",
    METADATA,
    Column("kind", _TEXT, primary_key=True),  # trial, query or registry
    Column("name", _TEXT, primary_key=True),  # the trial's id, the query's name, or empty
    Column("parameters", _TEXT),  # of a query: a JSON object of the registry's own
    Column("alias", _TEXT),  # the id that was asked for where the registry has merged it into the trial
    Column("is_in_place", Integer, nullable=False),  # 1: only since the tracked trial ``alias`` was merged into it
    Column("with_history", Integer, nullable=False),
    Column("position", _POSITION, nullable=False),  # of the event that had it tracked
    Column("tracked_at", _TEXT, nullable=False),
)

MEMBERS = Table(
    "view_members",
    METADATA,
    Column("name", _TEXT, primary_key=True),  # the query's
    Column("trial_id", _TEXT, primary_key=True),
    Column("is_present", Integer, nullable=False),  # 0: has left
    Column("data_on", _TEXT, nullable=False),
    Column("position", _POSITION, nullable=False),  # of the event that last said so
)

MOVES = Table(
    "view_moves",
    METADATA,
    Column("position", _POSITION, primary_key=True, autoincrement=False),
    Column("trial_id", _TEXT, nullable=False),
    Column("whereabouts", _TEXT, nullable=False),  # where the record is from then on
    Column("merged_into", _TEXT),
    Column("data_on", _TEXT, nullable=False),  # of the release that showed it
    Column("recorded_at", _TEXT, nullable=False),
    Index("view_moves_trial", "trial_id", "position"),
)

SUBSCRIPTIONS = Table(
    "view_subscriptions",
    METADATA,
    Column("name", _TEXT, primary_key=True),
    Column("subscription_id", _TEXT, nullable=False),  # tells it from others of its name, before and after
    Column("state", _TEXT, nullable=False),  # active or paused
    Column("request", Text, nullable=False),  # JSON: what is asked for
    Column("addresses", Text, nullable=False),  # JSON list in the order of their numbers; masks only
    Column("created_at", _TEXT, nullable=False),
    Column("position", _POSITION, nullable=False),  # of the event that made it
    Column("since", _POSITION, nullable=False),  # of the event since which the request is as it is
)

# What trials are found by: their newest records' words (``tracker.domain.search_words``).
SEARCH = Table(
    "view_search",
    METADATA,
    Column("trial_id", _TEXT, primary_key=True),
    Column("sort_key", _POSITION),  # by day and number (``tracker.views.search_writer``); null: found by nothing
    Column("words", _TEXT, nullable=False),  # separated by spaces
    Index("view_search_sort_key", "sort_key", unique=True),
)
WORD_INDEX = WordIndex(table=SEARCH.name, key="sort_key", words="words")

# All words that any revision ever had, of the groups in which one is found by its beginning or its middle.
WORDS = Table("view_words", METADATA, Column("word", _TEXT, primary_key=True), sqlite_with_rowid=False)

STATE = Table(
    "view_state",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("version", Integer, nullable=False),
)

REPLAYED = (TRIALS, REVISIONS, CHANGES, MOVES, WATCH, MEMBERS, SUBSCRIPTIONS, SEARCH, WORDS)
