"""Keys in the addresses of feeds, each for one feed, as hashes: readers of feeds cannot send anything but an address.

It promises that one maker has at most one key of a feed that is not revoked, and that none is deleted. It does not know
what lies at a path, nor when the token of a maker is over.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Row, Select, insert, select, update

from store.access_tables import ACCESS_TOKENS, FEED_KEYS
from store.instants import instant_of, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedKey:
    """A key without its secret, with the ends of its maker's token, which are None where there is none."""

    key_id: str
    path: str
    made_by: str
    token_id: str | None
    created_at: datetime
    revoked_at: datetime | None = None
    token_expires_at: datetime | None = None
    token_revoked_at: datetime | None = None


class FeedKeys:
    """The keys as one transaction sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, key: FeedKey, *, secret_sha256: str) -> None:
        """Keep a new key in place of the one that its maker had for that feed, in a `writing` transaction."""
        before = update(FEED_KEYS).where(
            FEED_KEYS.c.path == key.path, FEED_KEYS.c.made_by == key.made_by, FEED_KEYS.c.revoked_at.is_(None)
        )
        self._connection.execute(before.values(revoked_at=instant_text(key.created_at)))
        row = {
            "key_id": key.key_id,
            "secret_sha256": secret_sha256,
            "path": key.path,
            "made_by": key.made_by,
            "token_id": key.token_id,
            "created_at": instant_text(key.created_at),
        }
        self._connection.execute(insert(FEED_KEYS).values(**row))

    def of_secret(self, secret_sha256: str) -> FeedKey | None:
        """The key whose secret has that hash, whatever became of it: one read by an index."""
        return self._first(_KEYS.where(FEED_KEYS.c.secret_sha256 == secret_sha256))

    def unrevoked(self, path: str, *, made_by: str) -> FeedKey | None:
        """The key that somebody has for a feed."""
        mine = _KEYS.where(FEED_KEYS.c.path == path, FEED_KEYS.c.made_by == made_by)
        return self._first(mine.where(FEED_KEYS.c.revoked_at.is_(None)))

    def get(self, key_id: str) -> FeedKey | None:
        """The key of that id."""
        return self._first(_KEYS.where(FEED_KEYS.c.key_id == key_id))

    def list(self) -> "list[FeedKey]":
        """All keys there ever were, the newest last."""
        ordered = _KEYS.order_by(FEED_KEYS.c.created_at, FEED_KEYS.c.key_id)
        return [_key(row) for row in self._connection.execute(ordered)]

    def revoke(self, key_id: str, *, at: datetime) -> None:
        """Let a key open nothing from now on; one that is revoked stays as it is."""
        this = update(FEED_KEYS).where(FEED_KEYS.c.key_id == key_id, FEED_KEYS.c.revoked_at.is_(None))
        self._connection.execute(this.values(revoked_at=instant_text(at)))

    def _first(self, wanted: "Select[*tuple[object, ...]]") -> FeedKey | None:
        row = self._connection.execute(wanted).one_or_none()
        return None if row is None else _key(row)


_KEYS = select(
    FEED_KEYS,
    ACCESS_TOKENS.c.expires_at.label("token_expires_at"),
    ACCESS_TOKENS.c.revoked_at.label("token_revoked_at"),
).outerjoin(ACCESS_TOKENS, ACCESS_TOKENS.c.token_id == FEED_KEYS.c.token_id)


def _key(row: "Row[*tuple[object, ...]]") -> FeedKey:
    return FeedKey(
        key_id=row.key_id,
        path=row.path,
        made_by=row.made_by,
        token_id=row.token_id,
        created_at=instant_of(row.created_at),
        revoked_at=_instant(row.revoked_at),
        token_expires_at=_instant(row.token_expires_at),
        token_revoked_at=_instant(row.token_revoked_at),
    )


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)
