"""What an import does beside recording: it keeps what it refuses, counts, reports, and stays small."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import tracker
from tests.contract.pipeline.folders import frequent_importer
from tests.contract.pipeline.lab import Lab, MadeSource, raw_of
from tests.records import record, trial_ids
from tracker.pipeline.importing import Progress
from tracker.source import Place, RawRecord, Refusal
from tracker.sources.files import FileSource
from tracker.sources.found import Skipped

IMPORT_MUCH = """
import resource, sys
from tests.contract.pipeline.lab import Lab
from tracker.sources.files import FileSource

peaks_kb = {}

def show(progress):
    peaks_kb[progress.records_done // 2_000] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

with FileSource([sys.argv[2]]) as source:
    summary = Lab.open(sys.argv[1]).importer().run(source, show=show)
print(summary.counts.new_trials, peaks_kb[1], peaks_kb[10])
"""
ALLOWANCE_KB = 24_000


def test_memory_does_not_grow_with_the_length_of_an_import(tmp_path: Path) -> None:
    """After the first 2,000 to 4,000 of 20,000 records the peak rises by no more than a fixed allowance."""
    line = '{"protocolSection":{"identificationModule":{"nctId":"%s"},"statusModule":{}},"hasResults":false}\n'
    ids, path = trial_ids(), tmp_path / "many.jsonl"
    path.write_text("".join(line % next(ids) for _ in range(20_000)), "utf-8")
    told = subprocess.run(
        [sys.executable, "-c", IMPORT_MUCH, f"sqlite:///{tmp_path / 'ledger.db'}", str(path)],
        env={**os.environ, "PYTHONPATH": str(Path(tracker.__path__[0]).parent)},
        check=True,
        capture_output=True,
        text=True,
    )
    new, peak_kb, later_peak_kb = (int(number) for number in told.stdout.split())
    assert 20_000 == new
    assert later_peak_kb - peak_kb < ALLOWANCE_KB


def refusal(n: int, raw: bytes = b"x") -> Refusal:
    """An input that a source refused."""
    place = Place(file=f"{n}.zip", member="a.json")
    return Refusal(place=place, reason="not a study", raw=raw, size_bytes=len(raw), sha256=f"{n:064}")


def skipped() -> Skipped:
    """Something that is plainly no record."""
    return Skipped(place=Place(file="README.md"), reason="no record")


@pytest.mark.parametrize(("count", "raw"), ((100, b"x" * 1_000_000), (400, b"")), ids=("large", "many"))
def test_refused_inputs_are_stored_as_they_come(own_lab: Lab, count: int, raw: bytes) -> None:
    """Bad inputs alone, large or many, do not gather in memory until the end."""
    reports: list[int] = []
    source = MadeSource([refusal(n, raw) for n in range(count)])
    importer = frequent_importer(own_lab.database)
    summary = importer.run(source, show=lambda progress: reports.append(progress.records_done))
    assert (count, count) == (summary.records, summary.rejected)
    assert len(reports) >= 3
    with own_lab.database.reading() as transaction:
        assert count == transaction.quarantine.count()


def test_refused_records_are_kept_and_the_rest_is_stored(own_lab: Lab, tmp_path: Path) -> None:
    """Each with its file, line, reason and bytes, also after the source is gone."""
    good = [raw_of(record(trial_id)).raw for trial_id in ("NCT00000001", "NCT00000002", "NCT00000003")]
    file = tmp_path / "records.jsonl"
    file.write_bytes(b"\n".join((good[0], b'{"protocolSection": ', good[1], b"[1]", good[2], b"")))
    with FileSource([file]) as source:
        summary = own_lab.importer().run(source)
    file.unlink()
    assert (5, 2, 3) == (summary.records, summary.rejected, summary.counts.new_trials)
    with own_lab.database.reading() as transaction:
        kept = transaction.quarantine.list()
        bodies = [transaction.quarantine.raw(one.id) for one in kept]
    assert [(str(file), None, 2), (str(file), None, 4)] == [(one.file, one.member, one.line) for one in kept]
    assert [b'{"protocolSection":', b"[1]"] == [body.strip() for body in bodies]
    assert {summary.run_id} == {one.run_id for one in kept}
    assert all(one.reason for one in kept)


def test_importing_bad_input_again_keeps_it_once(own_lab: Lab) -> None:
    """The same input refused for the same reason is one reject."""
    broken = RawRecord(place=Place(file="broken.json"), raw=b"{", kind="study")
    for _ in range(2):
        assert 1 == own_lab.run(MadeSource([broken, refusal(1)])).rejected - 1
    with own_lab.database.reading() as transaction:
        assert 2 == transaction.quarantine.count()


def test_an_import_as_such_leaves_no_event(own_lab: Lab) -> None:
    """Nothing, only bad input, or only what is known: the ledger stays as it is."""
    own_lab.see(own_lab.record())
    with own_lab.database.reading() as transaction:
        head = transaction.events.head()
    own_lab.see()
    own_lab.see(own_lab.record())
    own_lab.run(MadeSource([refusal(1), skipped()]))
    with own_lab.database.reading() as transaction:
        assert head == transaction.events.head()
    assert own_lab.verify().ok


def test_everything_that_was_met_is_counted(own_lab: Lab) -> None:
    """New, changed, unchanged, refused and skipped; events and revisions as the ledger has them."""
    ids = trial_ids()
    trials = [next(ids) for _ in range(5)]
    own_lab.see(*(record(trial) for trial in trials[:3]))
    met = [raw_of(record(trial)) for trial in trials[1:]]
    changed = raw_of(record(trials[0], status="COMPLETED", posted_on="2026-02-20"))
    summary = own_lab.run(MadeSource([*met, changed, refusal(1), skipped()]))
    counts = summary.counts
    assert (6, 1, 1) == (summary.records, summary.rejected, summary.skipped)
    assert (2, 3, 2, 4) == (counts.new_trials, counts.new_revisions, counts.unchanged, counts.events)
    assert 3 + 4 == own_lab.events_count()


def test_progress_reaches_the_whole(own_lab: Lab) -> None:
    """Bytes and records done rise; in the end all bytes are done and all records stored, versions included."""
    shown: list[tuple[int, int, int]] = []
    versions = [record(data_on=f"2026-02-{day:02}", posted_on=f"2026-02-{day:02}") for day in range(1, 28)]
    source = MadeSource([raw_of(one) for one in (*versions, record("NCT00000002"))])

    def show(progress: Progress) -> None:
        shown.append((progress.bytes_done, progress.records_done, progress.records_stored))

    own_lab.run(source, show=show)
    assert sorted(shown) == shown
    assert (source.survey().total_bytes, 28, 28) == shown[-1]


def test_records_read_by_several_processes_are_recorded_in_the_order_of_the_input(own_url: str, tmp_path: Path) -> None:
    """An import large enough for worker processes records what one process would, in the same order."""
    lab = Lab.open(own_url)
    ids = trial_ids()
    text = {"briefSummary": "A long summary. " * 1250}
    records = [record(next(ids), descriptionModule=text) for _ in range(410)]
    summary = lab.see(*records, records[0])
    assert (410, 411) == (summary.counts.new_trials, summary.records)
    with lab.database.reading() as transaction:
        recorded = [event.stream[-11:] for event in transaction.events.read_all()]
    given = [one["protocolSection"]["identificationModule"]["nctId"] for one in records]
    assert [*given[1:], given[0]] == recorded  # what comes twice is held back
    lab.close()
