"""Releasing through the API what a run really holds."""

import pytest

from tests.contract.pipeline.lab import Lab
from tests.contract.pipeline.test_releasing import IDS, RUN, coded, held, hold, missing
from tests.contract.web.site import Site, api, serving
from tracker.access.callers import Scope


def release(site: Site, query: str) -> tuple[int, list[object]]:
    """Ask for it: the status, and the numbers of observations released, released before, and of events."""
    found = site.get(f"/api/v1/runs/{RUN}/release{query}", method="POST")
    return found.status, [found.object[key] for key in ("released", "already", "events")]


@pytest.mark.parametrize(
    ("query", "became", "told"),
    (
        ("", "released", {("whereabouts", "major"), ("location", "minor")}),
        ("?as_migration=true", "migrated", {("whereabouts", "administrative"), ("location", "administrative")}),
    ),
)
def test_what_a_run_holds_is_released(own_url: str, query: str, became: str, told: set[tuple[str, str]]) -> None:
    """As changes or as a migration, once; the run and the changes say so."""
    lab = Lab.open(own_url)
    lab.see(*(coded(trial_id, "2026-03-01", "5003") for trial_id in IDS))
    hold(lab, [*(held(coded(trial_id, "2026-03-02", "N-5003")) for trial_id in IDS), missing(IDS[0])])
    lab.close()
    with serving(own_url) as site:
        site.scope = Scope.ADMIN
        assert [(200, [4, 0, 4]), (200, [0, 4, 0])] == [release(site, query), release(site, query)]
        holds = api(site, f"/runs/{RUN}").object["holds"]
        assert [(3, 3, 0), (1, 1, 0)] == [(one["count"], one[became], one["waiting"]) for one in holds]
        changes = api(site, "/changes?limit=4").object["items"]
        assert told == {(one["field"], one["significance"]) for one in changes}
