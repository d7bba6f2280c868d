"""How fast records are imported, against a floor that does the unavoidable work and nothing else.

Floor: one core doing orjson parse, sorted dump, SHA-256 and zstd level 3 on the same bytes; for a second pass of
unchanged records, without zstd. The import may use all cores and ends with everything on disk, SQLite with
``synchronous=FULL``. Process start and migration are taken off and shown apart.
"""

import hashlib
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import orjson
import zstandard

from benchmarks.records import renumbered, samples, write_lines
from store.unit_of_work import Database
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.clock import SystemClock
from tracker.pipeline.importing import Importer, usual_processes
from tracker.pipeline.reading import Reading, read_in_processes
from tracker.pipeline.replaying import ensure_views
from tracker.sources.files import FileSource
from tracker.sources.reading import read_record

T = TypeVar("T")

RECORDS = 6_000
ROUNDS = 5  # floor and import in turn, so that a machine that slows down slows down both
MEMORY_RECORDS = (4_000, 24_000)
_LATER_RELEASE = "2099-01-01"  # of records whose content did not change: only their stamp differs


def main() -> None:
    """Print the import's ratios and its memory."""
    what, _ = samples()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.jsonl"
        megabytes = write_lines(path, RECORDS) / 1e6
        print(f"import of {RECORDS} records ({what}, renumbered, {megabytes:.0f} MB), JSON Lines into SQLite,")
        print(f"  median of {ROUNDS} rounds of floor and import in turn (least to most):")
        later = Path(folder) / "later.jsonl"
        write_lines(later, RECORDS, release=_LATER_RELEASE)
        rounds = [_round(path, later, Path(folder) / f"{number}.db") for number in range(ROUNDS)]
    _print_ratio("import", "floor", [(one.import_rate, one.floor) for one in rounds], aim=0.6)
    unchanged = [(one.second_rate, one.floor_unchanged) for one in rounds]
    _print_ratio("second pass of the same bytes", "floor without zstd", unchanged, aim=0.7)
    released = [(one.later_rate, one.floor_unchanged) for one in rounds]
    _print_ratio("then the same in a later release", "floor without zstd", released, aim=0.7)
    start_s = statistics.median(one.start_s for one in rounds)
    migration_s = statistics.median(one.migration_s for one in rounds)
    print(f"  taken off: start of {usual_processes()} processes {start_s:.2f} s, migration {migration_s:.2f} s")
    for records in MEMORY_RECORDS:
        print(f"  peak memory of one process, {records} records: {_peak_mb(records):.0f} MB (aim under 400)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Rates per second of one round, and the seconds that were taken off."""

    floor: float
    floor_unchanged: float
    import_rate: float
    second_rate: float
    later_rate: float
    start_s: float
    migration_s: float


def _round(path: Path, later: Path, database_path: Path) -> _Round:
    database, migration_s = _timed(lambda: _open(database_path))
    _assert_full_sync(database)
    start_s = _process_start_s(database)
    floor = _floor(_with_zstd)
    import_s = _import_s(database, path) - start_s
    floor_unchanged = _floor(_without_zstd)
    second_s = _import_s(database, path) - start_s
    later_s = _import_s(database, later) - start_s
    database.close()
    return _Round(
        floor=floor,
        floor_unchanged=floor_unchanged,
        import_rate=RECORDS / import_s,
        second_rate=RECORDS / second_s,
        later_rate=RECORDS / later_s,
        start_s=start_s,
        migration_s=migration_s,
    )


def _print_ratio(ours: str, floor: str, rates: list[tuple[float, float]], *, aim: float) -> None:
    ratios = [our / least for our, least in rates]
    our_rate, floor_rate = (statistics.median(rate) for rate in zip(*rates, strict=True))
    spread = f"{statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f}; aim {aim})"
    print(f"  {ours} {our_rate:,.0f}/s, {floor} {floor_rate:,.0f}/s: ratio {spread}")


def _with_zstd(body: bytes, compressor: zstandard.ZstdCompressor) -> None:
    dump = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    hashlib.sha256(dump).hexdigest()
    compressor.compress(dump)


def _without_zstd(body: bytes, _: zstandard.ZstdCompressor) -> None:
    hashlib.sha256(orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)).hexdigest()


def _floor(work: Callable[[bytes, zstandard.ZstdCompressor], None]) -> float:
    bodies = list(renumbered(RECORDS // 4))
    compressor = zstandard.ZstdCompressor(level=3)
    start = time.perf_counter()
    for body in bodies:
        work(body, compressor)
    return len(bodies) / (time.perf_counter() - start)


def _open(path: Path) -> Database:
    database = Database.open(path, clock=SystemClock().now)
    ensure_views(database, show=lambda *_: None)
    return database


def _assert_full_sync(database: Database) -> None:
    with database.writing() as transaction:
        level = transaction.connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        journal = transaction.connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
    assert (level, journal) == (2, "wal"), f"expected synchronous=FULL and WAL, got {level}, {journal}"


def _process_start_s(database: Database) -> float:
    reading = Reading(database_url=database.url, read=read_record, repeated=frozenset())
    _, seconds = _timed(lambda: list(read_in_processes([[]] * usual_processes(), reading, processes=usual_processes())))
    return seconds


def _import_s(database: Database, path: Path) -> float:
    importer = Importer(
        database=database,
        catalogue=default_catalogue(),
        read=read_record,
        now=SystemClock().now,
        processes=usual_processes(),
    )
    with FileSource([path]) as source:
        summary, seconds = _timed(lambda: importer.run(source))
    assert summary.records == RECORDS or summary.records in MEMORY_RECORDS, summary
    assert summary.rejected == 0, summary
    return seconds


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _peak_mb(records: int) -> float:
    """Peak memory of the largest process of an import, run in processes of its own."""
    code = f"from benchmarks.importing import measure_memory; measure_memory({records})"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(answer.stdout)


def measure_memory(records: int) -> None:
    """Import and print the peak of this process or of its largest worker, in MB."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.jsonl"
        write_lines(path, records)
        database = _open(Path(folder) / "ledger.db")
        _import_s(database, path)
        database.close()
    peaks = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    print(max(peaks) / 1024)


if __name__ == "__main__":
    main()
