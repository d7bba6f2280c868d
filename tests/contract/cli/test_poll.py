"""``trialog poll`` at the front door: what it prints, and its exit status."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.cli.command import Answer
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
    assert {(None, True, "nothing new")} == {(one["run"], one["complete"], one["reason"]) for one in again}
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
