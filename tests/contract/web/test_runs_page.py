"""Runs, and what they hold; who may releases it."""

from urllib.parse import urlencode

from store.held import HeldObservation
from tests.contract.pipeline.lab import Lab
from tests.contract.pipeline.test_releasing import IDS, coded, codes, held, hold
from tests.contract.web.filled import filled
from tests.contract.web.site import CSRF, NOON, Reply, Site
from tests.contract.web.test_looking_pages import page
from tests.contract.web.test_subscription_pages import send
from tracker.access.callers import Scope


def holding(site: Site) -> None:
    """A run that holds something."""
    filled(site)
    held = HeldObservation(
        subject="trial-ctgov:NCT00000001", reason="missing", paths=("/a",), told={}, packed=None, observed_at=NOON
    )
    with site.database.writing() as transaction:
        transaction.held.put_many("r1", [held])


def release(site: Site, csrf: str) -> Reply:
    """Send the form."""
    body = urlencode({"csrf": csrf, "as_migration": "true"})
    return site.get("/runs/r1/release", method="POST", body=body)


def test_runs_tell_what_they_did_and_hold(site: Site) -> None:
    """For people; only who may is offered a release."""
    holding(site)
    told = site.get("/runs").body.decode()
    assert ["delta" in told, "Held back" in told, "Release as changes" in told] == [True, True, False]
    site.scope = Scope.ADMIN
    assert "Release as changes" in site.get("/runs").body.decode()


def test_a_release_needs_leave_and_our_form(site: Site) -> None:
    """Nobody, and no form of another site, releases anything."""
    holding(site)
    assert 401 == release(site, CSRF).status
    site.scope = Scope.WRITE
    assert 403 == release(site, CSRF).status
    site.scope = Scope.ADMIN
    assert 403 == release(site, "another").status


def test_what_a_run_holds_is_released_as_one_says(site: Site) -> None:
    """As changes, or as a migration; the page tells which it was, and offers it no more."""
    lab = Lab.open(site.database.url)
    lab.see(*(coded(trial_id, "2026-03-01", "1000") for trial_id in IDS))
    hold(lab, [held(coded(trial_id, "2026-03-02", "2000")) for trial_id in IDS], "r1")
    hold(lab, [held(coded(trial_id, "2026-03-03", "3000")) for trial_id in IDS], "r2")
    site.scope = Scope.ADMIN
    for run_id, fields, way in (("r1", {"as_migration": "true"}, "as a migration"), ("r2", {}, "as changes")):
        assert f'action="/runs/{run_id}/release"' in page(site, "/runs")
        reply = send(site, f"/runs/{run_id}/release", **fields)
        assert 303 == reply.status
        told = page(site, reply.headers["location"].removeprefix(site.url))
        assert f"3 observations of run {run_id} released {way}, 3 events." in told
        assert f'action="/runs/{run_id}/release"' not in told
    asked = [(new, bool(detail.get("migration"))) for _, new, _, _, detail in codes(lab, IDS[0])]
    assert [("2000", True), ("3000", False)] == sorted(asked)
    lab.close()
