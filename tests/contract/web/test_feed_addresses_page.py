"""Addresses of feeds with keys of their own, on a page: made, listed, revoked."""

import re
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import pytest

from tests.contract.web.gated import gated
from tests.contract.web.lived_in import MAIN
from tests.contract.web.site import Reply, Site
from tracker.access.callers import Scope
from tracker.web.access_gate import SESSION_COOKIE

ELSEWHERE = {"host": "192.0.2.7", "sec-fetch-site": "same-origin"}


@pytest.fixture
def site(own_url: str) -> Iterator[Site]:
    """A ledger that has been lived in, behind the real gate."""
    with gated(own_url) as made:
        yield made


def someone(site: Site, name: str, scope: Scope = Scope.READ) -> dict[str, str]:
    """Headers of somebody who has signed in, elsewhere."""
    assert site.access is not None
    signed_in = site.access.signing_in.sign_in(site.access.tokens.make(name, scope).secret)
    return {"cookie": f"{SESSION_COOKIE}={signed_in.cookie}", **ELSEWHERE, "accept": "text/html"}


def form_of(reply: Reply) -> str:
    """What proves a form of that page."""
    return reply.body.decode().split('name="csrf" value="')[1].split('"')[0]


def made_by(site: Site, who: dict[str, str], feed: str) -> Reply:
    """Ask for an address by the form of the page."""
    csrf = form_of(site.get("/feeds", **who))
    return site.get("/feeds", method="POST", body=urlencode({"csrf": csrf, "feed": feed}), **who)


@pytest.mark.parametrize("feed", ("/feeds/changes", f"/feeds/trials/{MAIN}", "/feeds/subscriptions/stale"))
def test_every_feed_has_an_address_with_a_key(site: Site, feed: str) -> None:
    """In both forms, for its feed alone; where reading is not open, nothing else opens it."""
    told = made_by(site, someone(site, "ada"), feed.replace("NCT", "nct"))
    assert (200, "no-store") == (told.status, told.headers["cache-control"])
    found = re.findall(r"<code>http://[^/]+(/feeds/[^<]+\?key=[^<]+)</code>", told.body.decode())
    assert [f"{feed}.atom", f"{feed}.json"] == [path.partition("?")[0] for path in found]
    assert [200, 200] == [site.get(path, **ELSEWHERE).status for path in found]
    key = found[0].partition("?")[2]
    assert [401, 401] == [
        site.get(path, **ELSEWHERE).status for path in (f"{feed}.atom", f"/feeds/tracked/x.atom?{key}")
    ]
    assert key.partition("=")[2] not in site.get("/feeds", **someone(site, "ada-again")).body.decode()


def test_a_calendar_has_an_address_with_a_key(site: Site) -> None:
    """Calendars cannot sign in either."""
    told = made_by(site, someone(site, "ada"), "/feeds/stale").body.decode()
    (path,) = re.findall(r"<code>http://[^/]+(/feeds/stale\.ics\?key=[^<]+)</code>", told)
    reply = site.get(f"{path}&condition=asthma", **ELSEWHERE)
    assert (200, "text/calendar; charset=utf-8") == (reply.status, reply.headers["content-type"])
    key = path.partition("?")[2]
    assert [401, 401] == [site.get(f"{other}?{key}", **ELSEWHERE).status for other in ("/stale.ics", "/stale")]


def test_an_address_is_revoked_by_its_maker(site: Site) -> None:
    """Or by an administrator; nobody else sees it."""
    ada, ben, eve = someone(site, "ada"), someone(site, "ben"), someone(site, "eve", Scope.ADMIN)
    for maker, revoker in ((ada, ada), (ben, eve)):
        told = made_by(site, maker, "/feeds/changes").body.decode()
        (path,) = re.findall(r"(/feeds/changes\.atom\?key=[^<]+)<", told)
        (revoke,) = re.findall(r'action="(/feeds/[0-9a-f]+/revoke)"', told)
        other = someone(site, f"other-{revoke[7:12]}")
        assert revoke not in site.get("/feeds", **other).body.decode()
        sent = {"method": "POST", "body": urlencode({"csrf": form_of(site.get("/feeds", **other))})}
        assert (404, 200) == (site.get(revoke, **sent, **other).status, site.get(path, **ELSEWHERE).status)
        sent = {"method": "POST", "body": urlencode({"csrf": form_of(site.get("/feeds", **revoker))})}
        assert (303, 401) == (site.get(revoke, **sent, **revoker).status, site.get(path, **ELSEWHERE).status)


def test_what_is_no_feed_gets_no_address(site: Site) -> None:
    """It is said at the field, with what was typed; nobody in particular is asked to sign in."""
    ada = someone(site, "ada")
    for feed in ("", "/feeds/", "/changes", "/feeds/trials/7", "/feeds/trials/NCT09999999", '/feeds/tracked/"no"'):
        told = made_by(site, ada, feed)
        assert (feed, 422) == (feed, told.status)
        assert b"Addresses that hold</h2>\n<p>None yet." in told.body
    assert b"&#34;no&#34;" in told.body
    assert 401 == site.get("/feeds").status
    assert 403 == site.get("/feeds", method="POST", body="csrf=no&feed=/feeds/changes", **ada).status


def test_pages_name_their_feeds(site: Site) -> None:
    """For readers that look for them, and where an address with a key is made."""
    for page in ("/", "/changes", f"/trials/{MAIN}", "/subscriptions/stale"):
        told = site.get(page, **someone(site, f"reader-{len(page)}")).body.decode()
        assert 2 == len(re.findall(r'<link rel="alternate" type="application/(?:atom|feed)\+', told))
        (feed,) = re.findall(r'href="/feeds\?feed=([^"]+)"', told)
        (atom,) = re.findall(r'type="application/atom\+xml" title="[^"]+" href="([^"]+)\.atom"', told)
        assert quote(atom, safe="") == feed
