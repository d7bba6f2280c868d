"""Tracking from the command line, against a registry that answers over HTTP, into both databases."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.unit.simulator.worlds import ONE, THREE, TWO, study, world
from tracker.cli.main import run
from tracker.simulator import edits
from tracker.simulator.faults import Fault
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

ABSENT = "NCT00000009"
WAITS = ("REQUEST_INTERVAL_S", "HISTORY_INTERVAL_S", "RETRY_WAIT_S", "BLOCKED_WAIT_S")

Told = Callable[..., tuple[int, str, str]]


@pytest.fixture
def made() -> World:
    """What the registry holds."""
    return world(
        study(ONE, conditionsModule={"conditions": ["Liver Cirrhosis"]}),
        study(TWO, conditionsModule={"conditions": ["Asthma"]}),
        study(THREE, conditionsModule={"conditions": ["Asthma"]}, statusModule={"overallStatus": "COMPLETED"}),
    )


@pytest.fixture
def registry(made: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimulatedRegistry]:
    """A registry on this machine, which the settings name."""
    with SimulatedRegistry(StudyAnswers(made)) as running:
        monkeypatch.setenv("TRIALOG_CTGOV__BASE_URL", running.url)
        for name in WAITS:
            monkeypatch.setenv(f"TRIALOG_CTGOV__{name}", "0")
        monkeypatch.setenv("TRIALOG_CTGOV__RETRIES", "1")
        yield running


@pytest.fixture
def told(new_sqlite_url: str, registry: SimulatedRegistry, monkeypatch: pytest.MonkeyPatch, capfdbinary: Any) -> Told:
    """Runs a command on a ledger that is not there yet; answers status, output and messages."""
    monkeypatch.setenv("TRIALOG_DATABASE", new_sqlite_url)

    def trialog(*words: str) -> tuple[int, str, str]:
        status = run(words)
        out, err = capfdbinary.readouterr()
        return status, out.decode(), err.decode()

    return trialog


def tracked(told: Told) -> list[dict[str, Any]]:
    """What is tracked, for programs."""
    status, out, _ = told("tracked", "--json")
    assert 0 == status
    return [json.loads(line) for line in out.splitlines()]


def events(told: Told) -> int:
    """How many events there are."""
    count: int = json.loads(told("info", "--json")[1])["events"]
    return count


def test_a_tracked_trial_is_read_at_once(told: Told, registry: SimulatedRegistry) -> None:
    """Tracking makes the ledger, and the record that came anyway is the trial's first sight; one request."""
    status, out, err = told("track", ONE, TWO)
    assert (0, "") == (status, err)
    assert f"{ONE}: tracked  A made trial" in out
    assert 1 == len(registry.requests)
    assert [(ONE, "A made trial"), (TWO, "A made trial")] == [(one["name"], one["title"]) for one in tracked(told)]
    first = json.loads(told("history", ONE, "--json")[1].splitlines()[0])
    assert ("trial_first_observed", "2026-01-12") == (first["type"], first["data_on"])
    assert "track" == json.loads(told("revisions", ONE, "--json")[1])["source"]
    assert 0 == told("verify")[0]


def test_what_is_tracked_already_is_no_event(told: Told, made: World) -> None:
    """It is said so; and a trial that is held already is left to the polls."""
    told("track", ONE)
    before = events(told)
    made.advance()
    made.edit(ONE, edits.status("COMPLETED"))
    made.publish()
    status, out, _ = told("track", ONE)
    assert (0, True) == (status, "tracked already" in out)
    assert before == events(told)


def test_an_alias_leads_to_the_trial_that_survives(told: Told, made: World) -> None:
    """The alias is recorded, and untracks the trial as well."""
    made.merge(TWO, into=ONE)
    made.publish()
    status, out, _ = told("track", TWO, ONE, "--json")
    assert 0 == status
    keys = {"kind": "trial", "name": ONE, "query": None, "matches": None}
    assert [{**keys, "alias": TWO, "is_new": True}, {**keys, "alias": None, "is_new": False}] == [
        json.loads(line) for line in out.splitlines()
    ]
    assert [(ONE, TWO)] == [(one["name"], one["alias"]) for one in tracked(told)]
    assert f"asked for as {TWO}" in told("tracked")[1]
    assert (0, f"Not tracking trial {ONE} any more, which {TWO} was merged into.\n", "") == told("untrack", TWO)
    assert [] == tracked(told)


def test_an_id_that_the_registry_does_not_have_is_refused(told: Told) -> None:
    """All absent ids are named, nothing is recorded, and not even a ledger is made."""
    status, out, err = told("track", ONE, ABSENT, "NCT00000008")
    assert (1, "") == (status, out)
    assert f"the registry does not have these trials: {ABSENT}, NCT00000008" in err
    assert "no ledger" in told("tracked")[2]


def test_the_history_comes_before_the_live_record(told: Told, made: World, registry: SimulatedRegistry) -> None:
    """Past versions first, the live record last; again, nothing is new and no version is asked for."""
    made.advance()
    made.edit(ONE, edits.status("COMPLETED"))
    made.publish()
    status, out, err = told("track", ONE, "--history")
    assert (0, "") == (status, err)
    assert (True, True) == (f"{ONE}: tracked" in out, "2 versions of 1 trial stored" in out)
    revisions = [json.loads(line) for line in told("revisions", ONE, "--json")[1].splitlines()]
    assert [0, 1, None] == [one["registry_version"] for one in revisions]
    assert [1, 2, 3] == [one["revision"] for one in revisions]
    assert [True] == [one["with_history"] for one in tracked(told)]
    before = events(told)
    status, out, _ = told("track", ONE, "--history", "--json")
    assert (0, False) == (status, json.loads(out)["is_new"])
    assert before == events(told)
    assert 2 == sum("/history/" in request.path for request in registry.requests)
    assert 0 == told("verify")[0]


def test_a_history_that_breaks_off_leaves_the_trial_tracked(told: Told, registry: SimulatedRegistry) -> None:
    """The same command goes on."""
    registry.after_requests(1, lambda: registry.faults.next(Fault.SERVER_ERROR, count=9))
    status, out, err = told("track", ONE, "--history")
    assert (1, True) == (status, "run the same command again to go on" in err)
    assert f"{ONE}: tracked" in out
    registry.faults.stop()
    assert (0, True) == (told("track", ONE, "--history")[0], "A made trial" in told("tracked")[1])


@pytest.mark.parametrize("words", (ONE, "--all", "--query query.cond=asthma --name air"))
def test_a_registry_that_cannot_be_asked_leaves_nothing(words: str, told: Told, registry: SimulatedRegistry) -> None:
    """Status 1, one line, no ledger."""
    registry.faults.at_random(1.0, seed=1, kinds=(Fault.DROPPED,))
    status, out, err = told("track", *words.split())
    assert (1, "", 1) == (status, out, len(err.splitlines()))
    assert "no ledger" in told("tracked")[2]


def test_a_withheld_trial_is_tracked_and_not_read(told: Told, made: World) -> None:
    """The stub is thin: it is no record of the trial."""
    made.withhold(ONE)
    made.publish()
    status, out, _ = told("track", ONE)
    assert (0, True) == (status, "withheld by the registry" in out)
    assert [None] == [one["title"] for one in tracked(told)]
    assert 1 == events(told)


def test_a_query_is_tried_and_counted(told: Told, registry: SimulatedRegistry) -> None:
    """One request; the count is told, members come with the polls."""
    status, out, _ = told("track", "--name", "air", "--query", "query.cond=asthma&filter.overallStatus=RECRUITING")
    assert (0, True) == (status, "Tracking the query air: 1 trial today." in out)
    assert 1 == len(registry.requests)
    assert [("query", "air", None)] == [(one["kind"], one["name"], one["members"]) for one in tracked(told)]
    again = json.loads(
        told("track", "--name", "air", "--query", "filter.overallStatus=RECRUITING&query.cond=asthma", "--json")[1]
    )
    assert (False, 1) == (again["is_new"], again["matches"])
    status, _, err = told("track", "--name", "air", "--query", "query.cond=liver")
    assert (2, True) == (status, "another query is tracked as air" in err)
    assert 1 == events(told)
    assert (0, "Not tracking query air any more.\n", "") == told("untrack", "--query", "air")


def test_an_address_of_the_search_page_is_a_query(told: Told, registry: SimulatedRegistry) -> None:
    """It is kept in the registry's own parameters."""
    address = f"{registry.url}/search?cond=asthma&aggFilters=status:rec"
    assert 0 == told("track", "--name", "air", "--query", address)[0]
    assert ["filter.overallStatus=RECRUITING&query.cond=asthma"] == [one["query"] for one in tracked(told)]


@pytest.mark.parametrize(
    ("query", "said"),
    (
        ("filter.advanced=AREA[NoSuchArea]x", "NoSuchArea"),
        ("query.term=NCT00000001", "track them instead: trialog track NCT00000001"),
        ("query.condition=asthma", "query.condition"),
        ("https://clinicaltrials.gov/search?cond=asthma&distance=50", "'distance'"),
        ("", "is not name=value"),
    ),
)
def test_a_query_that_cannot_be_followed_is_refused(query: str, said: str, told: Told) -> None:
    """By trialog or by the registry, whose words are told; status 2, and nothing is recorded."""
    status, out, err = told("track", "--query", query, "--name", "made")
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert said in err
    assert "no ledger" in told("tracked")[2]


def test_the_whole_registry_is_tracked(told: Told) -> None:
    """With how many trials it has today; untracking it leaves what is tracked by itself."""
    assert (0, "Tracking the whole registry: 3 trials today.\n", "") == told("track", "--all")
    assert "already" in told("track", "--all")[1]
    told("track", ONE)
    assert ["whole registry", ONE] == [line.split("  ")[0] for line in told("tracked")[1].splitlines()[1:]]
    assert (0, "Not tracking the whole registry any more.\n", "") == told("untrack", "--all")
    assert [ONE] == [one["name"] for one in tracked(told)]
    assert (0, True) == (told("untrack", ONE)[0], "Nothing is tracked" in told("tracked")[1])


@pytest.mark.parametrize("words", ((TWO,), ("--query", "air"), ("--all",)))
def test_what_is_not_tracked_is_told(words: tuple[str, ...], told: Told) -> None:
    """Status 1; nothing is recorded."""
    told("track", ONE)
    before = events(told)
    status, out, err = told("untrack", *words)
    assert (1, "", 1) == (status, out, len(err.splitlines()))
    assert "is not tracked; trialog tracked lists what is" in err
    assert False is json.loads(told("untrack", *words, "--json")[1])["was_tracked"]
    assert before == events(told)


def test_the_rest_is_untracked_where_one_is_not_tracked(told: Told) -> None:
    """One wrong id stops no other."""
    told("track", ONE)
    assert 1 == told("untrack", TWO, ONE)[0]
    assert [] == tracked(told)


def test_untracking_makes_no_ledger(told: Told) -> None:
    """Where there is none, nothing is tracked."""
    status, _, err = told("untrack", ONE)
    assert (1, True) == (status, "no ledger" in err)
