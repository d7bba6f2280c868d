"""What is tracked, on a page: looked at by whoever may read, changed by whoever may write."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from tests.contract.web.histories import SURVIVOR
from tests.contract.web.lived_in import lived_in
from tests.contract.web.site import CSRF, Reply, Site, serving
from tests.contract.web.test_looking_pages import page
from tests.unit.simulator.worlds import ONE, world
from tracker.access.callers import Scope
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers

NAME = "liver & <more>"


@pytest.fixture
def site(own_url: str) -> Iterator[Site]:
    """A ledger served, beside a registry on this machine."""
    with (
        SimulatedRegistry(StudyAnswers(world())) as registry,
        serving(own_url, **{"ctgov.base_url": registry.url, "ctgov.request_interval_s": "0"}) as made,
    ):
        yield made


def send(site: Site, path: str, **fields: str) -> Reply:
    """A form of ours."""
    return site.get(path, method="POST", body=urlencode({"csrf": CSRF, **fields}), accept="text/html")


def test_what_is_tracked_is_shown_and_changed(site: Site) -> None:
    """Trials and queries, asked for at the registry; their log; and no longer."""
    assert "Nothing is tracked" in page(site, "/tracked")
    assert 401 == send(site, "/tracked", trial=ONE).status
    site.scope = Scope.WRITE
    assert 303 == send(site, "/tracked", trial=ONE.lower()).status
    assert 303 == send(site, "/tracked", name="all-of-it", query="query.cond=anything").status
    told = page(site, "/tracked")
    assert [True, True] == [ONE in told, "all-of-it" in told]
    assert "query tracked" in page(site, "/tracked?name=all-of-it")
    assert 303 == send(site, "/tracked/untrack", name=ONE).status
    assert f'href="/trials/{ONE}"' not in page(site, "/tracked").split("<h2>")[0]


def test_what_cannot_be_tracked_is_said(site: Site) -> None:
    """With what was typed still there."""
    site.scope = Scope.WRITE
    lived_in(site)
    for fields in ({"trial": "NCT1"}, {"name": "x", "query": "nonsense=1"}, {}, {"trial": "NCT09999999"}):
        reply = send(site, "/tracked", **fields)
        assert (fields, 422) == (fields, reply.status)
    assert b'value="NCT1"' in send(site, "/tracked", trial="NCT1").body
    page(site, f"/tracked?name={quote(NAME)}", status=404)
    assert 403 == site.get("/tracked/untrack", method="POST", body="csrf=no&name=x").status


def test_what_is_tracked_has_feeds(told: Site) -> None:
    """Of each query and trial, found by readers of feeds; the whole registry has that of all changes."""
    for path, feeds in (("/tracked", 1), ("/tracked?name=asthma/of%20all", 1), (f"/tracked?name={SURVIVOR}", 1)):
        found = page(told, path)
        links = re.findall(r'<link rel="alternate" type="application/atom\+xml" title="[^"]+" href="([^"]+)"', found)
        assert feeds == len(links)
        assert [200] * feeds == [told.get(link).status for link in links]
        assert [200, 200] == [told.get(link).status for link in re.findall(r'<td><a href="(/feeds/[^"]+)"', found)]
