"""The gate of the pages and the API: tokens of programs, cookies of people, keys in the addresses of feeds.

It promises that a token which is none is refused rather than overlooked; that a cookie changes nothing through the API,
which other sites' forms can reach; and that a form counts only where it was made here, for whoever sends it.
"""

from collections.abc import Callable
from functools import cached_property
from urllib.parse import urlsplit

from fastapi import Request

from tracker.access.access import Access
from tracker.access.callers import Caller
from tracker.access.forms import Forms
from tracker.setting_groups import Settings
from tracker.web.guards.hosts import host_name, is_loopback
from tracker.web.problems import Problem
from tracker.web.requests_limit import RequestsLimit

SESSION_COOKIE = "trialog_session"
FORM_COOKIE = "trialog_form"
_LOOKING = ("GET", "HEAD", "OPTIONS")
_OWN_SITE = ("same-origin", "none")
_HANDED_ON = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


class AccessGate:
    """Who asks, by what is kept in the ledger. ``settings``: those that hold now."""

    def __init__(self, access: Access, *, settings: Callable[[], Settings]) -> None:
        self.access = access
        self._settings = settings
        self.limit = RequestsLimit(lambda: settings().web.requests_per_minute)

    @cached_property
    def forms(self) -> Forms:
        """What proves forms."""
        return self.access.forms()

    def caller(self, request: Request) -> Caller | None:
        """Who asks, counted; see ``Gate``."""
        found = self._caller(request)
        self.limit.count(_client(request) if found is None else found.limited_as)
        return found

    def _caller(self, request: Request) -> Caller | None:
        said = request.headers.get("authorization")
        path = request.scope["path"]
        if said is not None:
            return self._by_token(said, request)
        cookie = request.cookies.get(SESSION_COOKIE)
        if cookie and not (path.startswith("/api/") and request.method not in _LOOKING):
            return self.access.signing_in.caller(cookie)
        key = request.query_params.get("key")
        return self.access.feed_addresses.caller(key, path) if key and path.startswith("/feeds/") else None

    def _by_token(self, said: str, request: Request) -> Caller:
        kind, _, secret = said.partition(" ")
        found = self.access.tokens.caller(secret.strip()) if kind.lower() == "bearer" else None
        if found is None:
            self.limit.count_sign_in(_client(request))
            raise Problem(401, "this token is not known here, or it was revoked or has expired")
        return found

    def is_open(self, request: Request) -> bool:
        """On loopback, at both ends, by the name that was asked for and with nobody in between, or where the settings
        say so. Whoever hands on what others ask says so in a header: a tunnel may well come from here, by this name.
        """
        server = (request.scope.get("server") or ("", None))[0]
        ends = (server, _client(request), host_name(request.headers.get("host", "")))
        is_direct = not any(name in request.headers for name in _HANDED_ON)
        return (is_direct and all(map(is_loopback, ends))) or self._settings().web.public_read

    def check_form(self, request: Request, csrf: str) -> None:
        """See ``Gate``. The pages ask browsers for no referrer, so that they may send ``null`` for an origin."""
        if not self._is_from_here(request):
            raise Problem(403, "this form was sent from another site")
        caller: Caller | None = getattr(request.state, "caller", None)
        if not self.forms.check(csrf, caller, cookie=request.cookies.get(FORM_COOKIE, "")):
            raise Problem(403, "this form is too old, or was not made for you; load the page again and send it anew")

    def _is_from_here(self, request: Request) -> bool:
        site = request.headers.get("sec-fetch-site")
        if site is not None and site not in _OWN_SITE:
            return False
        origin = request.headers.get("origin")
        if origin in (None, "null"):
            return True
        own = {request.headers.get("host", "").lower(), _authority(self._settings().public_url)}
        return _authority(origin) in own - {""}

    def csrf(self, request: Request) -> str:
        """See ``Gate``; empty for somebody without a session, whose page makes a cookie of its own."""
        caller: Caller | None = getattr(request.state, "caller", None)
        return self.forms.make(caller) if caller is not None else ""


def _client(request: Request) -> str:
    return request.client.host if request.client else ""


def _authority(address: str) -> str:
    """Host and port of an address of the web, in small letters; empty where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return parts.netloc.lower() if parts.scheme in ("http", "https") else ""
