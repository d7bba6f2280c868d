"""What a subscription would have been told of changes, day by day along the registry's timeline.

Promises: the same groups, matched and told in the same way as ``tracker.alerts.changes`` does when they are recorded;
by the queries that found the trial then. It writes nothing.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from heapq import merge

from store.unit_of_work import Transaction
from tracker.alerts.changes import items_of
from tracker.alerts.groups import Group, groups_of_members, groups_of_trials, member_change, shown_on
from tracker.alerts.items import Item
from tracker.alerts.matching import Matcher
from tracker.alerts.past_members import PastMembers
from tracker.domain.events import Origin, Significance
from tracker.domain.facts import Facts
from tracker.domain.subscription import Wanted
from tracker.domain.subscription_matching import matches_change
from tracker.ledger.watch_events import Membership, RecordedWatchEvent
from tracker.ledger.watch_ledger import WatchLedger
from tracker.views.answers import AnsweredChange
from tracker.views.days import DayFilter, changes_on, days_with_changes
from tracker.views.spans import shown_spans
from tracker.views.standing import StandingSubscription

_PAGE_TRIALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PastGroup:
    """The items of one revision, or of one member that came or went, on a day of the timeline."""

    on: date
    items: list[Item]


@dataclass(slots=True, kw_only=True)
class PastChanges:
    """The changes from ``since`` to ``until`` for one subscription. ``check``: called often; it may raise to end it.

    ``left_out_count``: changes that came from the registry's history and were therefore not told.
    """

    transaction: Transaction
    subscription: StandingSubscription
    members: PastMembers
    since: date
    until: date
    check: Callable[[], None]
    left_out_count: int = 0
    _by_day: dict[date, list[RecordedWatchEvent]] = field(default_factory=dict)

    def groups(self) -> Iterator[PastGroup]:
        """What would have been told, in the order of days."""
        wanted = self.subscription.request.wanted
        if wanted.when and not wanted.has_event_options:
            return
        lenient = dataclasses.replace(wanted, include_backfill=True)
        request = dataclasses.replace(self.subscription.request, wanted=lenient)
        matcher = Matcher([dataclasses.replace(self.subscription, request=request)])
        self._by_day = self._member_events(lenient)
        for day in self._days():
            for group in self._groups_on(day):
                for matched in matcher.matched(group.sides, group.changes):
                    items = items_of(self.subscription, group, self._allowed(matched.changes))
                    if items:
                        yield PastGroup(on=day, items=items)

    def _allowed(self, changes: list[AnsweredChange]) -> Iterator[AnsweredChange]:
        for change in changes:
            if matches_change(self.subscription.request.wanted, change):
                yield change
            else:
                self.left_out_count += change.origin == Origin.BACKFILL

    def _days(self) -> Iterator[date]:
        days = days_with_changes(self.transaction.connection, since=self.since, until=self.until)
        last = None
        for day in merge(days, sorted(self._by_day)):
            if day != last:
                self.check()
                yield day
            last = day

    def _groups_on(self, day: date) -> Iterator[Group]:
        told = self._by_day.get(day, [])
        known = self._known_on(day, {one.event.trial_id for one in told if isinstance(one.event, Membership)})
        members = groups_of_members(self.transaction, told, known=known)
        of_members = ((group.position, group) for group in members)
        for _, group in merge(self._groups_of_trials(day), of_members, key=lambda placed: placed[0]):
            yield group

    def _known_on(self, day: date, trial_ids: Collection[str]) -> dict[str, Facts]:
        """What was shown of trials on a day, or first after it."""
        known, wanted = dict[str, Facts](), sorted(trial_ids)
        for at in range(0, len(wanted), _PAGE_TRIALS):
            for trial_id, spans in shown_spans(self.transaction.connection, wanted[at : at + _PAGE_TRIALS]).items():
                shown = [span for span in spans if span.first <= day] or spans[:1]
                if shown:
                    known[trial_id] = shown[-1].facts
        return known

    def _groups_of_trials(self, day: date) -> Iterator[tuple[int, Group]]:
        wanted = _day_filter(self.subscription)
        for page in changes_on(self.transaction.connection, day, wanted):
            self.check()
            changes = [change for _, together in page for change in together]
            groups = groups_of_trials(self.transaction, changes, queries_of=self._queries_of)
            places = {together[0].position: place for place, together in page}
            yield from ((places[group.position], group) for group in groups)

    def _queries_of(self, change: AnsweredChange) -> frozenset[str]:
        return self.members.queries_on(str(change.trial_id), date.fromisoformat(shown_on(change)))

    def _member_events(self, wanted: Wanted) -> dict[date, list[RecordedWatchEvent]]:
        names, by_day = self.subscription.request.scope.queries, dict[date, list[RecordedWatchEvent]]()
        for told in WatchLedger(self.transaction).read():
            event = told.event
            if not isinstance(event, Membership) or not self.since <= event.data_on <= self.until:
                continue
            if (not names or event.name in names) and matches_change(wanted, member_change(told)):
                by_day.setdefault(event.data_on, []).append(told)
        return by_day


def _day_filter(subscription: StandingSubscription) -> DayFilter:
    """What the database can leave out already; the rest is the matcher's."""
    wanted, scope = subscription.request.wanted, subscription.request.scope
    return DayFilter(
        fields=wanted.fields,
        types=wanted.types,
        categories=wanted.categories,
        origins=wanted.origins,
        without_origins=() if wanted.include_backfill else (Origin.BASELINE.value,),
        trials=scope.trials,
        significance=wanted.significance or (None if wanted.has_event_options else Significance.MAJOR),
    )
