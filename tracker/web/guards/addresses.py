"""The two ends of a connection, as people write them.

It promises that an IPv4 address is told as one, also where it comes to an IPv6 socket that takes both: so that this
machine is known as this machine, and a trusted proxy as that, at ``[::]`` too. Source: RFC 4291, section 2.5.5.2.
"""

import ipaddress
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send


class PlainAddresses:
    """Writes them so."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        ends = {name: _plain(scope[name]) for name in ("client", "server") if scope.get(name)}
        await self._app({**scope, **ends}, receive, send)


def _plain(end: tuple[str, Any]) -> tuple[str, Any]:
    """Host and port."""
    host, port = end
    try:
        mapped = getattr(ipaddress.ip_address(host), "ipv4_mapped", None)
    except ValueError:
        return host, port
    return (host if mapped is None else str(mapped)), port
