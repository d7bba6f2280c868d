"""What stands before every address: proxies, the path of the public address, other sites' scripts, sizes, cells."""

import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from fastapi import Request
from structlog.testing import capture_logs

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab
from tests.contract.web.site import CSRF, NOON, Site, get, serving
from tests.records import record
from tracker.access.access import Access
from tracker.access.callers import Caller, Scope
from tracker.web.access_gate import AccessGate
from tracker.web.answering import csv_text
from tracker.web.application import create_app
from tracker.web.pages.signing_in import own_path
from tracker.web.serving import Server

PUBLIC = "https://trials.example.org/watch"


@contextmanager
def served(url: str, **settings: str) -> Iterator[Site]:
    """A ledger with one trial, served under those settings."""
    lab = Lab.open(url)
    lab.see(record())
    lab.close()
    with serving(url, **settings) as made:
        yield made


def test_the_public_address_may_have_a_path(sqlite_url: str) -> None:
    """Addresses are found with it and without, as proxies take it off or not, and links have it."""
    with served(sqlite_url, public_url=PUBLIC) as site:
        host = {"host": "trials.example.org", "accept": "text/html"}
        for path in ("/watch/trials/NCT00000001", "/trials/NCT00000001"):
            page = get(site.url, path, **host)
            assert (200, True) == (page.status, b'href="/watch/changes"' in page.body)
        assert b'href="/changes"' in site.get("/trials/NCT00000001", accept="text/html").body
        listed = get(site.url, "/watch/api/v1/changes?limit=1&after=0", **host).object
        assert (listed["next"] or "/watch/").startswith("/watch/")
        described = get(site.url, "/watch/api/v1/openapi.json", **host).object
        assert [{"url": "/watch"}] == described["servers"]
        assert "servers" not in site.get("/api/v1/openapi.json").object
        feed = get(site.url, "/watch/feeds/changes.json?significance=administrative", **host).object
        assert PUBLIC == feed["home_page_url"].removesuffix("/changes")


def test_cookies_go_to_no_other_server_of_that_name(sqlite_url: str) -> None:
    """Where the public address has a path, they are sent back below it alone; over TLS alone, where a proxy says so."""
    database = Database.open_present(sqlite_url, clock=lambda: NOON)
    made = Site(database=database, settings={"public_url": PUBLIC, "web.trusted_proxies": "127.0.0.1"})
    access = Access(database=database, now=lambda: NOON, random_bytes=secrets.token_bytes)
    served = made.served()
    gate = AccessGate(access, settings=lambda: served.settings)
    server = Server(create_app(replace(served, gate=gate)), "127.0.0.1:0")
    server.start()
    link = f"/watch/login?link={access.signing_in.make_link(Scope.READ)}"
    outside = {"host": "trials.example.org", "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"}
    cookies = [get(server.url, path, **outside).headers["set-cookie"] for path in ("/watch/login", link)]
    cookies += [get(server.url, "/login").headers["set-cookie"]]
    server.stop()
    database.close()
    parts = [set(cookie.split("; ")) for cookie in cookies]
    assert [True, True, True] == [{"HttpOnly", "SameSite=lax"} <= each for each in parts]
    assert ["Path=/watch", "Path=/watch", "Path=/"] == [one for each in parts for one in each if one.startswith("Path")]
    assert [True, True, False] == ["Secure" in each for each in parts]


def test_only_trusted_proxies_say_who_asks(sqlite_url: str) -> None:
    """What anybody else says of the client's address counts for nothing."""
    seen: list[str] = []
    for trusted in ("", "127.0.0.1"):
        with served(sqlite_url, **{"web.trusted_proxies": trusted}) as site:
            site.get("/", **{"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "https"})
            seen += site.clients
    assert ["127.0.0.1", "203.0.113.9"] == seen


def test_a_socket_for_both_kinds_of_address_knows_this_machine(sqlite_url: str) -> None:
    """And its proxies: by the address that people write, not by the one that maps it."""
    try:
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True).close()
    except (OSError, ValueError):
        pytest.skip("this machine has no socket for both")
    database = Database.open_present(sqlite_url, clock=lambda: NOON)
    made = Site(database=database, settings={"web.trusted_proxies": "127.0.0.1"})
    server = Server(create_app(made.served()), "[::]:0")
    server.start()
    url = f"http://127.0.0.1:{urlsplit(server.url).port}"
    for told in ({}, {"x-forwarded-for": "203.0.113.9"}):
        assert 200 == get(url, "/api/v1/info", **told).status
    server.stop()
    database.close()
    assert ["127.0.0.1", "203.0.113.9"] == made.clients


def test_scripts_of_other_sites_ask_where_the_settings_say_so(sqlite_url: str) -> None:
    """And nowhere else."""
    origin = {"origin": "https://app.example.org"}
    with served(sqlite_url) as site:
        assert "access-control-allow-origin" not in site.get("/api/v1/changes", **origin).headers
    with served(sqlite_url, **{"web.cors_origins": "https://app.example.org"}) as site:
        told = site.get("/api/v1/changes", **origin).headers
        assert "https://app.example.org" == told["access-control-allow-origin"]
        other = site.get("/api/v1/changes", origin="https://evil.example")
        assert "https://evil.example" != other.headers.get("access-control-allow-origin")


@pytest.mark.parametrize("announced", (True, False))
def test_a_body_may_only_be_so_large(announced: bool, sqlite_url: str) -> None:
    """A megabyte; more is refused as everything else is, by the size that is announced or by what comes."""
    large = "x" * 1_000_001
    with served(sqlite_url) as site:
        site.scope = Scope.ADMIN
        for path in ("/api/v1/deliveries/redeliver", "/unsubscribe/x")[: 2 if announced else 1]:  # who reads none, none
            told = {} if announced else {"transfer-encoding": "chunked"}
            body = large if announced else f"{len(large):x}\r\n{large}\r\n0\r\n\r\n"
            reply = site.get(path, method="POST", body=body, **{"content-type": "application/json"} | told)
            assert (413, "application/problem+json") == (reply.status, reply.headers["content-type"])
            assert "a body may have 1000000 bytes at most" == reply.object["detail"]


@pytest.mark.parametrize("charset", ("unicode_escape", "punycode", "latin-1"))
def test_a_form_is_read_as_utf_8(sqlite_url: str, charset: str) -> None:
    """Whoever sends it does not choose by which decoder."""
    kind = 'multipart/form-data; boundary="x"'
    fields = {"csrf": CSRF, "name": "\\ud800"}
    parts = [f'--x\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{text}\r\n' for name, text in fields.items()]
    body = "".join([*parts, "--x--\r\n"])
    with served(sqlite_url) as site:
        site.scope = Scope.WRITE
        send = {"method": "POST", "body": body, "accept": "text/html"}
        assert (
            415 == site.get("/subscriptions/preview", **send, **{"content-type": f"{kind}; charset={charset}"}).status
        )
        assert 422 == site.get("/subscriptions/preview", **send, **{"content-type": f"{kind}; charset=UTF-8"}).status


class Faulty(Site):
    """A gate with a fault."""

    def caller(self, request: Request) -> Caller | None:
        """Nobody finds out."""
        raise RuntimeError("the fault is in /etc/fault")


def test_a_fault_is_answered_with_all_that_guards_a_page(sqlite_url: str) -> None:
    """And tells nothing of itself but in the log; what the settings allow to other sites holds for it too."""
    database = Database.open_present(sqlite_url, clock=lambda: NOON)
    made = Faulty(database=database, settings={"public_url": PUBLIC, "web.cors_origins": "https://app.example.org"})
    server = Server(create_app(made.served()), "127.0.0.1:0")
    server.start()
    host = {"host": "trials.example.org", "origin": "https://app.example.org"}
    with capture_logs() as lines:
        told = get(server.url, "/watch/api/v1/info", **host)
        page = get(server.url, "/watch/", accept="text/html", **host)
    server.stop()
    database.close()
    assert [(500, "application/problem+json"), (500, "text/html; charset=utf-8")] == [
        (reply.status, reply.headers["content-type"]) for reply in (told, page)
    ]
    for reply in (told, page):
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert "https://app.example.org" == reply.headers["access-control-allow-origin"]
        assert b"fault" not in reply.body
    assert b'href="/watch/changes"' in page.body
    assert ["RuntimeError", "RuntimeError"] == [type(line["exc_info"]).__name__ for line in lines]


@pytest.mark.parametrize("text", ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠A"))  # noqa: RUF001
def test_no_cell_begins_a_formula(text: str) -> None:
    """Numbers stay numbers."""
    assert f'a,n\r\n"\'{text}",-1\r\n' == csv_text([{"a": text, "n": -1}]).replace(f"'{text},", f'"\'{text}",')


def test_each_cell_stands_under_its_name() -> None:
    """Also where the rows of a list differ in what they tell, as the items of a message do."""
    assert "a,b,c\r\n1,2,\r\n3,,4\r\n" == csv_text([{"a": 1, "b": 2}, {"c": 4, "a": 3}])


@pytest.mark.parametrize("text", ("//x", "https://x", "/\\x", "x", "", "/a\nb", "javascript:x"))
def test_only_a_path_of_this_site_is_gone_to(text: str) -> None:
    """Everything else leads to the way in."""
    assert ["/", "/trials?x=1"] == [own_path(text), own_path("/trials?x=1")]
