"""How long a question about one trial takes among 100,000, inside the process.

Floor: one SELECT of the trial's row by its key, by SQLAlchemy Core on the same connection.
"""

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy import select

from benchmarks.records import made_record
from store.json_text import decode
from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.clock import SystemClock
from tracker.domain.coverage import WHOLE
from tracker.pipeline.preparing import Prepared, address_of, prepare
from tracker.pipeline.recording import Recorder
from tracker.pipeline.replaying import ensure_views
from tracker.source import observe
from tracker.views.tables import TRIALS
from tracker.views.timelines import revision_at
from tracker.views.trails import TrailFilter, trail

TRIALS_COUNT = 100_000
QUESTIONS = 300
_BATCH = 1_000
_OBSERVED_AT = datetime(2026, 2, 3, 14, tzinfo=UTC)


def main() -> None:
    """Print the milliseconds of each question."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database.open(Path(folder) / "ledger.db", clock=SystemClock().now)
        ensure_views(database, show=lambda *_: None)
        assert database.dialect_name == "sqlite"
        _fill(database)
        with database.reading() as transaction:
            floor = _median_ms(lambda trial_id: _floor(transaction, trial_id))
            print(f"questions about one trial among {TRIALS_COUNT:,} (made records, SQLite), median of {QUESTIONS}:")
            for name, question in (("history", _history), ("show --as-of", _show)):
                took = _median_ms(lambda trial_id, ask=question: ask(transaction, trial_id))  # type: ignore[misc]
                times = f"{took / floor:.0f} times one SELECT by key ({floor:.2f} ms)"
                print(f"  {name}: {took:.2f} ms (aim under 5), {times}")
        database.close()


def _fill(database: Database) -> None:
    for start in range(0, TRIALS_COUNT, _BATCH):
        with database.writing() as transaction:
            Recorder(
                transaction=transaction,
                catalogue=default_catalogue(),
                run_id="benchmark",
                observed_at=_OBSERVED_AT,
            ).record(_prepared(number) for number in range(start, start + _BATCH))


def _prepared(number: int) -> Prepared:
    record = made_record(number % 50, sites=3)
    record["protocolSection"]["identificationModule"]["nctId"] = f"NCT{number:08d}"  # type: ignore[index]
    observation = observe(record, trial_id=f"NCT{number:08d}", coverage=WHOLE, source="benchmark")
    return prepare(observation, address=address_of(record))


def _history(transaction: Transaction, trial_id: str) -> object:
    return trail(transaction.connection, trial_id, TrailFilter(), limit=None)


def _show(transaction: Transaction, trial_id: str) -> object:
    held = revision_at(transaction.connection, trial_id, as_of=date(2026, 2, 15))
    return decode(transaction.snapshots.get(held.snapshot))


def _floor(transaction: Transaction, trial_id: str) -> object:
    return transaction.connection.execute(select(TRIALS).where(TRIALS.c.trial_id == trial_id)).one()


def _median_ms(ask: Callable[[str], object]) -> float:
    chosen = random.Random(7)
    times = []
    for _ in range(QUESTIONS):
        trial_id = f"NCT{chosen.randrange(TRIALS_COUNT):08d}"
        start = time.perf_counter()
        ask(trial_id)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
