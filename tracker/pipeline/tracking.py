"""Tracks and untracks trials, queries and the whole registry, and records which trials a tracked query finds.

Promises: every decision is an event, and what is so already is none; events and views move in the caller's one write
transaction, all or nothing. It asks no registry: ids are those of surviving records, queries were tried before
(``tracker.pipeline.resolving``).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from store.unit_of_work import Transaction
from tracker.domain.errors import Conflict, Mismatch, NotFound
from tracker.domain.query import Query
from tracker.domain.watching import WatchEventType
from tracker.ledger.watch_events import Membership, Tracking
from tracker.pipeline.survivors import untracked_with
from tracker.pipeline.watching import record_watching
from tracker.views.watch_list import TrackedTrial, members, tracked_aliases, tracked_trials, watch_list


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChanges:
    """Who entered a tracked query, left it, came back; sorted ids. ``events``: how many were recorded."""

    entered: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    reentered: tuple[str, ...] = ()

    @property
    def events(self) -> int:
        """One for each of them."""
        return len(self.entered) + len(self.left) + len(self.reentered)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing that a person wants tracked or tracked no longer; ``is_new``: it was not so before.

    ``name`` and ``alias`` as in ``tracker.ledger.watch_events.Tracking``. Where one trial is untracked, another may go
    ``along_with`` it, since the registry merged them; ``survivor`` is the one that it was merged into and that stays.
    """

    name: str = ""
    alias: str | None = None
    is_new: bool = True
    along_with: str | None = None
    survivor: str | None = None


def track_trials(
    transaction: Transaction, ids: Sequence[tuple[str, str | None]], *, with_history: bool = False, run_id: str
) -> list[Decision]:
    """Track trials, given as id and the alias under which it was asked for, if any; ids may come twice.

    One that is tracked in place of another is tracked anew where it is asked for by itself.
    """
    held = tracked_trials(transaction.connection)
    asked_for = {name for name, one in held.items() if not one.is_in_place}
    decisions = []
    for trial_id, alias in ids:
        stands_in = trial_id in held and held[trial_id].is_in_place and held[trial_id].alias == alias
        decisions.append(Decision(name=trial_id, alias=alias, is_new=trial_id not in asked_for and not stands_in))
        if decisions[-1].is_new:
            asked_for.add(trial_id)
    events = [
        Tracking(type=WatchEventType.TRIAL_TRACKED, name=one.name, alias=one.alias, with_history=with_history)
        for one in decisions
        if one.is_new
    ]
    record_watching(transaction, events, run_id=run_id)
    return decisions


def track_query(transaction: Transaction, *, name: str, query: Query, run_id: str) -> Decision:
    """Track a query; raises Mismatch where another query has the name."""
    held = {tracked.name: tracked.query for tracked in watch_list(transaction.connection).queries}
    if name in held and held[name] != query:
        raise Mismatch(
            f"another query is tracked as {name}: {str(held[name])!r}; choose another name, or first: "
            f"trialog untrack --query {name!r}"
        )
    decision = Decision(name=name, is_new=name not in held)
    if decision.is_new:
        record_watching(
            transaction, [Tracking(type=WatchEventType.QUERY_TRACKED, name=name, query=query)], run_id=run_id
        )
    return decision


def track_registry(transaction: Transaction, *, run_id: str) -> Decision:
    """Track the whole registry."""
    decision = Decision(is_new=watch_list(transaction.connection).everything is None)
    if decision.is_new:
        record_watching(transaction, [Tracking(type=WatchEventType.REGISTRY_TRACKED)], run_id=run_id)
    return decision


def untrack_trials(transaction: Transaction, ids: Iterable[str], *, run_id: str) -> list[Decision]:
    """Track trials no longer, named by their ids or by the aliases under which they were asked for.

    Those that are tracked with them, since the registry merged them, go along; they come next in the answer.
    """
    held = tracked_trials(transaction.connection)
    aliases = tracked_aliases(transaction.connection)
    decisions: list[Decision] = []
    for asked in dict.fromkeys(ids):
        trial_id = asked if asked in held else aliases.get(asked, asked)
        if any(one.is_new and one.name == trial_id for one in decisions):
            continue  # went along with one before
        decisions += _untracked(held, trial_id, alias=None if trial_id == asked else asked)
        held = {name: one for name, one in held.items() if all(told.name != name for told in decisions)}
    events = [Tracking(type=WatchEventType.TRIAL_UNTRACKED, name=one.name) for one in decisions if one.is_new]
    record_watching(transaction, events, run_id=run_id)
    return decisions


def _untracked(held: Mapping[str, TrackedTrial], trial_id: str, *, alias: str | None) -> list[Decision]:
    if trial_id not in held:
        return [Decision(name=trial_id, alias=alias, is_new=False)]
    first, *others = untracked_with(held, trial_id)
    survivor = held[first].merged_into
    stays = survivor if survivor in held and survivor not in others else None
    along = [Decision(name=name, along_with=first) for name in others]
    return [Decision(name=first, alias=alias, survivor=stays), *along]


def untrack_query(transaction: Transaction, *, name: str, run_id: str) -> Decision:
    """Track a query no longer; who its members are is then not known any more."""
    held = {tracked.name for tracked in watch_list(transaction.connection).queries}
    decision = Decision(name=name, is_new=name in held)
    if decision.is_new:
        record_watching(transaction, [Tracking(type=WatchEventType.QUERY_UNTRACKED, name=name)], run_id=run_id)
    return decision


def untrack_registry(transaction: Transaction, *, run_id: str) -> Decision:
    """Track the whole registry no longer; queries and trials that are tracked by themselves stay so."""
    decision = Decision(is_new=watch_list(transaction.connection).everything is not None)
    if decision.is_new:
        record_watching(transaction, [Tracking(type=WatchEventType.REGISTRY_UNTRACKED)], run_id=run_id)
    return decision


def record_members(
    transaction: Transaction,
    *,
    name: str,
    present: Collection[str],
    data_on: date,
    observed_at: datetime,
    run_id: str,
    since: int | None = None,
    is_first_listing: bool = False,
) -> MemberChanges:
    """Record who is in the query called ``name`` now; ``present`` is a complete listing of it.

    The first listing since the query is tracked enters all of its members. Raises NotFound where the query is not
    tracked (any more), and Conflict where it is tracked anew since position ``since``, perhaps as another query.
    """
    tracked = {query.name: query.since for query in watch_list(transaction.connection).queries}
    if name not in tracked:
        raise NotFound(f"no query is tracked as {name}; its members are not recorded")
    if since is not None and since != tracked[name]:
        raise Conflict(f"the query {name} was tracked anew while it was listed; list it again")
    known, now = members(transaction.connection, name), frozenset(present)
    changes = MemberChanges(
        entered=tuple(sorted(now - known.keys())),
        left=tuple(sorted(trial_id for trial_id, is_present in known.items() if is_present and trial_id not in now)),
        reentered=tuple(sorted(trial_id for trial_id in now if known.get(trial_id) is False)),
    )
    told = (
        (WatchEventType.MEMBER_ENTERED, changes.entered),
        (WatchEventType.MEMBER_REENTERED, changes.reentered),
        (WatchEventType.MEMBER_LEFT, changes.left),
    )
    events = (
        Membership(
            type=event_type,
            name=name,
            trial_id=trial_id,
            data_on=data_on,
            observed_at=observed_at,
            is_first_listing=is_first_listing,
        )
        for event_type, ids in told
        for trial_id in ids
    )
    record_watching(transaction, events, run_id=run_id)
    return changes
