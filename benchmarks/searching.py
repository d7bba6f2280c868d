"""How long the first page of a search takes among 100,000 trials, inside the process; and what searching costs in room.

Floor: one SELECT of as many trials by their keys, by SQLAlchemy Core on the same connection.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select, text

from benchmarks.large_ledger import TRIALS_COUNT, open_large_ledger
from store.unit_of_work import Database, Transaction
from tracker.views.finding import find_trials
from tracker.views.tables import TRIALS
from tracker.views.wanted_trials import TrialFilter

PAGE = 50
ROUNDS = 15
_TABLES = "view_search%", "view_words%", "sqlite_autoindex_view_search%"

_SEARCHES = {
    "everything": TrialFilter(),
    "a word of every third trial": TrialFilter(text="cancer"),
    "its beginning": TrialFilter(text="canc"),
    "a beginning of many words": TrialFilter(text="can"),
    "a word in none": TrialFilter(text="zyzzyva"),
    "two words": TrialFilter(text="cancer university"),
    "an id": TrialFilter(text="nct 00054321"),
    "the beginning of an id": TrialFilter(text="nct000543"),
    "a condition of every third": TrialFilter(conditions=("cancer",)),
    "the middle of a condition": TrialFilter(conditions=("ance",)),
    "one letter in a condition": TrialFilter(conditions=("a",)),
    "a condition of none": TrialFilter(conditions=("zyzzyva",)),
    "a sponsor's two words": TrialFilter(sponsors=("university of",)),
    "two words of every sponsor, never in that order (not aimed at)": TrialFilter(sponsors=("of university",)),
    "a word, a status, a phase, a country": TrialFilter(
        text="cancer", statuses=("COMPLETED",), phases=("PHASE3",), countries=("turkiye",)
    ),
    "a frequent word and a status of none": TrialFilter(text="cancer", statuses=("WITHHELD",)),
}


def main() -> None:
    """Print the milliseconds of each search, and the bytes of what it needs."""
    with tempfile.TemporaryDirectory() as folder:
        start = time.perf_counter()
        database = open_large_ledger(Path(folder) / "ledger.db")
        print(f"searches among {TRIALS_COUNT:,} trials (made in {time.perf_counter() - start:.0f} s, SQLite),")
        print(f"  first {PAGE}, median of {ROUNDS}, aim under 20 ms:")
        with database.reading() as transaction:
            floor = _median_ms(lambda: _floor(transaction))
            for name, wanted in _SEARCHES.items():
                _measure(transaction, name, wanted, floor=floor)
            _print_room(database, transaction)
        database.close()


def _measure(transaction: Transaction, name: str, wanted: TrialFilter, *, floor: float) -> None:
    took = _median_ms(lambda: find_trials(transaction.connection, wanted, limit=PAGE))
    page = find_trials(transaction.connection, wanted, limit=PAGE)
    more = " and more" if page.next else ""
    print(f"  {name}: {took:.1f} ms, {took / floor:.0f} times the floor; {len(page.items)} found{more}")


def _floor(transaction: Transaction) -> object:
    ids = [f"NCT{number:08d}" for number in range(0, PAGE * 1000, 1000)]
    return transaction.connection.execute(select(TRIALS).where(TRIALS.c.trial_id.in_(ids))).all()


def _print_room(database: Database, transaction: Transaction) -> None:
    named = " OR ".join(f"name LIKE '{name}'" for name in _TABLES)
    taken = transaction.connection.scalar(text(f"SELECT sum(pgsize) FROM dbstat WHERE {named}"))
    print(f"  room: {taken / TRIALS_COUNT:.0f} bytes a trial of {database.size_bytes() / TRIALS_COUNT:.0f}")


def _median_ms(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
