"""Changes, stale trials, runs, what is tracked, and the ledger itself, as programs read them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from store.verifications import Verification
from tests.contract.store.mailroom import put
from tests.contract.web.histories import SURVIVOR
from tests.contract.web.site import Site, api, everything
from tracker.access.callers import Scope
from tracker.domain.running import OPERATOR


def positions(items: Sequence[Mapping[str, Any]]) -> list[int]:
    """Their positions."""
    return [one["position"] for one in items]


def test_changes_are_read_from_either_end(told: Site) -> None:
    """Newest first with the way to older ones; behind a position oldest first; each once."""
    back = positions(everything(told, "/changes?limit=1"))
    on = positions(everything(told, "/changes?limit=1&after=0"))
    assert back == on[::-1] == sorted(set(back), reverse=True)
    assert len(back) > 5
    assert {"items": [], "next": None} == api(told, f"/changes?after={2**63 - 1}").object
    first = api(told, f"/changes/{on[0]}")
    assert (200, on[0]) == (first.status, first.object["position"])
    assert 404 == api(told, "/changes/1000000").status


def test_changes_are_filtered_as_by_the_command(told: Site) -> None:
    """By every filter, each value an alternative; by instants and days."""
    assert ["enrollment"] == [one["field"] for one in api(told, "/changes?field=enrollment").object["items"]]
    moved = api(told, "/changes?type=record_merged&type=results_posted&significance=major&origin=registry").object
    assert ["record_merged"] == [one["type"] for one in moved["items"]]
    assert {"NCT00000002"} == {one["trial_id"] for one in api(told, "/changes?trial=NCT00000002").object["items"]}
    assert [] == api(told, "/changes?since=2027-01-01").object["items"]
    assert [] == api(told, "/changes?until=0999-01-01T00:00:00Z").object["items"]
    assert [] != api(told, "/changes?since=0999-01-01").object["items"]


REFUSED = (
    ("sponser=x", "sponser", "no such parameter"),
    ("categry=outcomes", "categry", "did you mean category?"),
    ("category=outcome", "category", "did you mean outcomes"),
    ("limit=1&limit=2", "limit", "one value"),
    ("limit=1001", "limit", "less than or equal to 1000"),
    (f"after={2**63}", "after", "less than or equal"),
    ("after=" + "9" * 5000, "after", "integer"),
    ("since=2026-02", "since", "did you mean 2026-02-01?"),
    ("until=2026-02-15T09:30", "until", "no time zone"),
    ("trial=NCT1%00", "trial", "is not a trial id"),
    ("format=xml", "format", "csv"),
)


def test_what_cannot_be_used_is_told_with_what_was_expected(site: Site) -> None:
    """By 422, so that a misspelt filter does not answer everything."""
    for query, parameter, words in REFUSED:
        reply = api(site, f"/changes?{query}")
        assert (422, parameter) == (reply.status, reply.object["errors"][0]["parameter"])
        assert words in reply.object["errors"][0]["expected"]


def test_a_field_that_is_none_is_refused_and_odd_text_matches_nothing(told: Site) -> None:
    """A field is looked up in the catalogue and the ledger; NUL and foreign bytes reach no database, nor do
    instants beyond the ends of the calendar."""
    reply = api(told, "/changes?field=enrolment")
    assert (422, True) == (reply.status, "did you mean enrollment" in reply.object["detail"])
    taken = (
        *("/changes?field=a.%00", "/stale?condition=%00", "/stale?sponsor=%ff%fe", "/tracked?after=query:%00"),
        *("/changes?until=0001-01-01T00:20:30%2B01:01", "/changes?since=9999-12-31T23:59:59-01:00"),
    )
    assert [200] * 6 == [api(told, one).status for one in taken]
    unknown = (
        "/runs/%00",
        "/runs/" + "x" * 5000,
        "/runs?before=%00",
        "/tracked/log?name=%00",
        "/tracked/log?name=%ed%a0%80",
    )
    assert [404] * 5 == [api(told, one).status for one in unknown]


def test_stale_trials_come_by_pages(told: Site) -> None:
    """The longest first, on one day whatever the clock does meanwhile."""
    whole = api(told, "/stale?on=2026-05-04&within=400").object["items"]
    assert whole == everything(told, "/stale?on=2026-05-04&within=400&limit=1")
    assert len(whole) > 1
    assert "on=2026-05-04" in api(told, "/stale?limit=1").object["next"]
    assert [SURVIVOR] == [one["trial_id"] for one in api(told, "/stale?sponsor=UNIVERSITAT").object["items"]]
    for query, trials in (
        ("on=2026-05-04&condition=asth", [SURVIVOR]),
        ("on=2026-05-04&condition=none", []),
        ("on=2026-05-04&country=nowhere", []),
        ("on=2026-05-04&min_days=457", [SURVIVOR]),
        ("on=2026-05-04&min_days=458", []),
        ("on=2025-01-31&within=1&sponsor=universitat", [SURVIVOR]),
        ("on=2025-01-31&within=0&sponsor=universitat", []),
    ):
        found = [
            one["trial_id"]
            for one in api(told, f"/stale?{query}").object["items"]
            if one["lapses_on"] or one["unknown_since"]
        ]
        assert (query, trials) == (query, found)
    somewhere = [one["trial_id"] for one in api(told, "/stale?on=2026-05-04&country=germ").object["items"]]
    assert len(somewhere) < len(whole)


def test_runs_come_by_pages_and_one_with_what_it_holds(told: Site) -> None:
    """The newest first."""
    assert ["r2", "r1"] == [one["run"] for one in everything(told, "/runs?limit=1")]
    one = api(told, "/runs/r1").object
    assert (True, [], 1) == (one["complete"], one["holds"], one["held"])
    assert 404 == api(told, "/runs/r9").status


def test_what_is_tracked_and_its_log_come_by_pages(told: Site) -> None:
    """A query's name may hold a slash."""
    assert [("query", 2), ("trial", None)] == [
        (one["kind"], one["members"]) for one in everything(told, "/tracked?limit=1")
    ]
    log = everything(told, "/tracked/log?name=asthma%2Fof%20all&limit=1")
    assert ["query_tracked", "member_entered", "member_entered"] == [one["type"] for one in log]
    assert 2 == len(everything(told, "/tracked/log?limit=1"))
    assert 404 == api(told, "/tracked/log?name=nobody").status


def test_a_list_is_a_table_with_the_way_on(told: Site) -> None:
    """In a header, and no cell begins a formula."""
    reply = api(told, "/changes?format=csv&limit=1&type=trial_first_observed&trial=NCT03460795")
    assert ("text/csv; charset=utf-8", None) == (reply.headers["content-type"], reply.headers.get("link"))
    assert '; rel="next"' in api(told, "/changes?format=csv&limit=1").headers["link"]


def test_the_ledger_tells_of_itself(told: Site) -> None:
    """How much it holds to everybody, how it is doing to who may know."""
    assert (5, []) == (api(told, "/info").object["trials"], api(told, "/info").object["disabled_addresses"])
    assert 401 == api(told, "/status").status
    told.scope = Scope.READ
    seen = api(told, "/status")
    told.scope = None
    assert 5 == seen.object["counts"]["trials"]


def test_addresses_are_told_to_who_may_read_them(site: Site) -> None:
    """Others are told by null that there are some to which nothing is sent any more."""
    put(site.database, "a", subscription=OPERATOR)
    site.execute("UPDATE addresses SET state = 'disabled'")
    assert None is api(site, "/info").object["disabled_addresses"]
    site.scope = Scope.READ
    assert ["https://a.example.org/***"] == [one["address"] for one in api(site, "/info").object["disabled_addresses"]]


def test_the_last_check_is_told(site: Site) -> None:
    """All null before the first; a fault stays told until a check of as much is sound."""
    assert {None} == set(api(site, "/verify").object.values())
    early, late = (datetime(2026, 5, day, tzinfo=UTC) for day in (1, 2))
    wrong = Verification(scope="all", ok=False, checked_to=7, checked_at=early, position=8, reason="bent")
    with site.database.writing() as transaction:
        transaction.verifications.put(wrong)
        transaction.verifications.put(Verification(scope="new", ok=True, checked_to=9, checked_at=late))
    reply = api(site, "/verify").object
    assert ["ok", "checked_to", "checked_at", "position", "reason"] == list(reply)
    assert (False, 8, "bent") == (reply["ok"], reply["position"], reply["reason"])


def test_the_openapi_says_who_may_and_is_shown_to_people(told: Site) -> None:
    """Each operation its need; the page has every operation, and asks no other host."""
    schema = api(told, "/openapi.json").object
    assert "3.1" == schema["openapi"][:3]
    assert "bearer" == schema["components"]["securitySchemes"]["bearer"]["scheme"]
    told_needs = {one["x-trialog-need"] for paths in schema["paths"].values() for one in paths.values()}
    assert {"reading", "read"} <= told_needs
    page = told.get("/api", accept="text/html").body.decode()
    assert [] == [path for path in schema["paths"] if path not in page]
    assert "https://" not in page.replace("https://www.rfc-editor.org", "")


def test_a_method_that_is_not_taken_is_told_with_those_that_are(told: Site) -> None:
    """All of the address."""
    reply = told.get("/api/v1/changes", method="PUT")
    assert (405, "HEAD, GET") == (reply.status, reply.headers["allow"])
