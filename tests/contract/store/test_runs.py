"""Runs and cursors: on record from the beginning, finished once, moved with what stands before them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from store.errors import Conflict, InvalidInput, NotFound
from store.runs import LeftOut, Run
from store.unit_of_work import Database

STARTED = datetime(2026, 5, 1, 9, 0, tzinfo=UTC)
DONE = Run(
    run_id="run-1",
    leg="delta",
    scope="all",
    release="2026-05-01T09:00:05",
    data_on=date(2026, 5, 1),
    started_at=STARTED,
    finished_at=datetime(2026, 5, 1, 9, 7, tzinfo=UTC),
    expected=7000,
    fetched=7000,
    unchanged=5900,
    changed=1100,
    events=4400,
    rejected=1,
    held=2,
    requests=9,
    bytes=5_000_000_000,
    seconds=420.125,
    complete=True,
)


def test_a_run_is_on_record_from_its_beginning(database: Database) -> None:
    """One that was broken off is seen to have begun and never finished, and does not stop the next."""
    with database.writing() as transaction:
        begun = Run(run_id="run-1", leg="delta", scope="all", started_at=STARTED, term=3)
        transaction.runs.begin(begun)
    with database.writing() as transaction:
        transaction.runs.begin(replace(begun, run_id="run-2", leg="sweep"))
    with database.reading() as transaction:
        assert begun == transaction.runs.get("run-1")
        assert (None, False) == (begun.finished_at, begun.complete)
        assert ["run-2", "run-1"] == [run.run_id for run in transaction.runs.list()]
        assert ["run-2"] == [run.run_id for run in transaction.runs.list(1)]


def test_a_finished_run_comes_back_as_it_was_told(database: Database) -> None:
    """Every field of it, the bytes of a long one too, and the reason of one that is not complete."""
    partial = replace(DONE, run_id="run-2", complete=False, reason="the release moved", expected=None, release=None)
    with database.writing() as transaction:
        for run in (DONE, partial):
            transaction.runs.begin(Run(run_id=run.run_id, leg="delta", scope="", started_at=STARTED))
            transaction.runs.finish(run)
    with database.reading() as transaction:
        assert [partial, DONE] == transaction.runs.list()


def test_a_run_is_finished_once(database: Database) -> None:
    """What was told of a run stays; a run that nobody began is not found."""
    with database.writing() as transaction:
        transaction.runs.begin(replace(DONE, finished_at=None, complete=False))
        transaction.runs.finish(DONE)
        with pytest.raises(Conflict, match="run-1 is finished already"):
            transaction.runs.finish(replace(DONE, events=0))
        with pytest.raises(NotFound, match="no run run-3"):
            transaction.runs.finish(replace(DONE, run_id="run-3"))
        assert DONE == transaction.runs.get("run-1")


def test_a_naive_instant_is_refused(database: Database) -> None:
    """Nobody can know which zone it meant."""
    naive = replace(DONE, started_at=datetime(2026, 5, 1))  # noqa: DTZ001 - naive on purpose
    with database.writing() as transaction, pytest.raises(InvalidInput):
        transaction.runs.begin(naive)


def move_both(database: Database, delta: str, sweep: object) -> None:
    """Move two cursors in one transaction."""
    with database.writing() as transaction:
        transaction.cursors.put("delta", {"watermark": delta})
        transaction.cursors.put("sweep", {"page": sweep})


def test_a_cursor_moves_with_its_transaction(database: Database) -> None:
    """It is None before the first time, and a transaction that fails leaves it where it was."""
    with database.reading() as transaction:
        assert transaction.cursors.get("delta") is None
    with database.writing() as transaction:
        transaction.cursors.put("delta", {"watermark": "2026-05-01", "release": None})
        transaction.cursors.put("sweep", {})
    with pytest.raises(InvalidInput):
        move_both(database, "2026-05-02", object())
    with database.writing() as transaction:
        assert {"watermark": "2026-05-01", "release": None} == transaction.cursors.get("delta")
        transaction.cursors.put("delta", {"watermark": "2026-05-02"})
        assert [{"watermark": "2026-05-02"}, {}] == [transaction.cursors.get(name) for name in ("delta", "sweep")]


def test_runs_that_are_under_way_are_broken_off_together(database: Database) -> None:
    """By who knows that nobody is at work on them; finished ones stay as they were told."""
    with database.writing() as transaction:
        transaction.runs.begin(DONE)
        transaction.runs.begin(Run(run_id="run-2", leg="sweep", scope="all", started_at=STARTED))
        assert 1 == transaction.runs.break_off(STARTED, "its process ended")
        broken, done = transaction.runs.list()
    assert (DONE, STARTED, False, "its process ended") == (done, broken.finished_at, broken.complete, broken.reason)


def test_runs_of_one_reason_can_be_left_out_and_are_counted(database: Database) -> None:
    """Complete ones alone: one that is not complete is never left out, whatever its reason."""
    quiet = replace(DONE, run_id="quiet-1", reason="nothing new")
    later = replace(quiet, run_id="quiet-2", started_at=datetime(2026, 5, 2, tzinfo=UTC))
    broken = replace(quiet, run_id="broken", complete=False)
    with database.writing() as transaction:
        for run in (quiet, DONE, broken, later):
            transaction.runs.begin(run)
    with database.reading() as transaction:
        runs = transaction.runs
        assert ["broken", "run-1"] == [run.run_id for run in runs.list(without="nothing new")]
        assert ["broken"] == [run.run_id for run in runs.list(1, without="nothing new")]
        assert LeftOut(count=2, newest=later) == runs.left_out("nothing new", since=None)
        assert LeftOut(count=1, newest=later) == runs.left_out("nothing new", since=later.started_at)
        assert runs.left_out("nothing new", since=datetime(2026, 5, 3, tzinfo=UTC)) is None
