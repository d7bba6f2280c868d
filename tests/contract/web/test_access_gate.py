"""The gate, asked directly: what an address, a header, a cookie or a key is worth where."""

from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

import pytest
from fastapi import Request

from store.unit_of_work import Database
from tests.contract.access.conftest import Gate
from tests.contract.web.site import NOON
from tracker.access.callers import Caller, CallerKind, Scope
from tracker.settings import read_settings
from tracker.web.access_gate import FORM_COOKIE, SESSION_COOKIE, AccessGate
from tracker.web.problems import Problem
from tracker.web.requests_limit import SIGN_INS_PER_MINUTE

OUTSIDE = "203.0.113.9"


def request(
    path: str = "/changes",
    *,
    method: str = "GET",
    client: str = "127.0.0.1",
    server: str = "127.0.0.1",
    key: str = "",
    **headers: str,
) -> Request:
    """What somebody asks."""
    told = {"host": "127.0.0.1:8484"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": urlencode({"key": key} if key else {}).encode(),
            "client": (client, 50_000),
            "server": (server, 8484),
            "headers": [(name.encode(), value.encode()) for name, value in told.items()],
        }
    )


def made(gate: Gate, **settings: str) -> AccessGate:
    """The gate of the pages under those settings."""
    found = read_settings(options=settings, environment={})
    return AccessGate(gate.access, settings=lambda: found)


@pytest.fixture
def gate(sqlite_url: str) -> Iterator[Gate]:
    """Who may come in, where the kind of the database does not matter."""
    opened = Database.open_present(sqlite_url, clock=lambda: NOON)
    yield Gate(database=opened)
    opened.close()


def status(gate: AccessGate, asked: Request) -> int:
    """With what somebody is refused, 200 where not."""
    try:
        gate.caller(asked)
    except Problem as err:
        return err.status
    return 200


@pytest.mark.parametrize(
    ("ends", "is_open"),
    (
        ({}, True),
        ({"client": "::1", "server": "::1", "host": "[::1]:8484"}, True),
        ({"host": "localhost:8484"}, True),
        ({"client": OUTSIDE}, False),
        ({"server": "192.0.2.7"}, False),
        ({"host": "192.0.2.7:8484"}, False),
        ({"host": "trials.example.org"}, False),
        ({"host": ""}, False),
    ),
)
def test_reading_is_open_where_both_ends_are_this_machine(gate: Gate, ends: Mapping[str, str], is_open: bool) -> None:
    """And the name is, too; everywhere, where the settings say so."""
    assert is_open == made(gate).is_open(request(**ends))
    assert made(gate, **{"web.public_read": "true"}).is_open(request(**ends))


@pytest.mark.parametrize(
    ("headers", "is_ours"),
    (
        ({}, True),
        ({"origin": "null"}, True),
        ({"origin": "http://127.0.0.1:8484"}, True),
        ({"origin": "https://Trials.example.org"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"origin": "http://127.0.0.1:8485"}, False),
        ({"origin": "http://127.0.0.1"}, False),
        ({"origin": "https://trials.example.org.evil.example"}, False),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site", "origin": "null"}, False),
    ),
)
def test_a_form_is_sent_from_here(gate: Gate, headers: Mapping[str, str], is_ours: bool) -> None:
    """From an address of ours, port and all, and by what the browser says; nothing is said by those who are old."""
    ours = made(gate, public_url="https://trials.example.org/watch")
    asked = request("/logout", method="POST", cookie=f"{FORM_COOKIE}=mine", **headers)
    refused = ""
    try:
        ours.check_form(asked, ours.forms.make(None, cookie="mine"))
    except Problem as err:
        refused = f"{err.status} {err.detail}"
    assert ("" if is_ours else "403 this form was sent from another site") == refused


def test_a_cookie_changes_nothing_through_the_api(gate: Gate) -> None:
    """Which forms of other sites reach; it may look there, and its forms on pages count."""
    secret = gate.access.tokens.make("ada", Scope.ADMIN).secret
    cookie = f"{SESSION_COOKIE}={gate.access.signing_in.sign_in(secret).cookie}"
    for method, is_known in {
        "GET": True,
        "HEAD": True,
        "POST": False,
        "PUT": False,
        "PATCH": False,
        "DELETE": False,
    }.items():
        found = made(gate).caller(request("/api/v1/tracked", method=method, cookie=cookie))
        assert is_known == (found is not None), method
    on_page = made(gate).caller(request("/tracked", method="POST", cookie=cookie))
    assert on_page is not None
    assert CallerKind.SESSION is on_page.kind


def test_only_a_bearer_has_a_token(gate: Gate) -> None:
    """However that is spelled; what goes by another name is refused, though the secret holds, and so is none."""
    secret = gate.access.tokens.make("ada", Scope.READ).secret
    asked = (f"Bearer {secret}", f"bearer  {secret}", f"Basic {secret}", secret, "Bearer", "")
    assert [200, 200, 401, 401, 401, 401] == [status(made(gate), request(authorization=one)) for one in asked]


def test_a_key_counts_for_feeds_alone(gate: Gate) -> None:
    """Not for a page that ends like its feed."""
    maker = Caller(name="ada", scope=Scope.READ, key="ada")
    key = gate.access.feed_addresses.make("/feeds/changes", maker).secret
    found = [
        made(gate).caller(request(path, key=key)) for path in ("/feeds/changes.json", "/changes.json", "/feeds/x.json")
    ]
    assert [True, False, False] == [one is not None for one in found]


def test_guessing_is_slowed_down(gate: Gate) -> None:
    """For the address that it comes from, and for nobody else, nor for who has a token."""
    ours = made(gate)
    secret = gate.access.tokens.make("ada", Scope.READ).secret
    guess = request(client=OUTSIDE, authorization="Bearer trialog_guess")
    assert [401] * SIGN_INS_PER_MINUTE + [429] == [status(ours, guess) for _ in range(SIGN_INS_PER_MINUTE + 1)]
    assert 20 == SIGN_INS_PER_MINUTE
    assert 401 == status(ours, request(client="203.0.113.10", authorization="Bearer trialog_guess"))
    assert 200 == status(ours, request(client=OUTSIDE, authorization=f"Bearer {secret}"))


def test_requests_are_counted_by_token_or_by_address(gate: Gate) -> None:
    """A session with the token that it came of; 0 in the settings is no limit."""
    ours = made(gate, **{"web.requests_per_minute": "2"})
    secret = gate.access.tokens.make("ada", Scope.READ).secret
    cookie = gate.access.signing_in.sign_in(secret).cookie
    by_token, by_cookie = (
        request(authorization=f"Bearer {secret}"),
        request(client="203.0.113.8", cookie=f"{SESSION_COOKIE}={cookie}"),
    )
    assert [200, 200, 429] == [status(ours, one) for one in (by_token, by_cookie, by_token)]
    assert [200, 200, 429] == [status(ours, request(client=OUTSIDE)) for _ in range(3)]
    assert 200 == status(ours, request(client="203.0.113.10"))
    unlimited = made(gate, **{"web.requests_per_minute": "0"})
    assert {200} == {status(unlimited, by_token) for _ in range(1000)}
