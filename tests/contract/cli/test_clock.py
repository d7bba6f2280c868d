"""``TRIALOG_CLOCK__URL``: every command goes by the time that is told there, and none by the machine's."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cli.command import Answer, ask, trialog, write_json, write_lines
from tests.contract.cli.desk import ME, Desk
from tests.endpoints import free_port
from tests.records import record
from tests.tellers import Teller, telling
from tests.unit.simulator.worlds import ONE

TRIAL = "NCT00000001"
RECORD = record(
    TRIAL,
    data_on="2026-01-12",
    posted_on="2026-01-10",
    statusModule={"statusVerifiedDate": "2029-05", "completionDateStruct": {"date": "2031-06", "type": "ESTIMATED"}},
)
TOLD = "2031-05-06T07:08:09.000000Z"
MANY = 9_000_000  # bytes: more than an import reads without worker processes


@pytest.fixture
def teller() -> Iterator[Teller]:
    """The time is told to be a morning of 2031."""
    with telling(TOLD) as running:
        yield running


@pytest.fixture
def told(
    new_database_url: str,
    teller: Teller,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> Any:
    """Runs commands on a ledger of its own, by the teller's time."""
    monkeypatch.setenv("TRIALOG_DATABASE", new_database_url)
    monkeypatch.setenv("TRIALOG_CLOCK__URL", teller.url)
    monkeypatch.chdir(tmp_path)
    write_json(tmp_path / "a.json", RECORD)

    def run(*arguments: str) -> Answer:
        return ask(capfdbinary, *arguments)

    return run


def test_what_is_imported_is_observed_and_recorded_at_the_instant_told(told: Any) -> None:
    """Both instants of every event are the clock's; the import says nothing of it."""
    imported = told("import", "a.json", "--json")
    assert (0, "") == (imported.status, imported.err)
    assert {(TOLD, TOLD)} == {
        (one["observed_at"], one["recorded_at"]) for one in told("history", TRIAL, "--json").objects
    }


def test_a_day_that_nobody_gave_is_that_of_the_clock(told: Any, teller: Teller) -> None:
    """``stale`` asks of the clock's day: before the lapse, on its day and after it."""
    told("import", "a.json")
    found = []
    for instant in ("2031-05-31T23:59:59Z", "2031-06-01T01:59:59+02:00", "2031-07-11T00:00:00Z"):
        teller.says = instant.encode()
        (line,) = told("stale", "--within", "60", "--json").objects
        found.append((line["state"], line["days_left"], line["days_unknown"]))
    assert "lapsing" == found[0][0]
    assert found[0] == found[1]
    assert "unknown" == found[2][0]


def test_an_instant_that_has_not_come_is_refused_by_the_clock(told: Any) -> None:
    """Whether something lies in the future is for the clock to say, in either direction."""
    assert 0 == told("import", "a.json", "--observed-at", "2031-05-06T07:00:00Z").status
    refused = told("import", "a.json", "--observed-at", "2031-05-06T07:09:00Z")
    assert 2 == refused.status


def test_who_subscribes_does_so_at_the_instant_told(told: Any) -> None:
    """A subscription is made at the clock's time."""
    assert 0 == told("subscribe", "mine", "--to", ME, "--condition", "Asthma").status
    assert [TOLD] == [one["created_at"] for one in told("subscriptions", "--json").objects]


def test_worker_processes_store_no_other_time(told: Any, tmp_path: Path) -> None:
    """Where an import reads in several processes, all is observed, recorded and refused at the clock's instant."""
    padding = "x" * 100_000
    some = (
        record(f"NCT{number:08d}", descriptionModule={"briefSummary": padding}) for number in range(MANY // 100_000)
    )
    write_lines(tmp_path / "many.jsonl", [*some, {"no": "record"}])
    done = told("import", "many.jsonl", "--json")
    assert [{"new_trials": 90, "rejected": 1}] == [
        {key: one[key] for key in ("new_trials", "rejected")} for one in done.objects
    ]
    changes = told(
        "changes", "--since", "2031-05-06", "--until", "2031-05-06", "--origin", "baseline", "--json"
    ).objects
    assert {(TOLD, TOLD)} == {(one["observed_at"], one["recorded_at"]) for one in changes}
    assert 90 == len(changes)
    assert [TOLD] == [one["rejected_at"] for one in told("rejects", "--json").objects]


def test_polls_and_mail_go_by_the_clock_and_signatures_by_the_receivers(desk: Desk, teller: Teller) -> None:
    """Runs and the Date of a mail bear the clock's time; a webhook is of the time that its receiver has."""
    teller.says = b"2026-02-20T12:00:00Z"
    desk.options["clock.url"] = teller.url
    desk.done("track", ONE)
    (made,) = desk.objects("subscribe", "stale", "--to", ME, "--to", desk.endpoint.url, "--when", "lapsing:60d")
    desk.done("poll")
    assert 2 == desk.delivered()["sent"]
    (mail,), (hook,) = desk.mailbox.mails, desk.endpoint.received
    told = datetime(2026, 2, 20, 12, tzinfo=UTC)
    assert told == parsedate_to_datetime(mail.headers["date"])
    assert {told} == {datetime.fromisoformat(one["started_at"]) for one in desk.objects("runs")}
    assert desk.is_signed(hook, made["addresses"][1]["secret"])
    assert abs(datetime.now(UTC).timestamp() - int(hook.headers["webhook-timestamp"])) < 300
    assert told == datetime.fromisoformat(json.loads(hook.body)["time"])


def test_a_backtest_ends_today_by_the_clock(desk: Desk, teller: Teller) -> None:
    """What will be is not backtested: a lapse comes up once the clock has reached its day."""
    desk.options["clock.url"] = teller.url
    teller.says = b"2026-01-20T12:00:00Z"
    desk.done("track", ONE)
    desk.done("subscribe", "stale", "--to", ME, "--when", "unknown")
    desk.done("poll")
    found = []
    for instant in (b"2026-02-28T23:59:59Z", b"2026-03-01T00:00:00Z"):
        teller.says = instant
        found.append([one["on"] for one in desk.objects("backtest", "stale", "--since", "2026-02-01")])
    assert [[], ["2026-03-01"]] == found


def test_a_clock_that_cannot_be_asked_ends_a_command_in_one_line(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """It says which setting, stores nothing, and leaves alone what needs no time."""
    told("import", "a.json")
    monkeypatch.setenv("TRIALOG_CLOCK__URL", f"http://127.0.0.1:{free_port()}/clock")
    failed = told("subscribe", "mine", "--to", ME, "--condition", "Asthma")
    assert (1, 1) == (failed.status, failed.err.count("\n"))
    assert "does not answer (connection refused)" in failed.err
    assert "TRIALOG_CLOCK__URL" in failed.err
    assert (1, b"") == (told("stale").status, told("stale").out)
    for needs_none in (("info",), ("compare", "a.json", "a.json"), ("subscriptions",)):
        answer = told(*needs_none)
        assert (0, "") == (answer.status, answer.err)
    assert [] == told("subscriptions", "--json").objects


def test_an_address_elsewhere_is_wrong_usage(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No command asks another machine what time it is."""
    monkeypatch.setenv("TRIALOG_CLOCK__URL", "http://time.example.org/")
    answer = told("info")
    assert 2 == answer.status
    assert "expected an http address on this machine" in answer.err


def test_each_log_line_names_the_clock_while_it_is_set(teller: Teller, tmp_path: Path) -> None:
    """A reader of logs sees where the time came from, in every line; without the setting there is no such key."""
    write_json(tmp_path / "a.json", RECORD)
    logged = []
    for clock in (teller.url, ""):
        answer = trialog(
            *("import", tmp_path),
            TRIALOG_DATABASE=str(tmp_path / "l.db"),
            TRIALOG_LOG__LEVEL="debug",
            TRIALOG_LOG__FORMAT="json",
            TRIALOG_CLOCK__URL=clock,
        )
        logged.append([json.loads(line) for line in answer.err.splitlines() if line.startswith("{")])
    assert all(logged)
    assert [{teller.url}, {None}] == [{line.get("clock") for line in lines} for lines in logged]
    at = datetime.fromisoformat(logged[0][0]["timestamp"])
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)
