"""What ``tracked`` and ``untrack`` say of trials that moved, by real polls from the command line."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.simulator.worlds import ONE, THREE, TWO, study, world
from tracker.cli.main import run
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

FOUR = "NCT00000004"
WAITS = ("REQUEST_INTERVAL_S", "HISTORY_INTERVAL_S", "RETRY_WAIT_S", "BLOCKED_WAIT_S")

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made() -> World:
    """What the registry holds."""
    return world(study(ONE), study(TWO), study(THREE), study(FOUR))


@pytest.fixture
def told(made: World, new_sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Iterator[Told]:
    """Runs a command on a ledger that is not there yet; answers status, output and messages."""
    with SimulatedRegistry(StudyAnswers(made)) as running:
        monkeypatch.setenv("TRIALOG_CTGOV__BASE_URL", running.url)
        for name in WAITS:
            monkeypatch.setenv(f"TRIALOG_CTGOV__{name}", "0")
        monkeypatch.setenv("TRIALOG_DATABASE", new_sqlite_url)
        monkeypatch.delenv("COLUMNS", raising=False)  # as wide as the text

        def trialog(*words: str) -> tuple[int, str, str]:
            status = run(words)
            out, err = capfdbinary.readouterr()
            return status, out.decode(), err.decode()

        yield trialog


def next_day(made: World, told: Told) -> None:
    """A release, and a poll of it."""
    made.advance()
    made.publish()
    assert 0 == told("poll")[0]


def lines(told: Told) -> dict[str, str]:
    """What ``tracked`` says of each, by the first word."""
    return {line.split()[0]: line for line in told("tracked")[1].splitlines()[1:]}


def rows(told: Told, *words: str) -> list[dict[str, Any]]:
    """What a command says to programs."""
    return [json.loads(line) for line in told(*words, "--json")[1].splitlines()]


def test_where_records_are_is_shown(made: World, told: Told) -> None:
    """Merged, withheld, gone; and the survivor that is followed in place of the merged one."""
    told("track", ONE, THREE, FOUR)
    made.merge(ONE, into=TWO)
    made.withhold(THREE)
    made.remove(FOUR)
    next_day(made, told)
    shown = lines(told)
    assert f"merged into {TWO}, A made trial" in shown[ONE]
    assert f"recruiting, A made trial (followed in place of {ONE})" in shown[TWO]
    assert "withheld by the registry, A made trial" in shown[THREE]
    assert "gone from the registry, A made trial" in shown[FOUR]
    assert [
        (ONE, "merged", TWO, None, False),
        (TWO, "visible", None, ONE, True),
        (THREE, "withheld", None, None, False),
        (FOUR, "disappeared", None, None, False),
    ] == [
        (one["name"], one["whereabouts"], one["merged_into"], one["alias"], one["is_in_place"])
        for one in rows(told, "tracked")
    ]
    assert 0 == told("verify")[0]


@pytest.mark.parametrize(("named", "other"), ((ONE, TWO), (TWO, ONE)))
def test_untracking_either_says_what_went_along(named: str, other: str, made: World, told: Told) -> None:
    """Both are one trial now; nothing is tracked any more."""
    told("track", ONE)
    made.merge(ONE, into=TWO)
    next_day(made, told)
    said = (
        f"Not tracking trial {named} any more.\n"
        f"Not tracking trial {other} any more, which is one trial with {named} since the registry merged them.\n"
    )
    assert (0, said, "") == told("untrack", named)
    assert "Nothing is tracked" in told("tracked")[1]
    assert 1 == told("untrack", other)[0]


def test_a_survivor_of_its_own_stays_tracked(made: World, told: Told) -> None:
    """It was asked for by its id, and is named as what stays."""
    told("track", ONE, TWO)
    made.merge(ONE, into=TWO)
    next_day(made, told)
    assert {"name": ONE, "survivor": TWO, "along_with": None, "was_tracked": True}.items() <= rows(
        told, "untrack", ONE
    )[0].items()
    assert [TWO] == list(lines(told))
    told("track", ONE)
    assert (0, f"Not tracking trial {TWO} any more.\n", "") == told("untrack", TWO)


def test_a_query_that_was_not_listed_says_so(made: World, told: Told) -> None:
    """Members are not known before the first poll; a query that finds nothing has none after it."""
    told("track", "--name", "air", "--query", "query.cond=nothing that anybody has")
    told("track", "--name", "all", "--query", "filter.overallStatus=RECRUITING")
    assert 2 == told("tracked")[1].count("not listed yet: ")
    assert [None, None] == [one["members"] for one in rows(told, "tracked")]
    next_day(made, told)
    assert [0, 4] == [one["members"] for one in rows(told, "tracked")]


def test_a_trial_that_was_never_read_says_so(made: World, told: Told) -> None:
    """Tracked while it is withheld, it has no record in the ledger."""
    made.withhold(ONE)
    made.publish()
    told("track", ONE)
    assert lines(told)[ONE].endswith("not read yet")
    assert [None] == [one["whereabouts"] for one in rows(told, "tracked")]
