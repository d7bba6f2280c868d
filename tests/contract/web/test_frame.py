"""What every address has in common: names, headers, tags, refusals."""

from tests.contract.pipeline.lab import Lab
from tests.contract.web.site import Site
from tests.records import record
from tracker.access.callers import Scope


def test_revisions_of_a_trial_are_answered_as_the_command_does(site: Site) -> None:
    """A list with the keys of the command's --json, and nothing behind it."""
    lab = Lab.open(site.database.url)
    lab.see(record("NCT00000001"))
    lab.close()
    reply = site.get("/api/v1/trials/nct00000001/revisions")
    assert (200, "application/json") == (reply.status, reply.headers["content-type"])
    assert [[1], None] == [[one["revision"] for one in reply.object["items"]], reply.object["next"]]


def test_a_list_is_also_a_table(site: Site) -> None:
    """As CSV, with a head."""
    lab = Lab.open(site.database.url)
    lab.see(record("NCT00000001"))
    lab.close()
    reply = site.get("/api/v1/trials/NCT00000001/revisions?format=csv")
    assert "text/csv; charset=utf-8" == reply.headers["content-type"]
    assert b"trial_id,revision,predecessor" == reply.body.splitlines()[0][:29]


def test_what_is_not_held_is_a_problem(site: Site) -> None:
    """By RFC 9457, for programs; for people a page."""
    reply = site.get("/api/v1/trials/NCT00000001/revisions")
    assert (404, "application/problem+json") == (reply.status, reply.headers["content-type"])
    assert ["type", "title", "status", "detail", "errors"] == list(reply.object)
    page = site.get("/nowhere", accept="text/html")
    assert (404, "text/html; charset=utf-8") == (page.status, page.headers["content-type"])


def test_a_foreign_name_is_refused(site: Site) -> None:
    """But for the probes, which are asked by whatever name."""
    asked = [site.get(path, host="evil.example") for path in ("/", "/api/v1/openapi.json", "/healthz")]
    assert [400, 400, 200] == [reply.status for reply in asked]


def test_a_refusal_names_the_parameter(site: Site) -> None:
    """Also where the ledger is asked first, and where a body is none."""
    for path in ("/changes", "/changes/stream"):
        reply = site.get(f"/api/v1{path}?field=nonsense")
        assert (422, "field") == (reply.status, reply.object["errors"][0]["parameter"])
    site.scope = Scope.ADMIN
    told = {"content-type": "application/json"}
    reply = site.get("/api/v1/backtest?since=2026-01-01", method="POST", body="{", **told)
    assert (400, "the body is no JSON") == (reply.status, reply.object["detail"])
    assert [("body", "JSON")] == [(one["parameter"], one["expected"][:4]) for one in reply.object["errors"]]


def test_a_host_is_a_name_and_perhaps_a_port(site: Site) -> None:
    """An IP address or localhost, and nothing dressed up as one, which a link could be made of."""
    own = ("127.0.0.1", "localhost:80", "LocalHost", "[::1]:8484", "192.0.2.7", "10.0.0.1:")
    dressed = ("evil@127.0.0.1", "127.0.0.1/evil", "127.0.0.1?evil", "127.0.0.1#@evil.example", "127.0.0.1:evil")
    others = ("127.0.0.1.evil.example", "localhost.", "127.1", "2130706433", "[::1", "::1", "127.0.0.1, evil", " ")
    assert dict.fromkeys(own, 200) == {host: site.get("/api/v1/info", host=host).status for host in own}
    refused = {host: site.get("/api/v1/info", host=host).status for host in (*dressed, *others)}
    assert dict.fromkeys(refused, 400) == refused


def test_what_was_seen_is_not_sent_again(site: Site) -> None:
    """By its tag; the headers that guard a page are there."""
    first = site.get("/")
    again = site.get("/", **{"if-none-match": first.headers["etag"]})
    assert (200, 304, b"") == (first.status, again.status, again.body)
    assert ["accept-encoding", "accept-encoding"] == [each.headers["vary"].lower() for each in (first, again)]
    assert "default-src 'none'" in first.headers["content-security-policy"]
    assert "no-referrer" == first.headers["referrer-policy"]


def test_head_is_answered_as_get(site: Site) -> None:
    """Without a body."""
    asked, told = site.get("/"), site.get("/", method="HEAD")
    assert (200, b"", asked.headers["etag"]) == (told.status, told.body, told.headers["etag"])


def test_only_machines_ask_by_any_name(site: Site) -> None:
    """Each probe and the metrics; files of the pages are not theirs, and no name is one of ours by how it begins."""
    for_machines = ("/healthz", "/readyz", "/freshz", "/metrics")
    assert [False] * 4 == [400 == site.get(path, host="evil.example").status for path in for_machines]
    assert 400 == site.get("/static/x/style.css", host="evil.example").status
    assert {400} == {site.get("/", host=name).status for name in ("", "127.0.0.1.evil.example", "localhost.evil", "[")}


def test_an_answer_is_known_by_its_tag(site: Site) -> None:
    """Alone or among others, weak or strong; a tag of another answer counts for nothing."""
    tag = site.get("/").headers["etag"]
    for known in (f'"other", {tag}', tag.removeprefix("W/"), "*"):
        again = site.get("/", **{"if-none-match": known})
        assert (304, b"", tag) == (again.status, again.body, again.headers["etag"])
        assert "content-type" not in again.headers
    assert 200 == site.get("/", **{"if-none-match": site.get("/stale").headers["etag"]}).status


def test_every_answer_keeps_a_browser_from_more_than_ours(site: Site) -> None:
    """A page, an object, a feed, a refusal and what was not sent again; nothing of it is kept where others see it."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    guards = {
        "content-security-policy": policy,
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "cache-control": "private, no-cache",
    }
    replies = [site.get(path) for path in ("/", "/api/v1/changes", "/feeds/changes.atom", "/nowhere")]
    replies += [site.get("/", host="evil.example"), site.get("/", **{"if-none-match": "*"})]
    assert [200, 200, 200, 404, 400, 304] == [reply.status for reply in replies]
    for reply in replies:
        assert guards == {name: reply.headers.get(name) for name in guards}


def test_a_file_of_the_pages_is_kept_under_its_own_address(site: Site) -> None:
    """For good, since another content has another; by a stale address it is answered, and not kept."""
    page = site.get("/").body.decode()
    address = next(part for part in page.split('"') if part.startswith("/static/") and part.endswith("style.css"))
    own, stale = site.get(address), site.get("/static/000000000000/style.css")
    assert (200, own.body) == (own.status, stale.body)
    assert [True, False] == ["immutable" in reply.headers["cache-control"] for reply in (own, stale)]
    assert "text/css" in own.headers["content-type"]
    assert [404, 404, 404] == [
        site.get(f"/static/x/{name}").status for name in ("none.css", "..%2Ftemplating.py", "__init__.py")
    ]
