"""How a subscription is ended from a message: by a signed link, or by a command with the same token.

It promises one key of tokens for all hosts on one database, made when it is first needed and never changed after that,
so that a link in an old mail still works. A token names the subscription by its id.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from notifiers import unsubscribe_token
from store.deliveries import Delivery
from store.signing_keys import signing_key
from store.unit_of_work import Database
from tracker.domain.running import OPERATOR

_KEY_NAME = "unsubscribe_key"
_PATH = "/unsubscribe/"


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Tells how to stop. ``public_url``: where trialog's own pages are reached from outside, or empty."""

    public_url: str
    key: bytes = field(repr=False)

    def token(self, delivery: Delivery) -> str:
        """The token that ends the subscription of ``delivery``: ``trialog unsubscribe --token`` takes it anywhere.

        Empty for alarms, which no subscription asks for.
        """
        if delivery.subscription_id == OPERATOR:
            return ""
        return unsubscribe_token.make(delivery.subscription_id, key=self.key)

    def url(self, delivery: Delivery) -> str | None:
        """The link that does the same by one click; None where there is no page for it."""
        token = self.token(delivery)
        return f"{self.public_url.rstrip('/')}{_PATH}{token}" if self.public_url and token else None


def unsubscribe_key(database: Database, random_bytes: Callable[[int], bytes]) -> bytes:
    """The key of tokens; ``random_bytes`` is `secrets.token_bytes`, or a test's own."""
    return signing_key(database, _KEY_NAME, random_bytes)
