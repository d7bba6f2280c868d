"""An import that dies, wherever, loses nothing stored and repeats nothing when it is run again."""

import multiprocessing
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from random import Random

import pytest

from store.unit_of_work import Database
from tests.contract.pipeline.folders import (
    contents,
    frequent_importer,
    import_and_report,
    import_paths,
    rejects,
    told,
    write_folder,
)
from tests.contract.pipeline.lab import Lab, silent, ticking_clock
from tests.copies import copied
from tracker.pipeline.importing import Progress
from tracker.pipeline.replaying import rebuild
from tracker.sources.files import FileSource

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["tests.contract.pipeline.folders"])


@pytest.fixture(scope="session")
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Trials with their versions."""
    path = tmp_path_factory.mktemp("import") / "records"
    write_folder(path, request.param)
    return path


@pytest.fixture(scope="session")
def uninterrupted(folder: Path, empty_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """What an import makes of the folder when nothing goes wrong."""
    with copied(empty_sqlite, tmp_path_factory.mktemp("whole")) as url:
        import_paths(url, str(folder))
        lab = Lab.open(url)
        yield lab
        lab.close()


few = pytest.mark.parametrize("folder", (40,), indirect=True, ids=("100 records",))
many = pytest.mark.parametrize("folder", (120,), indirect=True, ids=("300 records",))


def check_same(expected: Lab, actual: Lab) -> None:
    """Trials, revisions, events and rejects are the same, and everything is in order."""
    assert told(expected) == told(actual)
    assert contents(expected) == contents(actual)
    assert rejects(expected) == rejects(actual)
    assert actual.verify().ok


@many
def test_an_uninterrupted_import_is_what_the_others_are_measured_by(uninterrupted: Lab) -> None:
    """120 trials with 300 records, three in four with versions; two bad ones; rebuilt views are the live ones."""
    timelines = contents(uninterrupted)
    assert 120 == len(timelines)
    assert {1: 30, 2: 30, 3: 30, 4: 30} == {
        length: sum(length == len(line) for line in timelines.values()) for length in range(1, 5)
    }
    assert [("a.jsonl", 8), ("b.jsonl", 61)] == [(file, line) for file, _, line, _, _ in rejects(uninterrupted)]
    live = uninterrupted.rows()
    rebuild(uninterrupted.database, show=silent)
    assert live == uninterrupted.rows()


@few
def test_a_crash_after_each_commit(own_lab: Lab, folder: Path, uninterrupted: Lab) -> None:
    """Broken off once after every transaction in turn, it ends as if nothing had happened."""
    crashes = 0
    while crashes < 100:
        commits_left = crashes

        def show(progress: Progress) -> None:
            nonlocal commits_left
            commits_left -= 1
            if commits_left < 0:
                raise KeyboardInterrupt

        try:
            with FileSource([folder]) as source:
                frequent_importer(own_lab.database).run(source, show=show)
            break
        except KeyboardInterrupt:
            crashes += 1
    assert crashes >= 7
    check_same(uninterrupted, own_lab)


class Stops(Exception):
    """The power is gone."""


@few
def test_a_crash_inside_each_transaction(own_url: str, folder: Path, uninterrupted: Lab) -> None:
    """The store reads its clock in the middle of a transaction; dying there keeps nothing of it."""
    reads_left = 0
    clock = ticking_clock()

    def stopping_clock() -> datetime:
        nonlocal reads_left
        reads_left -= 1
        if reads_left < 0:
            raise Stops
        return clock()

    crashes = 0
    database = Database.open(own_url, clock=stopping_clock)
    while True:
        reads_left = crashes * 3 + 2
        try:
            with FileSource([folder]) as source:
                frequent_importer(database).run(source)
            break
        except Stops:
            crashes += 1
    database.close()
    assert crashes >= 8
    lab = Lab.open(own_url)
    check_same(uninterrupted, lab)
    lab.close()


@many
def test_kill_9_at_any_moment(own_url: str, folder: Path, uninterrupted: Lab) -> None:
    """Killed 12 times, at a random moment after ever more transactions, it ends as if nothing had happened."""
    random = Random(16)
    stored = []
    lab = Lab.open(own_url)
    for n in range(12):
        kill_after(own_url, folder, reports_count=n, then_s=random.uniform(0, 0.02))
        stored.append(lab.events_count())
    assert len(set(stored)) > 5
    import_paths(own_url, str(folder))
    check_same(uninterrupted, lab)
    lab.close()


def kill_after(url: str, folder: Path, *, reports_count: int, then_s: float) -> None:
    """Import in another process, and kill it a moment after it has reported so many transactions."""
    reports, reporter = FORKSERVER.Pipe(duplex=False)
    process = FORKSERVER.Process(target=import_and_report, args=(url, str(folder), reporter))
    process.start()
    reporter.close()
    with suppress(EOFError):  # it was done before
        for _ in range(reports_count):
            reports.recv()
    process.join(timeout=then_s)
    process.kill()
    process.join()
    reports.close()


@many
def test_two_imports_at_once_lose_and_double_nothing(own_url: str, folder: Path, uninterrupted: Lab) -> None:
    """Two processes import overlapping halves; each content is there once, in its place of the timeline."""
    versions = str(folder / "versions.jsonl")
    halves = ((str(folder / "a.jsonl"), versions), (versions, str(folder / "b.jsonl")))
    processes = [FORKSERVER.Process(target=import_paths, args=(own_url, *half)) for half in halves]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [0, 0] == [process.exitcode for process in processes]
    lab = Lab.open(own_url)
    assert contents(uninterrupted) == contents(lab)
    assert sorted(rejects(uninterrupted)) == sorted(rejects(lab))
    firsts = [event["stream"] for event in told(lab) if event["event"][1] == "trial_first_observed"]
    assert 120 == len(firsts) == len(set(firsts))
    assert lab.verify().ok
    lab.close()
