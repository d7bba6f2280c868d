"""The subscriptions that stand: what each asks for, and where it goes (masks only)."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, select

from store.json_text import decode
from tracker.domain.subscribing import SubscriptionState
from tracker.domain.subscription import Subscription
from tracker.domain.subscription_json import from_json
from tracker.views.tables import SUBSCRIPTIONS

_NEAR_MOST = 3
_REQUESTS_KEPT = 4_096  # some kB each


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingAddress:
    """Where a subscription goes, as far as anybody may see it; ``address`` is a mask."""

    address_id: str
    address: str
    address_number: int
    channel: str
    state: str
    disabled_at: str | None
    disabled_reason: str | None

    @property
    def is_disabled(self) -> bool:
        """Whether nothing is sent there any more."""
        return self.state == "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingSubscription:
    """A subscription; ``since``: the ledger position from which its request holds, ``position`` that it was made at."""

    name: str
    subscription_id: str
    state: SubscriptionState
    request: Subscription
    addresses: tuple[StandingAddress, ...]
    created_at: str
    position: int
    since: int

    @property
    def is_paused(self) -> bool:
        """Whether what it is told waits."""
        return self.state is SubscriptionState.PAUSED


def standing(connection: Connection) -> Sequence[StandingSubscription]:
    """All subscriptions, by name."""
    rows = connection.execute(select(SUBSCRIPTIONS).order_by(SUBSCRIPTIONS.c.name))
    return [_standing(row) for row in rows]


def standing_named(connection: Connection, name: str) -> StandingSubscription | None:
    """The subscription of that name."""
    row = connection.execute(select(SUBSCRIPTIONS).where(SUBSCRIPTIONS.c.name == name)).one_or_none()
    return None if row is None else _standing(row)


def standing_with_id(connection: Connection, subscription_id: str) -> StandingSubscription | None:
    """The subscription of that id; None once it was ended."""
    is_it = SUBSCRIPTIONS.c.subscription_id == subscription_id
    row = connection.execute(select(SUBSCRIPTIONS).where(is_it)).one_or_none()
    return None if row is None else _standing(row)


def _standing(row: Row[Any]) -> StandingSubscription:
    return StandingSubscription(
        name=row.name,
        subscription_id=row.subscription_id,
        state=SubscriptionState(row.state),
        request=_request(row.request),
        addresses=tuple(StandingAddress(**one) for one in decode(row.addresses)),
        created_at=row.created_at,
        position=row.position,
        since=row.since,
    )


@lru_cache(maxsize=_REQUESTS_KEPT)
def _request(text: str) -> Subscription:
    """The request that a row holds: a value, which is read again with every evaluation."""
    return from_json(decode(text))


def near_names(connection: Connection, name: str) -> list[str]:
    """The names of subscriptions that are much like ``name``."""
    names = list(connection.scalars(select(SUBSCRIPTIONS.c.name)))
    return difflib.get_close_matches(name, names, _NEAR_MOST)
