"""The command ``trialog backfill`` against a simulated registry: what it answers, and how it ends."""

import signal
import subprocess
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.contract.cli.command import COMMAND, Answer, ask, environment, write_json
from tests.unit.simulator.worlds import ONE, THREE, TWO, study, world
from tracker.simulator import edits
from tracker.simulator.faults import Fault
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers

VERSIONS = 6
ABSENT = "NCT00009999"
Asked = Callable[..., Answer]


@pytest.fixture
def registry() -> Iterator[SimulatedRegistry]:
    """A trial with six versions, one with one, and an alias of the first."""
    made = world()
    for count in range(1, VERSIONS):
        made.advance()
        made.edit(ONE, edits.enrollment(count))
        made.publish()
    made.merge(TWO, into=ONE)
    made.publish()
    with SimulatedRegistry(StudyAnswers(made)) as served:
        yield served


@pytest.fixture
def settings(sqlite_url: str, registry: SimulatedRegistry, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A ledger and the registry without waits, for this process and, handed on, for others."""
    names = ("REQUEST_INTERVAL_S", "HISTORY_INTERVAL_S", "RETRY_WAIT_S", "RETRY_WAIT_MOST_S", "BLOCKED_WAIT_S")
    chosen = {
        "TRIALOG_DATABASE": sqlite_url,
        "TRIALOG_CTGOV__BASE_URL": registry.url,
        **{f"TRIALOG_CTGOV__{name}": "0" for name in names},
    }
    for name, value in chosen.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("COLUMNS", raising=False)  # as wide as the text
    return chosen


@pytest.fixture
def trialog(settings: dict[str, str], tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Asked:
    """Runs the command with these settings inside this process, on a ledger that holds another trial."""
    other = write_json(tmp_path / "other.json", study("NCT00000077"))
    assert 0 == ask(capfdbinary, "import", other).status
    return partial(ask, capfdbinary)


def test_versions_are_stored_and_told(trialog: Asked) -> None:
    """A run says what it stored; the next has nothing to add."""
    answer = trialog("backfill", ONE, THREE)
    assert (0, "") == (answer.status, answer.err)
    assert "7 versions of 2 trials stored" in answer.text
    revisions = trialog("revisions", ONE, "--json").objects
    assert [*range(VERSIONS), None] == [one["registry_version"] for one in revisions]
    assert ["backfill"] * VERSIONS == [one["origin"] for one in revisions[:-1]]
    (again,) = trialog("backfill", ONE, THREE, "--json").objects
    assert (2, 0, 7, 0) == tuple(again[name] for name in ("trials", "versions", "held_before", "events"))
    assert 0 == trialog("verify").status


def test_an_alias_is_followed_and_an_unknown_id_is_told(trialog: Asked) -> None:
    """The others are stored, and the status says that not all is well."""
    answer = trialog("backfill", TWO, ABSENT, "--json")
    (summary,) = answer.objects
    assert (1, VERSIONS, {TWO: ONE}) == (answer.status, summary["versions"], summary["aliases"])
    assert [ABSENT] == list(summary["absent"])
    answer = trialog("backfill", TWO, ABSENT)
    assert f"{TWO} was merged into {ONE}" in answer.text
    assert f"the registry has no trial {ABSENT}; check the number" in answer.text


def test_what_is_no_id_is_wrong_usage(trialog: Asked) -> None:
    """Nothing is asked."""
    assert 2 == trialog("backfill", "NCT1").status


@pytest.mark.parametrize("fault", (Fault.FORBIDDEN, Fault.SERVER_ERROR))
def test_a_registry_that_refuses_ends_the_run_and_what_came_stays(
    fault: Fault, trialog: Asked, registry: SimulatedRegistry
) -> None:
    """The last line has the reason and how much is stored; run again, it goes on."""
    registry.after_requests(4, lambda: registry.faults.next(fault, count=30))
    answer = trialog("backfill", ONE)
    assert (1, b"") == (answer.status, answer.out)
    assert answer.err.endswith("; 2 versions of this run stored; run the same command again to go on\n")
    registry.faults.stop()
    (summary,) = trialog("backfill", ONE, "--json").objects
    assert (VERSIONS - 2, 2) == (summary["versions"], summary["held_before"])


def test_interrupted_it_loses_nothing(settings: dict[str, str], registry: SimulatedRegistry, trialog: Asked) -> None:
    """Ctrl-C ends with 130 and one line; the versions until then are there, and the rest comes with the next run."""
    started = subprocess.Popen(
        [*COMMAND, "backfill", ONE],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(**settings),
        text=True,
    )
    registry.after_requests(5, lambda: started.send_signal(signal.SIGINT))
    _, err = started.communicate(timeout=30)
    assert (130, 1) == (started.returncode, len(err.splitlines()))
    assert "interrupted with" in err
    (summary,) = trialog("backfill", ONE, "--json").objects
    assert VERSIONS == summary["versions"] + summary["held_before"]
    assert summary["held_before"] >= 2
    assert VERSIONS + 1 == len(trialog("revisions", ONE, "--json").objects)
