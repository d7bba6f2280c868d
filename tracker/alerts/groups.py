"""The ledger's changes as they are told: those of one revision together, with the trial as it was and as it is.

Promises that what was recorded together is never split, whatever is read at a time. Members of tracked queries that
came or went stand among them, those of one query together.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from sqlalchemy import Connection

from store.events import RecordedEvent
from store.unit_of_work import Transaction
from tracker.domain.events import BESIDE_REVISIONS, Category, Origin, Significance
from tracker.domain.subscription import MEMBER_TYPES
from tracker.domain.subscription_matching import TrialSide
from tracker.ledger.watch_events import Membership, decode_watch_event
from tracker.views.answers import AnsweredChange
from tracker.views.rows import instant_text
from tracker.views.sides import Membership as Found
from tracker.views.sides import RevisionKey, facts_of_revisions, memberships
from tracker.views.trails import FeedFilter, feed

MEMBER_FIELD = "membership"
_LABELS = dict(zip(MEMBER_TYPES, ("Entered the query", "Left the query", "Came back to the query"), strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Changes of one trial that belong together; ``sides``: the trial before and after, as far as it is known."""

    changes: Sequence[AnsweredChange]
    sides: Sequence[TrialSide]
    title: str | None

    @property
    def position(self) -> int:
        """The position of the first of the changes."""
        position = self.changes[0].position
        assert position is not None
        return position


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """Groups in the order of positions, and the position up to which everything was read."""

    groups: Sequence[Group]
    up_to: int


def read_groups(transaction: Transaction, *, after: int, until: int, about: int) -> Read:
    """The groups behind position ``after``, up to ``until``: about so many changes, whole groups only."""
    changes = list(_whole(feed(transaction.connection, FeedFilter(after=after), limit=None), until, about))
    up_to = until if len(changes) < about else max(change.position or 0 for change in changes)
    members = [
        _member_change(stored)
        for stored in transaction.events.read_all(after=after, types=[str(one) for one in MEMBER_TYPES])
        if stored.position <= up_to
    ] if _has_members(transaction) else []
    ordered = sorted([*changes, *members], key=lambda change: change.position or 0)
    return Read(groups=_groups(transaction.connection, ordered), up_to=up_to)
