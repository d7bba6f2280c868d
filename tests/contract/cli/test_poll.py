"""``trialog poll`` at the front door: what it prints, and its exit status."""

import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cli.command import COMMAND, Answer, environment
from tests.contract.cli.command import trialog as command
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
def settings(server: SimulatedRegistry, tmp_path: Path) -> dict[str, str]:
    """What points the command at both."""
    return {
        **QUICK,
        "TRIALOG_CTGOV__BASE_URL": server.url,
        "TRIALOG_CTGOV__RETRIES": "2",
        "TRIALOG_DATABASE": str(tmp_path / "ledger.db"),
    }


def trialog(*arguments: str, settings: dict[str, str]) -> Answer:
    """Run the command with these settings."""
    return command(*arguments, stdin=b"", cwd=None, **settings)


def test_following_a_trial(registry: World, settings: dict[str, str]) -> None:
    """Every leg is told with all of its fields; the second poll has nothing new; a change is there after the next."""
    assert 0 == trialog("track", ONE, settings=settings).status
    first = trialog("poll", "--json", settings=settings)
    told = first.objects
    assert (0, LEGS, {FIELDS}) == (first.status, [one["leg"] for one in told], {tuple(one) for one in told})
    assert {(True, None)} == {(one["complete"], one["reason"]) for one in told}
    again = trialog("poll", "--json", settings=settings).objects
    assert {(True, 1, 0, "nothing new")} == {
        (one["complete"], one["requests"], one["fetched"], one["reason"]) for one in again
    }
    assert [*reversed(again), *reversed(told)] == trialog("runs", "--json", settings=settings).objects
    assert "delta: nothing new" in trialog("poll", settings=settings).text
    registry.advance()
    registry.edit(ONE, edits.enrollment(9))
    registry.publish()
    shown = trialog("poll", "--leg", "delta", settings=settings)
    assert (0, True) == (shown.status, shown.text.startswith("delta: 1 of 1 read, 1 changed"))
    assert "Enrollment" in trialog("history", ONE, settings=settings).text


def test_what_went_wrong_is_said_and_is_the_exit_status(server: SimulatedRegistry, settings: dict[str, str]) -> None:
    """Blocked is 1, with the reason; nothing tracked is 2, with advice; a leg that does not exist is 2."""
    assert 0 == trialog("track", ONE, TWO, settings=settings).status
    server.faults.at_random(1.0, seed=1, kinds=(Fault.FORBIDDEN,))
    blocked = trialog("poll", settings=settings)
    assert (1, True) == (blocked.status, "blocks this client" in blocked.text)
    server.faults.stop()
    assert 0 == trialog("untrack", ONE, TWO, settings=settings).status
    nothing = trialog("poll", settings=settings)
    assert (2, True) == (nothing.status, "trialog track" in nothing.err)
    assert 2 == trialog("poll", "--leg", "bogus", settings=settings).status


def test_runs_that_found_nothing_new_are_folded_for_people(settings: dict[str, str]) -> None:
    """The table has the others; how many are left out, which was the last, and what shows them, is said below."""
    assert 0 == trialog("track", ONE, settings=settings).status
    for _ in range(3):
        assert 0 == trialog("poll", settings=settings).status
    shown = " ".join(trialog("runs", settings=settings).text.split())
    assert (0, 1) == (shown.count("nothing new;"), shown.count("Not shown: 10 runs that found nothing new"))
    assert "the last refresh at 20" in shown
    assert 10 == trialog("runs", "--all", settings=settings).text.count("nothing new")
    assert 3 == trialog("runs", "--all", "--limit", "3", settings=settings).text.count("nothing new")
    assert 5 == trialog("runs", settings=settings).text.count("complete after")


def test_a_second_poll_is_told_who_polls(server: SimulatedRegistry, settings: dict[str, str]) -> None:
    """One line with the process, the host and since when, and status 1; the first one is not disturbed."""
    assert 0 == trialog("track", ONE, settings=settings).status
    second: list[Answer] = []
    server.after_requests(3, lambda: second.append(trialog("poll", settings=settings)))
    assert 0 == trialog("poll", settings=settings).status
    (told,) = second
    assert (1, b"", 1) == (told.status, told.out, len(told.err.splitlines()))
    assert re.search(r"another poll is under way: process \d+ on \S+ since 20\d\d-.* UTC; nothing was done", told.err)


def test_a_poll_that_was_killed_is_told_as_broken_off(server: SimulatedRegistry, settings: dict[str, str]) -> None:
    """While it is under way its process is named; after kill -9 it is broken off, and the next poll closes it."""
    assert 0 == trialog("track", ONE, settings=settings).status
    seen: list[Any] = []

    def look_and_kill() -> None:
        seen.extend(trialog("runs", "--json", settings=settings).objects)
        process.kill()

    server.after_requests(3, look_and_kill)
    process = subprocess.Popen([*COMMAND, "poll"], env=environment(**settings), stderr=subprocess.DEVNULL)
    process.wait(timeout=60)
    assert [(None, True)] == [
        (one["finished_at"], one["reason"].startswith(f"under way: process {process.pid} on ")) for one in seen
    ]
    (broken,) = trialog("runs", "--json", settings=settings).objects
    reason = "broken off: its process ended"
    assert (None, False, reason) == (broken["finished_at"], broken["complete"], broken["reason"])
    assert f"{broken['run']}: {reason}" in " ".join(trialog("runs", settings=settings).text.split())
    assert 0 == trialog("poll", settings=settings).status
    assert f"{broken['run']}: not complete; {reason}" in " ".join(trialog("runs", settings=settings).text.split())
    closed = trialog("runs", "--json", settings=settings).objects[-1]
    assert (broken["run"], False, False, reason) == (
        closed["run"],
        closed["finished_at"] is None,
        closed["complete"],
        closed["reason"],
    )


def test_ctrl_c_gives_the_lease_back(server: SimulatedRegistry, settings: dict[str, str]) -> None:
    """The run ends as interrupted, and the next poll has no process to succeed."""
    assert 0 == trialog("track", ONE, settings=settings).status
    server.after_requests(3, lambda: process.send_signal(signal.SIGINT))
    process = subprocess.Popen([*COMMAND, "poll"], env=environment(**settings), stderr=subprocess.PIPE, text=True)
    _, err = process.communicate(timeout=60)
    assert (130, True) == (process.returncode, "what came before is stored" in err)
    (run,) = trialog("runs", "--json", settings=settings).objects
    assert (False, False) == (run["finished_at"] is None, run["complete"])
    assert "taken_over" not in trialog("poll", settings=settings).err
