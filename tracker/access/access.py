"""All of access on one database, as doors ask for it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from store.signing_keys import signing_key
from store.unit_of_work import Database
from tracker.access.feed_addresses import FeedAddresses
from tracker.access.forms import KEY_NAME, Forms
from tracker.access.secret_text import RandomBytes
from tracker.access.signing_in import SigningIn
from tracker.access.tokens import Tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may. ``now``: the present instant; ``random_bytes``: `secrets.token_bytes`, or a test's own."""

    database: Database
    now: Callable[[], datetime]
    random_bytes: RandomBytes

    @property
    def tokens(self) -> Tokens:
        """What programs send."""
        return Tokens(database=self.database, now=self.now, random_bytes=self.random_bytes)

    @property
    def signing_in(self) -> SigningIn:
        """What people's cookies are good for."""
        return SigningIn(database=self.database, now=self.now, random_bytes=self.random_bytes)

    @property
    def feed_addresses(self) -> FeedAddresses:
        """What readers of feeds send."""
        return FeedAddresses(database=self.database, now=self.now, random_bytes=self.random_bytes)

    def forms(self) -> Forms:
        """What proves forms; its key is read, and made where there is none, so it is to be kept."""
        key = signing_key(self.database, KEY_NAME, self.random_bytes)
        return Forms(key=key, random_bytes=self.random_bytes)
