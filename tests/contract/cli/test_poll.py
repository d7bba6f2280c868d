"""``trialog poll`` at the front door: what it prints, and its exit status."""

import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cli.command import COMMAND, Answer, ask, environment
from tests.contract.cli.command import trialog as in_its_own_process
from tests.unit.simulator.worlds import ONE, TWO, world
from tracker.simulator import edits
from tracker.simulator.faults import Fault
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

FIELDS = (
    *("run", "leg", "release", "started_at", "finished_at", "expected", "fetched", "unchanged", "changed", "events"),
    *("rejected", "held", "requests", "bytes", "seconds", "complete", "reason"),
)
Asked = Callable[..., Answer]
LEGS = ["delta", "sweep", "due", "missing", "refresh"]
QUICK = {
    f"TRIALOG_CTGOV__{name}": "0"
    for name in ("REQUEST_INTERVAL_S", "RETRY_WAIT_S", "RETRY_WAIT_MOST_S", "BLOCKED_WAIT_S")
}


@pytest.fixture
def registry() -> World:
    """Three fresh trials."""
    return world()


@pytest.fixture
def server(registry: World) -> Iterator[SimulatedRegistry]:
    """The registry on this machine."""
    with SimulatedRegistry(StudyAnswers(registry)) as running:
        yield running


@pytest.fixture
def settings(server: SimulatedRegistry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What points the command at both, in this process and, handed on, in others."""
    chosen = {
        **QUICK,
        "TRIALOG_CTGOV__BASE_URL": server.url,
        "TRIALOG_CTGOV__RETRIES": "2",
        "TRIALOG_DATABASE": str(tmp_path / "ledger.db"),
    }
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("COLUMNS", raising=False)  # as wide as the text
    return chosen


@pytest.fixture
def trialog(settings: dict[str, str], capfdbinary: pytest.CaptureFixture[bytes]) -> Asked:
    """Runs the command with these settings, inside this process."""
    return partial(ask, capfdbinary)


def test_following_a_trial(registry: World, trialog: Asked) -> None:
    """Every leg is told with all of its fields; the second poll has nothing new; a change is there after the next."""
    assert 0 == trialog("track", ONE).status
    first = trialog("poll", "--json")
    told = first.objects
    assert (0, LEGS, {FIELDS}) == (first.status, [one["leg"] for one in told], {tuple(one) for one in told})
    assert {(True, None)} == {(one["complete"], one["reason"]) for one in told}
    again = trialog("poll", "--json").objects
    assert {(True, 1, 0, "nothing new")} == {
        (one["complete"], one["requests"], one["fetched"], one["reason"]) for one in again
    }
    assert [*reversed(again), *reversed(told)] == trialog("runs", "--json").objects
    assert "delta: nothing new" in trialog("poll").text
    registry.advance()
    registry.edit(ONE, edits.enrollment(9))
    registry.publish()
    shown = trialog("poll", "--leg", "delta")
    assert (0, True) == (shown.status, shown.text.startswith("delta: 1 of 1 read, 1 changed"))
    assert "Enrollment" in trialog("history", ONE).text


def test_what_went_wrong_is_said_and_is_the_exit_status(server: SimulatedRegistry, trialog: Asked) -> None:
    """Blocked is 1, with the reason; nothing tracked is 2, with advice; a leg that does not exist is 2."""
    assert 0 == trialog("track", ONE, TWO).status
    server.faults.at_random(1.0, seed=1, kinds=(Fault.FORBIDDEN,))
    blocked = trialog("poll")
    assert (1, True) == (blocked.status, "blocks this client" in blocked.text)
    server.faults.stop()
    assert 0 == trialog("untrack", ONE, TWO).status
    nothing = trialog("poll")
    assert (2, True) == (nothing.status, "trialog track" in nothing.err)
    assert 2 == trialog("poll", "--leg", "bogus").status


def test_runs_that_found_nothing_new_are_folded_for_people(trialog: Asked) -> None:
    """The table has the others; how many are left out, which was the last, and what shows them, is said below."""
    assert 0 == trialog("track", ONE).status
    for _ in range(3):
        assert 0 == trialog("poll").status
    shown = " ".join(trialog("runs").text.split())
    assert (0, 1) == (shown.count("nothing new;"), shown.count("Not shown: 10 runs that found nothing new"))
    assert "the last refresh at 20" in shown
    assert 10 == trialog("runs", "--all").text.count("nothing new")
    assert 3 == trialog("runs", "--all", "--limit", "3").text.count("nothing new")
    assert 5 == trialog("runs").text.count("complete after")


def test_a_second_poll_is_told_who_polls(server: SimulatedRegistry, settings: dict[str, str], trialog: Asked) -> None:
    """One line with the process, the host and since when, and status 1; the first one is not disturbed."""
    assert 0 == trialog("track", ONE).status
    second: list[Answer] = []
    server.after_requests(3, lambda: second.append(in_its_own_process("poll", stdin=b"", cwd=None, **settings)))
    assert 0 == trialog("poll").status
    (told,) = second
    assert (1, b"", 1) == (told.status, told.out, len(told.err.splitlines()))
    assert re.search(r"another poll is under way: process \d+ on \S+ since 20\d\d-.* UTC; nothing was done", told.err)


def test_a_poll_that_was_killed_is_told_as_broken_off(
    server: SimulatedRegistry, settings: dict[str, str], trialog: Asked
) -> None:
    """While it is under way its process is named; after kill -9 it is broken off, and the next poll closes it."""
    assert 0 == trialog("track", ONE).status
    seen: list[Any] = []

    def look_and_kill() -> None:
        seen.extend(in_its_own_process("runs", "--json", stdin=b"", cwd=None, **settings).objects)
        process.kill()

    server.after_requests(3, look_and_kill)
    process = subprocess.Popen([*COMMAND, "poll"], env=environment(**settings), stderr=subprocess.DEVNULL)
    process.wait(timeout=60)
    assert [(None, True)] == [
        (one["finished_at"], one["reason"].startswith(f"under way: process {process.pid} on ")) for one in seen
    ]
    (broken,) = trialog("runs", "--json").objects
    reason = "broken off: its process ended"
    assert (None, False, reason) == (broken["finished_at"], broken["complete"], broken["reason"])
    assert f"{broken['run']}: {reason}" in " ".join(trialog("runs").text.split())
    assert 0 == trialog("poll").status
    assert f"{broken['run']}: not complete; {reason}" in " ".join(trialog("runs").text.split())
    closed = trialog("runs", "--json").objects[-1]
    assert (broken["run"], False, False, reason) == (
        closed["run"],
        closed["finished_at"] is None,
        closed["complete"],
        closed["reason"],
    )


def test_ctrl_c_gives_the_lease_back(server: SimulatedRegistry, settings: dict[str, str], trialog: Asked) -> None:
    """The run ends as interrupted, and the next poll has no process to succeed."""
    assert 0 == trialog("track", ONE).status
    server.after_requests(3, lambda: process.send_signal(signal.SIGINT))
    process = subprocess.Popen([*COMMAND, "poll"], env=environment(**settings), stderr=subprocess.PIPE, text=True)
    _, err = process.communicate(timeout=60)
    assert (130, True) == (process.returncode, "what came before is stored" in err)
    (run,) = trialog("runs", "--json").objects
    assert (False, False) == (run["finished_at"] is None, run["complete"])
    assert "taken_over" not in trialog("poll").err
