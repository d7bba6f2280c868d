"""Which names this server answers to, so that no other site's name can be bent to it (DNS rebinding).

It promises that a Host that is neither an IP address, nor localhost, nor that of ``public_url`` is refused, the probes
and the metrics aside, and that where ``public_url`` has a path, its addresses are found with it and without.
"""

import ipaddress
import re
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from tracker.web.problems import Problem, as_json

_HOST = re.compile(r"(?:\[(?P<bracketed>[0-9A-Fa-f:.]+)\]|(?P<bare>[A-Za-z0-9._-]+))(?::[0-9]{0,5})?", re.ASCII)
ANYWHERE = frozenset({"/healthz", "/readyz", "/freshz", "/metrics"})


class Hosts:
    """Refuses foreign names. ``public_url``: the address that holds now, or empty."""

    def __init__(self, app: ASGIApp, *, public_url: Callable[[], str]) -> None:
        self._app = app
        self._public_url = public_url

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        public = urlsplit(self._public_url())
        host = host_name(Headers(scope=scope).get("host", ""))
        if host == (public.hostname or "").lower() and host:
            await self._app(_under(public.path, scope), receive, send)
        elif is_own_name(host) or scope["path"] in ANYWHERE:
            await self._app(scope, receive, send)
        else:
            told = "this server does not go by that name; set TRIALOG_PUBLIC_URL to the address that it is reached at"
            await as_json(Problem(400, told))(scope, receive, send)


def host_name(header: str) -> str:
    """The name in a Host header, without port and brackets, in small letters; empty where it is more or less than a
    name and perhaps a port. Source: RFC 9112, section 3.2.
    """
    found = _HOST.fullmatch(header)
    return "" if found is None else (found["bare"] or found["bracketed"]).lower()


def is_own_name(host: str) -> bool:
    """Whether it is an IP address or localhost, which no other site can claim."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


def is_loopback(host: str) -> bool:
    """Whether it is this machine, as an IP address or localhost."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _under(path: str, scope: Scope) -> Scope:
    """The scope as it is under the path of the public address, which a proxy may have taken off or not."""
    prefix = path.rstrip("/")
    if not prefix:
        return scope
    asked = scope["path"]
    inside = asked.removeprefix(prefix) if asked == prefix or asked.startswith(prefix + "/") else asked
    return {**scope, "path": inside or "/", "raw_path": (inside or "/").encode(), "public_prefix": prefix}
