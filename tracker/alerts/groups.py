"""The ledger's changes as they are told: those of one revision together, with the trial as it was and as it is.

Promises that what was recorded together is never split, whatever is read at a time. Members of tracked queries that
came or went stand among them.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from store.unit_of_work import Transaction
from tracker.domain.events import BESIDE_REVISIONS, Category, Origin, Significance
from tracker.domain.facts import Facts
from tracker.domain.subscription import MEMBER_TYPES
from tracker.domain.subscription_matching import TrialSide
from tracker.domain.watching import WatchEventType
from tracker.ledger.watch_events import Membership, RecordedWatchEvent, decode_watch_event
from tracker.views.answers import AnsweredChange
from tracker.views.rows import instant_text
from tracker.views.sides import Membership as Found
from tracker.views.sides import RevisionKey, facts_of_revisions, memberships, newest_facts
from tracker.views.trails import FeedFilter, feed

QueriesOf = Callable[[AnsweredChange], frozenset[str]]

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
    told = feed(transaction.connection, FeedFilter(after=after), limit=None)
    changes: list[AnsweredChange] = []
    up_to = until
    for _, group in groupby(told, key=together):
        together_told = list(group)
        if _position(together_told[-1]) > until:
            break
        changes += together_told
        if len(changes) >= about:
            up_to = _position(changes[-1])
            break
    members = transaction.events.read_all(after=after, types=[str(one) for one in MEMBER_TYPES], until=up_to)
    came_or_went = list(map(decode_watch_event, members))
    groups = [*groups_of_trials(transaction, changes), *groups_of_members(transaction, came_or_went)]
    return Read(groups=sorted(groups, key=lambda group: group.position), up_to=up_to)


def together(change: AnsweredChange) -> tuple[object, ...]:
    """Changes that are alike in this, one behind the other, belong together."""
    alone = change.position if change.type in BESIDE_REVISIONS else None
    return change.trial_id, change.revision, change.predecessor, alone


def groups_of_trials(
    transaction: Transaction, changes: Sequence[AnsweredChange], *, queries_of: QueriesOf | None = None
) -> Iterator[Group]:
    """``changes`` in groups, in their order. ``queries_of``: which queries found a trial, else as far as is kept."""
    groups = [list(group) for _, group in groupby(changes, key=together)]
    keys = {key for group in groups for key in _keys(group[0])}
    facts = facts_of_revisions(transaction.connection, keys)
    if queries_of is None:
        queries_of = _queries_kept(transaction, {str(group[0].trial_id) for group in groups})
    for group in groups:
        first = group[0]
        trial_id, queries = str(first.trial_id), queries_of(first)
        known = [facts[key] for key in _keys(first) if key in facts]
        yield Group(
            changes=group,
            sides=[TrialSide(trial_id=trial_id, facts=one, queries=queries) for one in known],
            title=known[-1].title if known else None,
        )


def shown_on(change: AnsweredChange) -> str:
    """The day on which a change was shown: that of the data release, else that of its observation."""
    return change.data_on or (change.observed_at or "")[:10]


def _queries_kept(transaction: Transaction, trial_ids: Iterable[str]) -> QueriesOf:
    """The queries that find trials, or found them when a change was shown."""
    found = memberships(transaction.connection, set(trial_ids))

    def queries_of(change: AnsweredChange) -> frozenset[str]:
        return frozenset(one.name for one in found.get(str(change.trial_id), ()) if _was_member(one, change))

    return queries_of


def _keys(change: AnsweredChange) -> list[RevisionKey]:
    """The revisions before and after a change."""
    numbers = dict.fromkeys((change.predecessor, change.revision))
    return [(str(change.trial_id), number) for number in numbers if number is not None]


def _was_member(found: Found, change: AnsweredChange) -> bool:
    """Whether a query finds the trial, or found it until the release that showed the change."""
    if found.is_present or found.position > (change.position or 0):
        return True
    return found.data_on >= shown_on(change)


def groups_of_members(
    transaction: Transaction, told: Sequence[RecordedWatchEvent], *, known: Mapping[str, Facts] | None = None
) -> Iterator[Group]:
    """Each member that came or went, alone: its trial is what is asked for; ``known``: its facts, else the newest."""
    if known is None:
        ids = {one.event.trial_id for one in told if isinstance(one.event, Membership)}
        known = newest_facts(transaction.connection, ids)
    for one in told:
        event = one.event
        assert isinstance(event, Membership)
        facts = known.get(event.trial_id)
        if facts is not None:
            side = TrialSide(trial_id=event.trial_id, facts=facts, queries=frozenset({event.name}))
            yield Group(changes=[member_change(one)], sides=[side], title=facts.title)


def member_change(told: RecordedWatchEvent) -> AnsweredChange:
    """A member's coming or going with the keys of a change; the first listing of a query is a first sight."""
    event = told.event
    assert isinstance(event, Membership)
    return AnsweredChange(
        position=told.position,
        trial_id=event.trial_id,
        revision=None,
        stream_version=told.stream_version,
        type=event.type.value,
        field=MEMBER_FIELD,
        label=_LABELS[event.type],
        path="",
        old=event.name if event.type is WatchEventType.MEMBER_LEFT else None,
        new=None if event.type is WatchEventType.MEMBER_LEFT else event.name,
        category=Category.ADMINISTRATIVE.value,
        significance=Significance.MAJOR.value,
        origin=(Origin.BASELINE if event.is_first_listing else Origin.REGISTRY).value,
        posted_on=None,
        data_on=event.data_on.isoformat(),
        observed_at=instant_text(event.observed_at),
        recorded_at=instant_text(told.recorded_at),
        detail={"query": event.name},
        predecessor=None,
        superseded_at=None,
    )


def _position(change: AnsweredChange) -> int:
    assert change.position is not None  # only changes of two files have none
    return change.position
