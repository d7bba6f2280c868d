"""How fast records are imported, against a floor that does the unavoidable work and nothing else.

Floor: one core doing orjson parse, sorted dump, SHA-256 and zstd level 3 on the same bytes; for a second pass of
unchanged records, without zstd. The import may use all cores and ends with everything on disk, SQLite with
``synchronous=FULL``. Process start and migration are taken off and shown apart.
"""

import hashlib
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
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

RECORDS = 12_000
MEMORY_RECORDS = (4_000, 24_000)


def main() -> None:
    """Print the import's ratios and its memory."""
    what, _ = samples()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records.jsonl"
        megabytes = write_lines(path, RECORDS) / 1e6
        print(f"import of {RECORDS} records ({what}, renumbered, {megabytes:.0f} MB), JSON Lines into SQLite")
        floor, floor_unchanged = _floor(_with_zstd), _floor(_without_zstd)
        database, migration_s = _timed(lambda: _open(Path(folder) / "ledger.db"))
        _assert_full_sync(database)
        start_s = _process_start_s(database)
        first = RECORDS / (_import_s(database, path) - start_s)
        second = RECORDS / (_import_s(database, path) - start_s)
        size = database.size_bytes() / 1e6
        print(f"  floor {floor:,.0f}/s; import {first:,.0f}/s; ratio {first / floor:.2f} (aim 0.6)")
        ratio = second / floor_unchanged
        print(
            f"  floor without zstd {floor_unchanged:,.0f}/s; second pass {second:,.0f}/s; ratio {ratio:.2f} (aim 0.7)"
        )
        taken_off = f"start of {usual_processes()} processes {start_s:.2f} s, migration {migration_s:.2f} s"
        print(f"  taken off: {taken_off}; database {size:.0f} MB")
        database.close()
    for records in MEMORY_RECORDS:
        print(f"  peak memory of one process, {records} records: {_peak_mb(records):.0f} MB (aim under 400)")


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
