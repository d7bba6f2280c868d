"""What a subscription would have been told of conditions of time, day by day, from what was shown of trials when.

Promises what looking at all trials on each day (or at each digest) would have given, from those alone of which a
condition can hold in that time; in memory are their days, and the items of one message. It writes nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import groupby

from store.unit_of_work import Transaction
from tracker.alerts.content import MOST_ITEMS
from tracker.alerts.items import Item, condition_item, over_item
from tracker.alerts.past_members import PastMembers
from tracker.alerts.tellings import Held, state_of_revision, told_of
from tracker.domain.condition_days import Looks, Span, Telling, Turn, tellings_of
from tracker.domain.conditions import Condition, TrialState
from tracker.domain.conditions_over import over_reason
from tracker.domain.results_duty import Reported, ResultsDuty, overdue_from
from tracker.domain.subscription_matching import TrialSide, matches_scope
from tracker.views.holdings import holdings
from tracker.views.spans import Shown, shown_spans, trials_that_may_hold
from tracker.views.standing import StandingSubscription
from tracker.views.timelines import revision_at

_PAGE_TRIALS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Placed:
    """What is told of a trial, with the place of its condition in the request."""

    place: int
    condition: Condition
    trial_id: str
    telling: Telling

    @property
    def key(self) -> str:
        """What it is told once under."""
        return f"{self.condition}:{self.trial_id}:{self.telling.cause}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PastNews:
    """What is told on a day: conditions that hold and that are over; the first items of each, and all trials."""

    on: date
    holding: list[Item]
    over: list[Item]
    holding_ids: Sequence[str]
    over_ids: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PastConditions:
    """The conditions of one subscription at some looks. ``check``: called often; it may raise to end it.

    ``in_full_on``: the day of which all items are told, and not the first 200.
    """

    transaction: Transaction
    subscription: StandingSubscription
    members: PastMembers
    looks: Looks
    check: Callable[[], None]
    in_full_on: date | None = None

    def news(self) -> Iterator[PastNews]:
        """What would have been told, in the order of days."""
        told = [
            tellings
            for place, condition in enumerate(self.subscription.request.wanted.when)
            for tellings in self._tellings(place, condition)
        ]
        by_day = merge(*told, key=lambda placed: placed.telling.on)
        for on, placed in groupby(by_day, key=lambda one: one.telling.on):
            self.check()
            yield self._news(on, list(placed))

    def _tellings(self, place: int, condition: Condition) -> Iterator[Iterator[_Placed]]:
        """For each trial of which the condition can hold, what is told of it."""
        scope, looks = self.subscription.request.scope, self.looks
        trial_ids = trials_that_may_hold(
            self.transaction.connection, condition, since=looks.since, until=looks.until, trial_ids=scope.trials
        )
        for at in range(0, len(trial_ids), _PAGE_TRIALS):
            self.check()
            for trial_id, shown in shown_spans(self.transaction.connection, trial_ids[at : at + _PAGE_TRIALS]).items():
                spans = [span for one in shown for span in self._spans(one)]
                if any(span.is_asked for span in spans):
                    yield _placed(place, condition, trial_id, spans, looks)

    def _spans(self, shown: Shown) -> Iterator[Span]:
        state = _owed_state(shown)
        turning = [day for day in self.members.turning_days(shown.trial_id) if shown.first < day <= shown.last]
        begins = [shown.first, *turning]
        ends = [*(date.fromordinal(day.toordinal() - 1) for day in turning), shown.last]
        for first, last in zip(begins, ends, strict=True):
            queries = self.members.queries_at(shown.trial_id, first)
            side = TrialSide(trial_id=shown.trial_id, facts=shown.facts, queries=queries)
            is_asked = matches_scope(self.subscription.request.scope, [side])
            yield Span(first=first, last=last, state=state, revision=shown.revision, is_asked=is_asked)

    def _news(self, on: date, placed: Sequence[_Placed]) -> PastNews:
        holding = [one for one in placed if one.telling.turn is not Turn.OVER]
        holding.sort(key=lambda one: (one.telling.turn, one.place, one.trial_id))
        over = sorted((one for one in placed if one.telling.turn is Turn.OVER), key=lambda one: one.key)
        most = None if on == self.in_full_on else MOST_ITEMS
        return PastNews(
            on=on,
            holding=self._held(on, holding[:most]),
            over=self._over(over[:most]),
            holding_ids=[one.trial_id for one in holding],
            over_ids=[one.trial_id for one in over],
        )

    def _held(self, on: date, placed: Sequence[_Placed]) -> list[Item]:
        items: dict[str, Item] = {}
        for condition in dict.fromkeys(one.condition for one in placed):
            wanted = [one.trial_id for one in placed if one.condition == condition]
            for holding in holdings(self.transaction.connection, condition, on=on, trial_ids=wanted):
                held = Held(condition=condition, holding=holding)
                items[held.key] = condition_item(held.told)
        return [items[one.key] for one in placed]

    def _over(self, placed: Sequence[_Placed]) -> list[Item]:
        items = []
        for one in placed:
            shown = revision_at(self.transaction.connection, one.trial_id, number=one.telling.now.revision)
            told = told_of(shown, condition=str(one.condition), cause=one.telling.cause)
            items.append(over_item(told, reason=self._reason(one)))
        return items

    def _reason(self, one: _Placed) -> str:
        before, now = (
            state_of_revision(self.transaction, one.trial_id, span.revision)
            for span in (one.telling.before, one.telling.now)
        )
        return over_reason(one.condition, before, now=now, on=one.telling.on) or ""


def _placed(place: int, condition: Condition, trial_id: str, spans: Sequence[Span], looks: Looks) -> Iterator[_Placed]:
    for telling in tellings_of(spans, condition, looks=looks):
        yield _Placed(place=place, condition=condition, trial_id=trial_id, telling=telling)


def _owed_state(shown: Shown) -> TrialState:
    """The state as far as the days of conditions need it: of the duty to report, what is owed."""
    due_on = shown.facts.results_due_on
    duty = ResultsDuty(
        exemption=None,
        due_on=due_on,
        overdue_from=overdue_from(due_on),
        reported=Reported.NOT_REPORTED,
        certified_on=None,
    )
    return TrialState(staleness=shown.facts.staleness, duty=duty, whereabouts=shown.whereabouts)
