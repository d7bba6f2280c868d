"""Evaluation: everything that is new, matched with everybody who asks for it, and put into the outbox.

Promises that it can be broken off anywhere and run again, by several processes at once: what was evaluated is stored
with what came of it, and nothing is told twice. It sends nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from store.unit_of_work import Database, Transaction
from tracker.alerts.changes import tell_changes
from tracker.alerts.clock import last_day, record_what_lapsed
from tracker.alerts.conditions import tell_conditions
from tracker.alerts.digests import tell_digests


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluated:
    """What an evaluation looked at and put into the outbox; ``lapses_count`` events were recorded by the clock."""

    changes_count: int
    enqueued_count: int
    lapses_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluator:
    """Evaluates one ledger. ``new_id``: an id for a run of the clock."""

    database: Database
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    def evaluate(self) -> Evaluated:
        """Bring the outbox up to date with the ledger and the clock."""
        told = self.tell_news(turns_day=True)
        return Evaluated(
            changes_count=told.changes_count,
            enqueued_count=told.enqueued_count + self.tell_digests(),
            lapses_count=told.lapses_count,
        )

    def tell_news(self, *, turns_day: bool) -> Evaluated:
        """Tell those who are told at once what changed and what came true.

        Unless it ``turns_day``, lapses and conditions are judged by the day on which that was done last.
        """
        with self.database.writing() as transaction:
            today = self._today(transaction, turns_day=turns_day)
            lapses_count = record_what_lapsed(transaction, today=today, now=self.now(), run_id=self.new_id())
        changes_count = enqueued_count = 0
        is_done = False
        while not is_done:
            with self.database.writing() as transaction:
                step = tell_changes(transaction, now=self.now())
            changes_count, is_done = changes_count + step.changes_count, step.is_done
            enqueued_count += step.enqueued_count
        with self.database.writing() as transaction:
            enqueued_count += tell_conditions(transaction, today=today, now=self.now())
        return Evaluated(changes_count=changes_count, enqueued_count=enqueued_count, lapses_count=lapses_count)

    def tell_digests(self) -> int:
        """Enqueue the digests whose time has come; answers how many deliveries are new."""
        with self.database.writing() as transaction:
            return tell_digests(transaction, now=self.now())

    def _today(self, transaction: Transaction, *, turns_day: bool) -> date:
        today = self.now().date()
        return today if turns_day else last_day(transaction) or today
