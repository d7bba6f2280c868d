"""Runs, and what they hold; who may releases it."""

from urllib.parse import urlencode

from store.held import HeldObservation
from tests.contract.web.filled import filled
from tests.contract.web.site import CSRF, NOON, Reply, Site
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
