"""Subscriptions through the API: made, changed, paused and ended by the rules of the commands."""

from typing import Any

import pytest

from tests.contract.web.acting import HOOK, ME, actors, ask, subscribed, wrong
from tests.contract.web.site import Site
from tracker.access.callers import Scope

WEEKLY = {"every": "weekly", "at": "08:30", "zone": "Europe/Berlin", "on": "fri"}

REFUSED: tuple[tuple[dict[str, Any], int, str, str], ...] = (
    ({"scope": {"statuses": ["recruting"]}}, 422, "scope.statuses", "did you mean RECRUITING"),
    ({"what": {"types": ["result_posted"]}}, 422, "what.types", "did you mean results_posted"),
    ({"what": {"fields": ["enrolment"]}}, 422, "what.fields", "did you mean enrollment"),
    ({"what": {"fields": ["\0"]}}, 422, "what.fields", "no field"),
    ({"what": {"fields": ["\ud800"]}}, 422, "what.fields", "no field"),
    ({"what": {"when": ["lapsing"]}}, 422, "what.when", "expected lapsing:60d"),
    ({"what": {"remind_days": 0}}, 422, "what.remind_days", "greater than or equal to 1"),
    ({"what": {"remind_days": True}}, 422, "what.remind_days", "integer"),
    ({"scope": {"queries": ["livers"]}}, 409, "scope.queries", "no query livers is tracked"),
    ({"scope": {"condition": ["a"]}}, 422, "scope", "did you mean conditions?"),
    ({"scope": {"sponsors": ["\u200b"]}}, 422, "scope.sponsors", "cannot be looked for"),
    ({"scope": {"sponsors": [""]}}, 422, "scope.sponsors", "an empty text is none"),
    ({"when": {"even_empty": True}}, 409, "when.even_empty", "when.even_empty goes with when.digest.every"),
    ({"when": {"digest": {"every": "daily", "on": "mon"}}}, 409, "when.digest.on", "comes every day"),
    ({"when": {"digest": {"every": "daily", "zone": "Berlin"}}}, 422, "when.digest.zone", "Europe/Berlin"),
    ({"to": ["https://127.0.0.1/x"]}, 409, "to", "address 1: "),
    ({"to": ["me@example.org"]}, 422, "to", "did you mean mailto:me@example.org?"),
    ({"to": [ME, ME]}, 409, "to", "given twice"),
    ({"to": []}, 422, "to", "at least 1"),
    ({"name": "Not A Name"}, 422, "name", "did you mean not-a-name?"),
)


@pytest.fixture(autouse=True)
def may_write(site: Site) -> None:
    """Everybody may write."""
    site.scope = Scope.WRITE


def one(site: Site, name: str = "stale") -> dict[str, Any]:
    """A subscription as it is answered."""
    return ask(site, "GET", f"/subscriptions/{name}").object


def test_a_subscription_is_made_and_asked_for_again_as_it_was_told(site: Site) -> None:
    """201 with its place and its secrets, which are not told again; what was answered makes the same."""
    what = {"significance": "minor", "when": ["unknown", "lapsing:060d"], "remind_days": 30, "types": None}
    made = ask(
        site,
        "POST",
        "/subscriptions",
        {
            "name": "stale",
            "to": [HOOK, ME],
            "scope": {"statuses": ["RECRUITING"]},
            "what": what,
            "when": {"digest": WEEKLY},
        },
    )
    assert (201, "/api/v1/subscriptions/stale") == (made.status, made.headers["location"])
    assert ["subscription", "addresses", "notes"] == list(made.object)
    assert [True, False] == [address["secret"] is not None for address in made.object["addresses"]]
    assert any("hooks.invalid: the host" in note for note in made.object["notes"])
    told = one(site)
    keys = ["name", "state", "scope", "what", "when", "created_at", "addresses"]
    assert (keys, ["unknown", "lapsing:60d"], WEEKLY) == (list(told), told["what"]["when"], told["when"]["digest"])
    secret = made.object["addresses"][0]["secret"].encode()
    assert secret not in ask(site, "GET", "/subscriptions/stale").body
    assert b"hooks.invalid/x" not in ask(site, "GET", "/subscriptions").body
    again = {"name": "other", "to": [ME], **{key: told[key] for key in ("scope", "what", "when")}}
    assert 201 == ask(site, "POST", "/subscriptions", again).status
    assert {**told, "name": "other"} | {"created_at": "", "addresses": []} == one(site, "other") | {
        "created_at": "",
        "addresses": [],
    }


def test_a_change_leaves_the_rest_and_null_takes_away(site: Site) -> None:
    """What is given replaces what was; null and an empty list take a part away, as an empty option does."""
    subscribed(site, scope={"sponsors": ["Acme"], "statuses": ["COMPLETED"]}, when={"digest": WEEKLY})
    changed = ask(
        site,
        "PATCH",
        "/subscriptions/stale",
        {"scope": {"sponsors": []}, "what": {"when": ["unknown"]}, "when": {"digest": {"at": "09:00"}}},
    )
    assert 200 == changed.status
    told = one(site)
    assert ([], ["COMPLETED"], ["unknown"]) == (
        told["scope"]["sponsors"],
        told["scope"]["statuses"],
        told["what"]["when"],
    )
    assert {**WEEKLY, "at": "09:00"} == told["when"]["digest"]
    ask(site, "PATCH", "/subscriptions/stale", {"scope": None, "what": {"when": None}, "when": None, "to": [HOOK]})
    told = one(site)
    assert ([], [], None, ["webhook"]) == (
        told["scope"]["statuses"],
        told["what"]["when"],
        told["when"]["digest"],
        [address["channel"] for address in told["addresses"]],
    )


def test_what_cannot_be_is_refused_at_its_place(site: Site) -> None:
    """With what is near, and nothing is made."""
    for body, status, parameter, said in REFUSED:
        refused = ask(site, "POST", "/subscriptions", {"name": "stale", "to": [ME], **body})
        assert (status, [parameter]) == (refused.status, wrong(refused)), body
        assert said in refused.object["detail"]
    assert [] == ask(site, "GET", "/subscriptions").object["items"]


def test_bodies_of_another_kind_are_refused(site: Site) -> None:
    """What is no JSON, or no object, or too large, or holds half a character."""
    bodies = (
        b"",
        b"{",
        b"[]",
        b'"x"',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"name":"\\ud800","to":["\\ud800"]}',
        b"1" * 9999,
    )
    told = [ask(site, "POST", "/subscriptions", raw=one).status for one in bodies]
    assert {400, 422} >= set(told)
    assert 413 == ask(site, "POST", "/subscriptions", raw=b" " * 1_100_000).status
    assert 409 == ask(site, "PATCH", "/subscriptions/stale", {}).status
    assert 404 == ask(site, "PATCH", "/subscriptions/stale", {"what": {"from_now": True}}).status


def test_a_name_is_taken_once_and_near_ones_are_told(site: Site) -> None:
    """409 for one in use, 404 for one that is not there, also with a character that no database holds."""
    subscribed(site)
    assert (409, ["name"]) == (
        (again := ask(site, "POST", "/subscriptions", {"name": "stale", "to": [ME]})).status,
        wrong(again),
    )
    for method, path in (("GET", ""), ("DELETE", ""), ("POST", "/pause"), ("POST", "/resume"), ("POST", "/try")):
        refused = ask(site, method, f"/subscriptions/stales{path}")
        assert (404, True) == (refused.status, "did you mean stale?" in refused.object["detail"])
        assert 404 == ask(site, method, f"/subscriptions/st\0le{path}").status


def test_pause_resume_and_the_end(site: Site) -> None:
    """Each answers how it stands then; with forget nothing of an address is kept."""
    subscribed(site)
    assert "paused" == ask(site, "POST", "/subscriptions/stale/pause").object["state"]
    assert "paused" == ask(site, "POST", "/subscriptions/stale/pause").object["state"]
    resumed = ask(site, "POST", "/subscriptions/stale/resume?skip=true").object
    assert ("active", 0) == (resumed["state"], resumed["messages_count"])
    ended = ask(site, "DELETE", "/subscriptions/stale").object
    assert ("stale", 0, False) == (ended["name"], ended["unsent_count"], ended["is_forgotten"])
    assert (404, 404) == (
        ask(site, "GET", "/subscriptions/stale").status,
        ask(site, "DELETE", "/subscriptions/stale").status,
    )
    assert ask(site, "DELETE", "/subscriptions/stale?forget=true").object["is_forgotten"]


def test_secrets_are_rotated_and_told_once(site: Site) -> None:
    """Of all signed addresses or of one; an address that is not signed, or none, is refused."""
    made = subscribed(site, to=[HOOK, ME])
    rotated = ask(site, "POST", "/subscriptions/stale/rotate-secret").object
    (address,) = rotated["addresses"]
    assert address["secret"] not in (None, made.object["addresses"][0]["secret"])
    assert 200 == ask(site, "POST", "/subscriptions/stale/rotate-secret", {"address": "1", "overlap": "7d"}).status
    for body, status in (
        ({"address": "2"}, 409),
        ({"address": "elsewhere"}, 404),
        ({"overlap": "91d"}, 422),
        ({"overlap": "soon"}, 422),
    ):
        assert status == ask(site, "POST", "/subscriptions/stale/rotate-secret", body).status


def test_who_may_only_read_changes_nothing(site: Site) -> None:
    """403; and who is nobody in particular reads no subscriptions."""
    site.scope = Scope.READ
    assert 403 == ask(site, "POST", "/subscriptions", {"name": "stale", "to": [ME]}).status
    assert 200 == ask(site, "GET", "/subscriptions").status
    site.scope = None
    assert [401, 401] == [ask(site, "GET", path).status for path in ("/subscriptions", "/deliveries")]


def test_the_list_comes_by_pages(site: Site) -> None:
    """By name."""
    for name in ("b", "a", "c"):
        subscribed(site, name)
    first = ask(site, "GET", "/subscriptions?limit=2").object
    assert ["a", "b"] == [each["name"] for each in first["items"]]
    rest = ask(site, "GET", first["next"].removeprefix("/api/v1")).object
    assert (["c"], None) == ([each["name"] for each in rest["items"]], rest["next"])


def test_who_acts_is_recorded(site: Site) -> None:
    """With everything that a program does to a subscription."""
    subscribed(site, to=[HOOK])
    ask(site, "PATCH", "/subscriptions/stale", {"what": {"when": ["unknown"]}})
    for act in ("pause", "resume", "rotate-secret", "try"):
        assert 200 == ask(site, "POST", f"/subscriptions/stale/{act}").status
    ask(site, "DELETE", "/subscriptions/stale?forget=true")
    found = actors(site)
    assert {"ada"} == set(found)
    assert 8 == len(found)


def test_a_body_that_is_not_said_to_be_json_is_told_how(site: Site) -> None:
    """As whoever forgets the header sends it; and what else is to be an object is told to be one."""
    site.scope = Scope.WRITE
    forgotten = site.get("/api/v1/subscriptions", method="POST", body='{"name": "x"}')
    told = "an object of JSON, sent as Content-Type: application/json"
    assert (422, [{"parameter": "body", "expected": told}]) == (forgotten.status, forgotten.object["errors"])
    listed = ask(site, "POST", "/subscriptions", {"name": "x", "to": [ME], "what": []})
    assert [{"parameter": "what", "expected": "an object"}] == listed.object["errors"]
