"""How many events of each type the ledger holds, kept up to date by counting what is new.

It promises that one question never takes long: the first of a large ledger is spread over several, and until the count
has come to the end there is no answer, rather than one that seems to rise.
"""

import time
from collections import Counter
from collections.abc import Callable, Mapping

from store.unit_of_work import Database

STEP = 100_000  # positions
BUDGET_S = 1.0


class EventCounts:
    """Counts one ledger; to be asked by one thread at a time."""

    def __init__(
        self, database: Database, *, step: int = STEP, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._step = step
        self._monotonic = monotonic
        self._counted_to = 0
        self._counts: Counter[str] = Counter()

    def __call__(self) -> Mapping[str, int] | None:
        """The counts by type; None as long as there is more to count than one question may take."""
        ends = self._monotonic() + BUDGET_S
        with self._database.reading() as transaction:
            head = transaction.events.head().position
            if head < self._counted_to:  # another ledger was put in its place
                self._counted_to, self._counts = 0, Counter()
            while self._counted_to < head and self._monotonic() < ends:
                until = min(self._counted_to + self._step, head)
                self._counts.update(transaction.events.counts_by_type(after=self._counted_to, until=until))
                self._counted_to = until
        return dict(self._counts) if self._counted_to == head else None
