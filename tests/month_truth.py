"""What a ledger must say of a simulated month, and who must have been told what, worked out from the registry itself.

It promises the changes from the simulator's own list, the days of UNKNOWN from the pure rule on its records, and who
asks for which change from the pure rules of matching, one request after the other. It looks at no daemon.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from store.unit_of_work import Transaction
from tests.following import Told, expected
from tracker.alerts.changes import items_of
from tracker.alerts.groups import Group, read_groups
from tracker.domain.conditions import Condition, TrialState, holds, parse_condition
from tracker.domain.results_duty import results_duty_of
from tracker.domain.staleness import ALWAYS, staleness_of
from tracker.domain.subscription_matching import matches_change, matches_scope
from tracker.pipeline.polling.refresh import PARTS, part_of, part_of_day
from tracker.simulator.net_changes import VISIBLE
from tracker.simulator.net_changes import Leg as SeenBy
from tracker.simulator.scopes import WholeRegistry
from tracker.simulator.sightings import seen_changes
from tracker.simulator.world import World
from tracker.views.standing import StandingSubscription, standing

UNKNOWN = parse_condition("unknown")
DAILY = (SeenBy.DELTA, SeenBy.SWEEP, SeenBy.DUE, SeenBy.MISSING)
OnDay = tuple[str, str]  # what, and the day on which it is told


class Refreshed(WholeRegistry):
    """The whole registry, of which a refresh reads a part for each day of the registry's data."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._releases = world.published
        self._until: date | None = None
        self._parts: frozenset[int] = frozenset()

    def move_to(self, release: int) -> None:
        super().move_to(release)
        today = self._releases.release_of(release).data_on
        since, self._until = self._until or today - timedelta(days=1), today
        days = min((today - since).days, PARTS)
        self._parts = frozenset(part_of_day(today - timedelta(days=back)) for back in range(max(days, 1)))

    def is_read(self, trial_id: str) -> bool:
        return part_of(trial_id) in self._parts


def wanted_events(world: World, first: Counter[Told], releases: Sequence[int]) -> Counter[Told]:
    """All that the ledger must say, which was polled by all legs at each of ``releases``; without what time did.

    ``first``: what it says of the first release.
    """
    return first + expected(world, seen_changes(world, releases, DAILY, scope=Refreshed(world)))


def asked_for(transaction: Transaction) -> Counter[tuple[str, str]]:
    """Each change with each subscription that asks for it, tried one by one; of digests, what they cover until now."""
    head = transaction.events.head().position
    groups = read_groups(transaction, after=0, until=head, about=head + 1).groups
    return Counter(
        (one.name, str(item["key"]))
        for one in standing(transaction.connection)
        for group in _until(groups, _covered(transaction, one, head))
        if matches_scope(one.request.scope, group.sides)
        for item in items_of(
            one, group, [change for change in group.changes if matches_change(one.request.wanted, change)]
        )
    )


def _covered(transaction: Transaction, one: StandingSubscription, head: int) -> int:
    """The position up to which the subscription was told."""
    if one.request.when.digest is None:
        return head
    kept = transaction.cursors.get(f"digest:{one.subscription_id}")
    return int(kept["position"]) if kept else 0


def _until(groups: Sequence[Group], position: int) -> Iterator[Group]:
    yield from (group for group in groups if group.position <= position)


@dataclass(slots=True, kw_only=True)
class Watch:
    """Watches the registry's records by the rule, day after day, as who subscribed to UNKNOWN before the first release.

    ``lapses``: each trial and its first day of UNKNOWN, with the day on which that is recorded; ``alerts``: each key of
    an alert with the day on which it is sent.
    """

    world: World
    condition: Condition = UNKNOWN
    lapses: Counter[OnDay] = field(default_factory=Counter)
    alerts: Counter[OnDay] = field(default_factory=Counter)
    _first_seen: dict[str, date] = field(default_factory=dict)
    _told: set[str] = field(default_factory=set)

    def look(self) -> None:
        """Look at all records of the release that is public now, on the present day."""
        release, today = self.world.release.number, self.world.clock.now().date()
        for trial_id in self.world.trial_ids():
            if self.world.truth.where(trial_id, release) != VISIBLE:
                continue  # it is there again with the next release
            is_new = trial_id not in self._first_seen
            self._first_seen.setdefault(trial_id, today)
            self._judge(trial_id, today, release=release, is_silent=is_new)

    def _judge(self, trial_id: str, today: date, *, release: int, is_silent: bool) -> None:
        record = self.world.record_at(trial_id, release)
        state = TrialState(staleness=staleness_of(record), duty=results_duty_of(record))
        cause = holds(self.condition, state, on=today)
        if cause is None:
            return
        key = f"{self.condition}:{trial_id}:{cause}"
        if key not in self._told and not is_silent:
            self.alerts[key, today.isoformat()] += 1
        self._told.add(key)
        since = state.staleness.lapses_on
        lapse = f"{trial_id} {since}"
        if since is not None and since != ALWAYS and since > self._first_seen[trial_id] and lapse not in self._told:
            self.lapses[lapse, today.isoformat()] += 1
            self._told.add(lapse)
