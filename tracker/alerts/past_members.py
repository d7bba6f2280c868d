"""Which trials tracked queries found on past days, as far as the ledger knows.

Promises: a trial that a query's first listing showed counts as found ever since, as nothing is known to have changed;
one that came later is found from the data release that showed it, and one that left until the release that showed that.
What was before a query was last untracked is forgotten.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from store.unit_of_work import Transaction
from tracker.domain.watching import WatchEventType
from tracker.ledger.watch_events import Membership, RecordedWatchEvent, Tracking
from tracker.ledger.watch_ledger import WatchLedger

_Steps = list[tuple[date, bool]]  # from which day on a query found the trial, or found it no more


@dataclass(slots=True)
class PastMembers:
    """By trial and query, the steps in their order."""

    _steps: dict[str, dict[str, _Steps]] = field(default_factory=lambda: defaultdict(dict))

    @classmethod
    def of(cls, events: Iterable[RecordedWatchEvent]) -> "PastMembers":
        """The members that follow from events of watching, in the order of positions."""
        found = cls()
        for told in events:
            event = told.event
            if isinstance(event, Membership):
                found._step(event)
            elif event.type is WatchEventType.QUERY_UNTRACKED:
                for of_trial in found._steps.values():
                    of_trial.pop(event.name, None)
        return found

    def queries_at(self, trial_id: str, on: date) -> frozenset[str]:
        """The queries that find the trial at the end of a day."""
        return frozenset(name for name, steps in self._of(trial_id).items() if _is_present(steps, on))

    def queries_on(self, trial_id: str, on: date) -> frozenset[str]:
        """The queries that find the trial on a day, or found it until then."""
        left = {name for name, steps in self._of(trial_id).items() if (on, False) in steps}
        return self.queries_at(trial_id, on) | left

    def turning_days(self, trial_id: str) -> Sequence[date]:
        """The days on which the trial came or went; rising."""
        return sorted({day for steps in self._of(trial_id).values() for day, _ in steps})

    def _of(self, trial_id: str) -> dict[str, _Steps]:
        return self._steps.get(trial_id, {})

    def _step(self, event: Membership) -> None:
        is_present = event.type is not WatchEventType.MEMBER_LEFT
        since = date.min if event.is_first_listing else event.data_on
        self._steps[event.trial_id].setdefault(event.name, []).append((since, is_present))


def past_members(transaction: Transaction, names: Collection[str]) -> PastMembers:
    """The members of the queries of these names."""
    return PastMembers.of(told for told in WatchLedger(transaction).read() if _name_of(told) in names)


def _name_of(told: RecordedWatchEvent) -> str | None:
    event = told.event
    is_of_query = not isinstance(event, Tracking) or event.type is WatchEventType.QUERY_UNTRACKED
    return event.name if is_of_query else None


def _is_present(steps: _Steps, on: date) -> bool:
    return next((is_present for day, is_present in reversed(steps) if day <= on), False)
