"""Trials as programs read them: as they are or were, their revisions, differences and changes."""

import pytest

from tests.contract.cli.command import ask
from tests.contract.web.histories import MERGED, SURVIVOR, WITHHELD
from tests.contract.web.site import Site, api, everything


def test_a_trial_is_answered_as_it_is_or_was(told: Site) -> None:
    """The newest revision, that of a number, or that of a day, each with its record."""
    newest = api(told, f"/trials/{SURVIVOR.lower()}")
    keys = ["trial_id", "revision", "posted_on", "observed_at", "origin", "staleness", "record"]
    assert (200, keys, 2) == (newest.status, list(newest.object), newest.object["revision"])
    asked = ("?revision=1", "?as_of=2023-02-01", "?known_at=2027-01-01T00:00:00%2B01:00")
    assert [1, 1, 2] == [api(told, f"/trials/{SURVIVOR}{one}").object["revision"] for one in asked]
    assert 10**30 == newest.object["record"]["protocolSection"]["designModule"]["enrollmentInfo"]["count"]
    assert 404 == api(told, f"/trials/{SURVIVOR}?as_of=2020-01-01").status


def test_staleness_is_that_of_the_day_asked_for(told: Site) -> None:
    """With the keys of the command, UNKNOWN or foretold; null for a record that the registry did not show."""
    now, then = (api(told, f"/trials/{SURVIVOR}{on}").object["staleness"] for on in ("", "?as_of=2025-01-15"))
    assert ("unknown", "2025-02-01") == (now["state"], now["unknown_since"])
    assert ("lapsing", 17) == (then["state"], then["days_left"])
    hidden, before = (api(told, f"/trials/{WITHHELD}{on}").object["staleness"] for on in ("", "?as_of=2026-03-01"))
    assert (None, "unknown") == (hidden, before["state"])
    assert list(now) == list(api(told, "/stale").object["items"][0])


def test_a_merged_trial_leads_to_its_survivor(told: Site) -> None:
    """With the query, under the path that was asked; its history stays where it was."""
    reply = api(told, f"/trials/{MERGED}?revision=1")
    assert (301, f"/api/v1/trials/{SURVIVOR}?revision=1") == (reply.status, reply.headers["location"])
    assert 200 == api(told, f"/trials/{MERGED}/changes").status


def test_parameters_that_contradict_one_another_are_refused(told: Site) -> None:
    """By 409, with each of them named."""
    reply = api(told, f"/trials/{SURVIVOR}?revision=1&as_of=2026-01-01")
    assert (409, "as_of") == (reply.status, reply.object["errors"][0]["parameter"])
    asked = ("/changes?since=2026-02-01&until=2026-01-01", "/stale?on=9999-12-31&within=1")
    assert [409, 409] == [api(told, one).status for one in asked]


def test_revisions_come_by_pages(told: Site) -> None:
    """In the registry's order."""
    assert [1, 2] == [one["revision"] for one in everything(told, f"/trials/{SURVIVOR}/revisions?limit=1")]


def test_a_difference_is_answered_between_any_two(told: Site) -> None:
    """Without numbers between the newest and the one before; of a single revision there is none."""
    reply = api(told, f"/trials/{SURVIVOR}/diff").object
    assert (["from", "to", "changes"], 1, 2) == (list(reply), reply["from"], reply["to"])
    assert "enrollment" in [change["field"] for change in reply["changes"]]
    assert {"from": 2, "to": 2, "changes": []} == api(told, f"/trials/{SURVIVOR}/diff?from=2").object
    assert {"from": None, "to": 1, "changes": []} == api(told, f"/trials/{MERGED}/diff").object
    missing = api(told, f"/trials/{SURVIVOR}/diff?from=1&to=9")
    assert (404, True) == (missing.status, "expected one of 1 to 2" in missing.object["detail"])


def test_the_changes_of_a_trial_come_by_pages_and_filters(told: Site) -> None:
    """In the registry's order, each once; the position of another trial is no place."""
    whole = api(told, f"/trials/{SURVIVOR}/changes").object
    assert None is whole["next"]
    assert whole["items"] == everything(told, f"/trials/{SURVIVOR}/changes?limit=1")
    only = api(told, f"/trials/{SURVIVOR}/changes?category=enrollment&since=2023-05-01").object["items"]
    assert ["enrollment"] * len(only) == [one["category"] for one in only]
    assert 404 == api(told, f"/trials/{MERGED}/changes?after=1").status
    assert 404 == api(told, "/trials/NCT09999999/changes").status


def test_history_is_read_as_it_was_known(told: Site) -> None:
    """At an instant, and between days, both of them included; of all that, the list of revisions has the instant."""
    revisions = api(told, f"/trials/{SURVIVOR}/revisions").object["items"]
    between = revisions[0]["recorded_at"].replace("01.000000Z", "02Z")
    assert 1 == len(api(told, f"/trials/{SURVIVOR}/revisions?known_at={between}").object["items"])
    for query, numbers in (
        (f"known_at={between}", {1}),
        ("until=2023-05-31", {1}),
        ("since=2023-06-01&until=2023-06-01", {2}),
        ("since=2023-01-10", {1, 2}),
        ("since=2023-06-02", set()),
        ("until=2023-01-09", set()),
        ("field=enrollment", {2}),
        ("type=trial_first_observed", {1}),
    ):
        found = api(told, f"/trials/{SURVIVOR}/changes?{query}").object["items"]
        assert (query, numbers) == (query, {one["revision"] for one in found})


def test_the_answers_are_those_of_the_commands(told: Site, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Object by object."""
    asked = {
        f"/trials/{SURVIVOR}/changes": ("history", SURVIVOR),
        f"/trials/{SURVIVOR}/revisions": ("revisions", SURVIVOR),
        "/changes?after=0": ("changes",),
        "/stale?on=2026-05-04": ("stale", "--on", "2026-05-04"),
        "/tracked": ("tracked",),
        "/tracked/log?name=asthma%2Fof%20all": ("tracked", "asthma/of all", "--log"),
        "/runs": ("runs",),
    }
    for path, command in asked.items():
        answer = ask(capfdbinary, *command, "--json", "--database", told.database.url)
        assert (0, answer.objects) == (answer.status, api(told, path).object["items"])
