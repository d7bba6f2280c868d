"""The tables of who may look and act: tokens, sessions of those who signed in, one-time links, addresses of feeds.

It promises that no secret lies in them, only the SHA-256 of each: 256 random bits cannot be guessed, so a plain hash
guards them as well as a slow one, and is found by an index. It does not know what a scope allows.
"""

from sqlalchemy import Column, Index, Table, UniqueConstraint, text

from store.columns import METADATA, TEXT

_IN_FORCE = text("revoked_at IS NULL")

# A row is never deleted, so that a name which is told of an act can still be explained.
ACCESS_TOKENS = Table(
    "access_tokens",
    METADATA,
    Column("token_id", TEXT, primary_key=True),
    Column("name", TEXT, nullable=False),
    Column("secret_sha256", TEXT, nullable=False),
    Column("scope", TEXT, nullable=False),
    Column("created_at", TEXT, nullable=False),
    Column("expires_at", TEXT, nullable=True),
    Column("revoked_at", TEXT, nullable=True),
    UniqueConstraint("secret_sha256", name="access_tokens_secret"),
    Index("access_tokens_name", "name", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
)

# token_id: the token that was signed in with; null where that was a one-time link.
WEB_SESSIONS = Table(
    "web_sessions",
    METADATA,
    Column("secret_sha256", TEXT, primary_key=True),
    Column("token_id", TEXT, nullable=True),
    Column("scope", TEXT, nullable=False),
    Column("created_at", TEXT, nullable=False),
    Column("expires_at", TEXT, nullable=False),
    Column("ended_at", TEXT, nullable=True),
)

SIGN_IN_LINKS = Table(
    "sign_in_links",
    METADATA,
    Column("secret_sha256", TEXT, primary_key=True),
    Column("scope", TEXT, nullable=False),
    Column("created_at", TEXT, nullable=False),
    Column("expires_at", TEXT, nullable=False),
    Column("used_at", TEXT, nullable=True),
)

# made_by: a person's name for whoever made it; token_id: what that one held, null where it was a one-time link.
FEED_KEYS = Table(
    "feed_keys",
    METADATA,
    Column("key_id", TEXT, primary_key=True),
    Column("secret_sha256", TEXT, nullable=False),
    Column("path", TEXT, nullable=False),
    Column("made_by", TEXT, nullable=False),
    Column("token_id", TEXT, nullable=True),
    Column("created_at", TEXT, nullable=False),
    Column("revoked_at", TEXT, nullable=True),
    UniqueConstraint("secret_sha256", name="feed_keys_secret"),
    Index("feed_keys_of_maker", "path", "made_by", unique=True, sqlite_where=_IN_FORCE, postgresql_where=_IN_FORCE),
)
