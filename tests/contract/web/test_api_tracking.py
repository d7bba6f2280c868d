"""Tracking and releasing through the API, against a registry on this machine."""

from collections.abc import Iterator

import pytest

from store.held import HeldObservation
from tests.contract.web.acting import ask
from tests.contract.web.filled import filled
from tests.contract.web.site import NOON, Site, serving
from tests.unit.simulator.worlds import ONE, TWO, study, world
from tracker.access.callers import Scope
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers

NO_WAITS = dict.fromkeys(("ctgov.request_interval_s", "ctgov.history_interval_s", "ctgov.retry_wait_s"), "0")


@pytest.fixture
def near(own_url: str) -> Iterator[Site]:
    """A site that asks a registry of two trials."""
    made = world(study(ONE, conditionsModule={"conditions": ["Asthma"]}), study(TWO))
    with (
        SimulatedRegistry(StudyAnswers(made)) as registry,
        serving(own_url, **{"ctgov.base_url": registry.url}, **NO_WAITS) as site,
    ):
        site.scope = Scope.WRITE
        yield site


def test_trials_queries_and_the_registry_are_tracked_and_untracked(near: Site) -> None:
    """With the keys of the command; what is tracked already stays so, and first sights are read at once."""
    (now,) = ask(near, "POST", "/tracked", {"trials": [ONE.lower()]}).object["items"]
    assert {"kind": "trial", "name": ONE, "alias": None, "query": None, "matches": None, "is_new": True} == now
    assert 200 == near.get(f"/api/v1/trials/{ONE}/revisions").status
    assert [False] == [one["is_new"] for one in ask(near, "POST", "/tracked", {"trials": [ONE]}).object["items"]]
    (now,) = ask(near, "POST", "/tracked", {"name": "air/ways", "query": "query.cond=asthma"}).object["items"]
    assert ("query", "air/ways", 1) == (now["kind"], now["name"], now["matches"])
    (now,) = ask(near, "POST", "/tracked", {"all": True}).object["items"]
    assert ("registry", None, 2) == (now["kind"], now["name"], now["matches"])
    assert 3 == len(near.get("/api/v1/tracked").object["items"])
    for name in (ONE.lower(), "air/ways", "*"):
        (gone,) = ask(near, "DELETE", f"/tracked/{name}").object["items"]
        assert gone["was_tracked"]
        assert 404 == ask(near, "DELETE", f"/tracked/{name}").status
    assert [] == near.get("/api/v1/tracked").object["items"]


def test_what_cannot_be_tracked_is_refused(near: Site) -> None:
    """Nothing is recorded then."""
    ask(near, "POST", "/tracked", {"name": "lungs", "query": "query.cond=asthma"})
    for body, status in (
        ({"trials": ["NCT99999999"]}, 404),
        ({"trials": ["NCT1"]}, 422),
        ({"trials": ["NCT00000000"]}, 409),
        ({"trials": []}, 422),
        ({}, 409),
        ({"all": True, "trials": [ONE]}, 409),
        ({"query": "query.cond=asthma"}, 409),
        ({"name": "x", "query": "cond"}, 409),
        ({"name": "lungs", "query": "query.cond=pain"}, 409),
        ({"trails": [ONE]}, 422),
    ):
        assert status == ask(near, "POST", "/tracked", body).status, body
    assert ["lungs"] == [one["name"] for one in near.get("/api/v1/tracked").object["items"]]
    near.scope = Scope.READ
    assert 403 == ask(near, "POST", "/tracked", {"all": True}).status


def test_a_registry_that_is_away_is_told(own_url: str) -> None:
    """409 with when to try again; nothing is recorded."""
    with serving(own_url, **{"ctgov.base_url": "http://127.0.0.1:9", "ctgov.retries": "0"}, **NO_WAITS) as site:
        site.scope = Scope.WRITE
        refused = ask(site, "POST", "/tracked", {"trials": [ONE]})
        assert (409, "60") == (refused.status, refused.headers["retry-after"])
        assert [] == site.get("/api/v1/tracked").object["items"]


def test_what_a_run_holds_is_released_by_who_may(site: Site) -> None:
    """The keys of the command; a second time nothing is left, and an unknown run is told with what is near."""
    filled(site)
    held = HeldObservation(
        subject="NCT00000001", observed_at=NOON, reason="missing", paths=("/a",), told={}, packed=None
    )
    with site.database.writing() as transaction:
        transaction.held.put_many("r1", [held])
        transaction.held.mark_released([each.id for each in transaction.held.next("r1", limit=9)], as_migration=False)
    site.scope = Scope.WRITE
    assert 403 == ask(site, "POST", "/runs/r1/release").status
    site.scope = Scope.ADMIN
    told = ask(site, "POST", "/runs/r1/release?as_migration=true").object
    assert {"run": "r1", "as_migration": True, "released": 0, "nothing": 0, "events": 0, "already": 1} == told
    refused = ask(site, "POST", "/runs/r/release")
    assert (404, True) == (refused.status, "did you mean r" in refused.object["detail"])
    assert 404 == ask(site, "POST", "/runs/r2/release").status
    assert 404 == ask(site, "POST", "/runs/\0/release").status
