"""Who may: by token, by cookie, by the key of a feed; on loopback or from elsewhere."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab
from tests.contract.web.site import NOON, Reply, Site, get
from tests.records import record
from tracker.access.access import Access
from tracker.access.callers import Scope
from tracker.web.access_gate import FORM_COOKIE, SESSION_COOKIE, AccessGate
from tracker.web.application import create_app
from tracker.web.serving import Server

READING = (
    "/",
    "/changes",
    "/stale",
    "/runs",
    "/api/v1/trials/NCT00000001/revisions",
    "/feeds/changes.atom",
    "/metrics",
)
OPEN = ("/healthz", "/login")
FOREIGN = ("https://evil.example", "http://127.0.0.1:1", "evil", "file://", "http://", "", "http://[::1")
SECRET_BYTES = iter(range(1, 10_000))


def unlike(count: int) -> bytes:
    """Bytes that come once."""
    return next(SECRET_BYTES).to_bytes(count, "big")


@pytest.fixture
def site(own_url: str) -> Iterator[Site]:
    """A ledger behind the real gate."""
    settings = {"web.requests_per_minute": "60", "web.trusted_proxies": "127.0.0.1"}
    made = Site(database=Database.open_present(own_url, clock=lambda: NOON), settings=settings)
    lab = Lab.open(own_url)
    lab.see(record())
    lab.close()
    served = made.served()
    access = Access(database=made.database, now=lambda: made.now, random_bytes=unlike)
    gate = AccessGate(access, settings=lambda: served.settings)
    server = Server(create_app(replace(served, gate=gate)), "127.0.0.1:0")
    server.start()
    made.url, made.access = server.url, access
    yield made
    server.stop()
    made.database.close()


def token(site: Site, scope: Scope) -> dict[str, str]:
    """The header of a program with a new token."""
    assert site.access is not None
    return {"authorization": f"Bearer {site.access.tokens.make(f'{scope}-token', scope).secret}"}


def sent(site: Site, path: str, fields: dict[str, str], **headers: str) -> Reply:
    """A form, sent from a page of the site itself."""
    headers = {"origin": "null", "sec-fetch-site": "same-origin"} | headers
    return site.get(path, method="POST", body=urlencode(fields), **headers)


def signed_in(site: Site, scope: Scope) -> str:
    """The cookie of somebody who signed in with a token."""
    page = site.get("/login")
    cookie = page.headers["set-cookie"].split(";")[0]
    csrf = page.body.decode().split('name="csrf" value="')[1].split('"')[0]
    secret = token(site, scope)["authorization"].removeprefix("Bearer ")
    reply = sent(site, "/login", {"token": secret, "csrf": csrf, "next": "/runs"}, cookie=cookie)
    assert (303, "/runs") == (reply.status, reply.headers["location"])
    told = reply.headers["set-cookie"]
    assert ["HttpOnly" in told, "SameSite=lax" in told] == [True, True]
    return told.split(";")[0]


def test_on_this_machine_reading_is_open(site: Site) -> None:
    """Not so to whoever asks for the server by a name of the outside: then a token is needed."""
    assert [200] * len(READING) == [site.get(path).status for path in READING]
    assert [200] * len(OPEN) == [site.get(path).status for path in OPEN]
    assert [401] * len(READING) == [site.get(path, host="192.0.2.7").status for path in READING]
    assert [200] * len(OPEN) == [site.get(path, host="192.0.2.7").status for path in OPEN]
    reader = token(site, Scope.READ)
    assert [200] * len(READING) == [site.get(path, host="192.0.2.7", **reader).status for path in READING]


def test_who_comes_through_a_tunnel_is_not_on_this_machine(site: Site) -> None:
    """Though the tunnel is, and asks by this machine's name: it says that it hands on what another asks."""
    for header in ("X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Via"):
        handed_on = {header: "203.0.113.9"}
        assert [401, 401, 401] == [site.get(path, **handed_on).status for path in READING[:1] + READING[-2:]]
        assert [200] * len(OPEN) == [site.get(path, **handed_on).status for path in OPEN]


def test_what_holds_addresses_needs_a_token_everywhere(site: Site) -> None:
    """And what changes anything a wider one; a token that is none is told so, even where reading is open."""
    assert 401 == site.get("/status").status
    assert 200 == site.get("/status", **token(site, Scope.READ)).status
    assert 401 == site.get("/", authorization="Bearer trialog_nothing").status
    assert "Bearer" == site.get("/status").headers["www-authenticate"]


def test_a_token_that_is_revoked_is_none(site: Site) -> None:
    """At once."""
    reader = token(site, Scope.READ)
    assert site.access is not None
    site.access.tokens.revoke("read-token")
    assert 401 == site.get("/status", **reader).status


def test_people_sign_in_and_out(site: Site) -> None:
    """With a cookie that scripts cannot read; after that it opens nothing."""
    cookie = signed_in(site, Scope.READ)
    page = site.get("/status", cookie=cookie)
    assert (200, True) == (page.status, b"Signed in as read-token" in page.body)
    csrf = page.body.decode().split('name="csrf" value="')[1].split('"')[0]
    out = sent(site, "/logout", {"csrf": csrf}, cookie=cookie)
    assert (303, "/", True) == (out.status, out.headers["location"], "Max-Age=0" in out.headers["set-cookie"])
    assert 401 == site.get("/status", cookie=cookie).status


def test_a_cookie_is_for_this_server_alone(site: Site) -> None:
    """Out of reach of scripts, and of the open network where that was asked by https; no page with one is kept."""
    assert site.access is not None
    https = {"x-forwarded-proto": "https"}
    link = f"/login?link={site.access.signing_in.make_link(Scope.READ)}"
    form, safe_form, signed = site.get("/login"), site.get("/login", **https), site.get(link, **https)
    told = [set(reply.headers["set-cookie"].lower().split("; ")[1:]) for reply in (form, safe_form, signed)]
    own = {"httponly", "path=/", "samesite=lax"}
    assert [own | {"max-age=3600"}, own | {"max-age=3600", "secure"}, own | {"secure"}] == told
    assert {"no-store"} == {reply.headers["cache-control"] for reply in (form, safe_form, signed)}
    kept = form.headers["set-cookie"].split(";")[0]
    assert kept == site.get("/login", cookie=kept).headers["set-cookie"].split(";")[0]  # so that two forms count


def test_guessing_at_the_door_is_slowed_down(site: Site) -> None:
    """Links and tokens together, for each address by itself."""
    guess = [site.get("/login?link=trialog_link_x").status for _ in range(10)]
    guess += [sent(site, "/login", {"token": "x", "csrf": "no"}).status for _ in range(10)]
    assert [422] * 10 + [403] * 10 == guess
    late = (site.get("/login?link=trialog_link_x"), sent(site, "/login", {"token": "x", "csrf": "no"}))
    assert [429, 429] == [reply.status for reply in late]
    assert 422 == site.get("/login?link=trialog_link_x", **{"x-forwarded-for": "203.0.113.9"}).status


def test_a_link_signs_in_once(site: Site) -> None:
    """As the one that trialog serve prints."""
    assert site.access is not None
    link = f"/login?link={site.access.signing_in.make_link(Scope.ADMIN)}"
    first, again = site.get(link), site.get(link)
    assert [303, 422] == [first.status, again.status]
    cookie = first.headers["set-cookie"].split(";")[0]
    assert cookie.startswith(SESSION_COOKIE)
    assert 200 == site.get("/status", cookie=cookie).status


def test_a_link_is_not_used_up_by_who_only_looks(site: Site) -> None:
    """Asked for its head alone, or fetched beforehand by a browser, it still signs in; neither gets a session."""
    assert site.access is not None
    link = f"/login?link={site.access.signing_in.make_link(Scope.ADMIN)}"
    ahead = ({"sec-purpose": "prefetch;prerender"}, {"purpose": "prefetch"}, {"x-moz": "prefetch"})
    looks = [site.get(link, method="HEAD"), *(site.get(link, **each) for each in ahead)]
    assert [200, 503, 503, 503] == [reply.status for reply in looks]
    assert [] == [reply for reply in looks if SESSION_COOKIE in reply.headers.get("set-cookie", "")]
    assert 303 == site.get(link).status


def test_nobody_is_led_to_another_site(site: Site) -> None:
    """Whatever the address says where to go after signing in."""
    for where in (
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "//[",
        "http://[",
    ):
        page = site.get(f"/login?next={where}")
        assert b'name="next" value="/"' in page.body


def test_a_form_of_another_site_counts_for_nothing(site: Site) -> None:
    """By its origin, by what the browser says, and by its token; through the API a cookie changes nothing."""
    cookie = signed_in(site, Scope.ADMIN)
    form = site.get("/runs", cookie=cookie)
    assert b"Sign out" in form.body
    csrf = form.body.decode().split('name="csrf" value="')[1].split('"')[0]
    foreign = [
        *(sent(site, "/logout", {"csrf": csrf}, cookie=cookie, origin=origin) for origin in FOREIGN),
        sent(site, "/logout", {"csrf": csrf}, cookie=cookie, **{"sec-fetch-site": "cross-site"}),
        sent(site, "/logout", {"csrf": "another"}, cookie=cookie),
        sent(site, "/logout", {"csrf": csrf}, cookie=f"{FORM_COOKIE}=x"),
    ]
    assert [403] * (3 + len(FOREIGN)) == [reply.status for reply in foreign]
    assert 200 == site.get("/status", cookie=cookie).status


def test_a_key_opens_one_feed(site: Site) -> None:
    """In each of its formats, and nothing else."""
    assert site.access is not None
    outside = {"host": "192.0.2.7"}
    reader = site.access.tokens.caller(site.access.tokens.make("reader", Scope.READ).secret)
    assert reader is not None
    key = site.access.feed_addresses.make("/feeds/changes", reader).secret
    assert [200, 200] == [
        get(site.url, f"/feeds/changes.{form}?key={key}", **outside).status for form in ("atom", "json")
    ]
    others = (f"/feeds/trials/NCT00000001.atom?key={key}", f"/changes?key={key}", "/feeds/changes.atom?key=no")
    assert [401] * 3 == [get(site.url, path, **outside).status for path in others]


def test_who_asks_too_often_is_told_when_to_come_back(site: Site) -> None:
    """Each token for itself."""
    one, two = token(site, Scope.READ), token(site, Scope.WRITE)
    for _ in range(60):
        assert 200 == site.get("/api/v1/trials/NCT00000001/revisions", **one).status
    refused = site.get("/api/v1/trials/NCT00000001/revisions", **one)
    assert (429, True) == (refused.status, 1 <= int(refused.headers["retry-after"]) <= 60)
    assert 200 == site.get("/api/v1/trials/NCT00000001/revisions", **two).status
