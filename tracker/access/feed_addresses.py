"""Keys in the addresses of feeds that not everybody may read: readers of feeds, and calendars, send an address and
nothing else.

Promises: a key opens one feed, in each of its formats, and nothing else; each maker has one of a feed, so that making
another is to rotate it; it ends with the token of its maker, at once; its secret is answered once and stored as a hash.
It does not know which feeds there are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from store.feed_keys import FeedKey
from store.unit_of_work import Database
from tracker.access.callers import Caller, CallerKind, Scope
from tracker.access.secret_text import RandomBytes, SecretKind, hash_of, new_secret, read_secret
from tracker.access.terms import holds
from tracker.domain.errors import InvalidInput, NotFound

FEEDS = "/feeds/"
FORMATS = (".atom", ".json", ".ics")
_ID_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeedKey:
    """A key that was just made, with its secret, which is to be shown this once."""

    key: FeedKey
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedAddresses:
    """Makes, lists, revokes and knows keys. Paths are decoded, and below the public address."""

    database: Database
    now: Callable[[], datetime]
    random_bytes: RandomBytes

    def make(self, feed: str, maker: Caller) -> NewFeedKey:
        """Make a key of a feed; the one that the maker had for it opens nothing any more.

        ``feed``: its path without a format, such as ``/feeds/subscriptions/mine``. Raises InvalidInput for another.
        """
        if not feed.startswith(FEEDS) or feed == FEEDS:
            raise InvalidInput(f"{feed[:100]!r} is no feed: expected a path below {FEEDS}")
        secret = new_secret(SecretKind.FEED, self.random_bytes)
        key = FeedKey(
            key_id=self.random_bytes(_ID_BYTES).hex(),
            path=feed,
            made_by=maker.name,
            token_id=maker.token_id,
            created_at=self.now(),
        )
        with self.database.writing() as transaction:
            transaction.feed_keys.put(key, secret_sha256=hash_of(secret))
        return NewFeedKey(key=key, secret=secret)

    def list(self, *, made_by: str | None = None) -> "list[FeedKey]":
        """The keys that hold, the newest last: those of one maker, or all."""
        now = self.now()
        with self.database.reading() as transaction:
            keys = transaction.feed_keys.list()
        return [one for one in keys if _is_valid(one, now) and made_by in (None, one.made_by)]

    def revoke(self, key_id: str, *, made_by: str | None = None) -> FeedKey:
        """Let a key open nothing any more; with ``made_by`` only one of that maker's. Raises NotFound."""
        now = self.now()
        with self.database.writing() as transaction:
            found = transaction.feed_keys.get(key_id)
            if found is None or not _is_valid(found, now) or made_by not in (None, found.made_by):
                raise NotFound("there is no such address of a feed, or it was revoked before")
            transaction.feed_keys.revoke(key_id, at=now)
        return found

    def caller(self, secret: str, path: str) -> Caller | None:
        """Who asks for ``path``, format and all, by this key: None where it is none, is over, or of another feed."""
        read = read_secret(SecretKind.FEED, secret)
        if read is None:
            return None
        with self.database.reading() as transaction:
            found = transaction.feed_keys.of_secret(hash_of(read))
        if found is None or not _is_valid(found, self.now()) or found.path != feed_of(path):
            return None
        return Caller(
            kind=CallerKind.FEED, name=found.made_by, scope=Scope.READ, key=found.key_id, token_id=found.token_id
        )


def feed_of(path: str) -> str | None:
    """The feed that is asked for in one of its formats; None where a path names no format.

    >>> feed_of("/feeds/subscriptions/mine.atom")
    '/feeds/subscriptions/mine'
    """
    return next((path.removesuffix(ending) for ending in FORMATS if path.endswith(ending)), None)


def _is_valid(key: FeedKey, now: datetime) -> bool:
    return holds(now, key.revoked_at, key.token_expires_at, key.token_revoked_at)
