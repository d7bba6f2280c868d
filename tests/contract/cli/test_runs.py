"""``trialog runs`` and ``trialog release`` on both databases: keys, pages, what is held, and the way on."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from store.runs import Run
from store.unit_of_work import Database
from tests.contract.cli.command import write_json
from tests.records import enrollment, observation, record
from tests.unit.simulator.worlds import world
from tracker.cli.main import run
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import HeldMove, held_move, held_record
from tracker.pipeline.preparing import address_of, prepare
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers

TRIAL, OTHER = "NCT00000001", "NCT00000002"
STARTED = datetime(2026, 5, 4, 13, 0, tzinfo=UTC)
DONE = Run(
    run_id="run-done",
    leg="delta",
    scope="all",
    release="2026-05-04T09:00:05",
    data_on=date(2026, 5, 4),
    started_at=STARTED,
    finished_at=datetime(2026, 5, 4, 13, 0, 9, tzinfo=UTC),
    expected=7000,
    fetched=7000,
    unchanged=6900,
    changed=98,
    events=321,
    held=2,
    requests=9,
    bytes=20_000_000,
    seconds=9.125,
    reason="2 records are held",
)
RUN_KEYS = [
    *("run", "leg", "release", "started_at", "finished_at", "expected", "fetched", "unchanged", "changed", "events"),
    *("rejected", "held", "requests", "bytes", "seconds", "complete", "reason"),
]
HELD_KEYS = ["run", "reason", "path", "count", "waiting", "gone_back", "known", "released", "migrated"]
RELEASE_KEYS = ["run", "as_migration", "released", "nothing", "events", "already"]
PATH = "/protocolSection/designModule/enrollmentInfo/count"


class Ledger:
    """A ledger and what is asked of it."""

    def __init__(self, url: str, output: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self._output = output

    def ask(self, *words: str, status: int = 0) -> tuple[str, str]:
        """Output and errors of a command that ends with that status."""
        self._output.readouterr()
        assert status == run([*words, "--database", self.url])
        return self._output.readouterr()

    def objects(self, *words: str) -> list[dict[str, Any]]:
        """The objects that a command answers with."""
        return [json.loads(line) for line in self.ask(*words, "--json")[0].splitlines()]


@pytest.fixture
def empty(database_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Ledger:
    """Two trials, and no run."""
    files = [
        write_json(tmp_path / f"{trial_id}.json", record(trial_id, data_on="2026-05-01", designModule=enrollment(50)))
        for trial_id in (TRIAL, OTHER)
    ]
    assert 0 == run(["import", *map(str, files), "--database", database_url])
    return Ledger(database_url, capfd)


@pytest.fixture
def ledger(empty: Ledger) -> Ledger:
    """A run that holds a change of the one trial and the vanishing of the other, and one that was broken off."""
    seen = observation(record(TRIAL, data_on="2026-05-04", designModule=enrollment(100)))
    gone = HeldMove(
        trial_id=OTHER,
        now=Whereabouts.DISAPPEARED,
        into=None,
        data_on=date(2026, 5, 4),
        observed_at=STARTED,
        source="missing",
    )
    database = Database.open(empty.url, clock=lambda: datetime.now(UTC))
    with database.writing() as transaction:
        transaction.runs.begin(DONE)
        prepared = prepare(seen, address=address_of(seen.record))
        observations = [held_record(prepared, observed_at=STARTED, paths=[PATH]), held_move(gone)]
        transaction.held.put_many(DONE.run_id, observations)
        transaction.runs.begin(Run(run_id="run-broken", leg="sweep", scope="all", started_at=STARTED))
    database.close()
    return empty


def test_runs_are_told_to_programs_with_the_keys_that_are_promised(ledger: Ledger) -> None:
    """The newest first; one that was broken off has no end."""
    broken, done = ledger.objects("runs")
    assert [RUN_KEYS, RUN_KEYS] == [list(broken), list(done)]
    assert ("run-broken", None, False, "broken off: its process ended") == tuple(
        broken[key] for key in ("run", "finished_at", "complete", "reason")
    )
    assert ("run-done", "2026-05-04T13:00:00.000000Z", "2026-05-04T13:00:09.000000Z") == (
        done["run"],
        done["started_at"],
        done["finished_at"],
    )
    assert (7000, 2, 9.125, "2 records are held") == tuple(
        done[key] for key in ("expected", "held", "seconds", "reason")
    )
    assert ["run-broken"] == [one["run"] for one in ledger.objects("runs", "--limit", "1")]


def test_runs_are_told_to_people_with_what_they_hold(ledger: Ledger) -> None:
    """Why a run is not complete, which path differs on how many records, and what to do about it."""
    page, _ = ledger.ask("runs", "--limit", "1")
    told = " ".join(page.split())
    assert "run-broken: broken off: its process ended" in told
    assert "run-done:" not in told
    assert f"{PATH}, differs on many records without a new date: 1 record, 1 waiting" in told
    assert "missing with many others: 1 record, 1 waiting" in told
    assert "trialog release RUN" in told
    page, _ = ledger.ask("runs")
    assert "7,000 of 7,000" in page
    assert "run-done: not complete after 9.1 s; 2 records are held" in " ".join(page.split())


def test_what_is_held_is_told_by_path(ledger: Ledger) -> None:
    """One object for each path or reason of a run that holds anything."""
    change, gone = ledger.objects("runs", "--held")
    assert [HELD_KEYS, HELD_KEYS] == [list(change), list(gone)]
    assert [("run-done", PATH, 1, 1), ("run-done", None, 1, 1)] == [
        (one["run"], one["path"], one["count"], one["waiting"]) for one in (change, gone)
    ]


def test_no_run_and_nothing_held_is_said(empty: Ledger) -> None:
    """To people in a sentence, to programs by silence."""
    assert "No poll has run yet." in empty.ask("runs")[0]
    assert "Nothing is held." in empty.ask("runs", "--held")[0]
    assert [] == empty.objects("runs") == empty.objects("runs", "--held")


def test_a_release_records_what_was_held(ledger: Ledger) -> None:
    """Changes as they would have been, the vanishing too; it is told once, and verify finds nothing wrong."""
    (done,) = ledger.objects("release", DONE.run_id)
    assert (RELEASE_KEYS, [DONE.run_id, False, 2, 0, 2, 0]) == (list(done), list(done.values()))
    (grown,) = ledger.objects("history", TRIAL, "--field", "enrollment")
    assert ("registry", {"percent": 100}) == (grown["origin"], grown["detail"])
    assert "Record disappeared: visible -> disappeared" in ledger.ask("history", OTHER)[0]
    assert "Gone from the registry since 2026-05-04" in ledger.ask("show", OTHER)[0]
    assert {"disappeared": 1} == ledger.objects("info")[0]["away"]
    assert "1 disappeared" in ledger.ask("info")[0]
    ledger.ask("verify")
    assert "2 observations of run run-done had been released before; nothing was left." in ledger.ask(
        "release", DONE.run_id
    )[0].replace("\n", " ")
    assert [] == ledger.objects("runs", "--held")
    assert "1 record, 1 released" in ledger.ask("runs")[0]


def test_a_release_as_a_migration_is_administrative(ledger: Ledger) -> None:
    """Nobody is alerted of what the registry did to many records at once."""
    told = ledger.ask("release", DONE.run_id, "--as-migration")[0]
    assert "2 observations released as a migration: 2 events." in told
    changes = ledger.objects("changes", "--origin", "registry")
    assert [("administrative", True)] * 2 == [(one["significance"], one["detail"]["migration"]) for one in changes]
    assert "a migration of the registry" in ledger.ask("changes", "--origin", "registry")[0]


def test_a_run_that_is_not_there_is_told_with_near_ones(ledger: Ledger) -> None:
    """One line and status 1; a run that holds nothing names those that do."""
    assert "there is no run run-dome; did you mean run-done" in ledger.ask("release", "run-dome", status=1)[1]
    assert "run run-broken holds nothing; those that do: run-done" in ledger.ask("release", "run-broken", status=1)[1]


def test_a_poll_ends_with_what_still_waits(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """For people alone, and with status 0 where the poll itself is well; nothing once it is released."""
    with SimulatedRegistry(StudyAnswers(world())) as server:
        monkeypatch.setenv("TRIALOG_CTGOV__BASE_URL", server.url)
        monkeypatch.setenv("TRIALOG_CTGOV__REQUEST_INTERVAL_S", "0")
        ledger.ask("track", "NCT00000003")
        ledger.ask("poll", "--leg", "due")
        page, err = ledger.ask("poll", "--leg", "due")
        assert ["due: nothing new", "Run run-done still holds 2 observations: trialog runs --held"] == page.splitlines()
        assert ("", ["due"]) == (err, [one["leg"] for one in ledger.objects("poll", "--leg", "due")])
        ledger.ask("release", "run-done")
        assert "due: nothing new\n" == ledger.ask("poll", "--leg", "due")[0]
