"""A gate without tokens: reading on loopback, or where the settings say so, and nothing else."""

from collections.abc import Callable

from fastapi import Request

from tracker.access.callers import Caller
from tracker.web.guards.hosts import host_name, is_loopback
from tracker.web.problems import Problem


class LoopbackGate:
    """Knows nobody. ``is_public``: whether everybody may read."""

    def __init__(self, *, is_public: Callable[[], bool]) -> None:
        self._is_public = is_public

    def caller(self, request: Request) -> Caller | None:
        return None

    def is_open(self, request: Request) -> bool:
        """On loopback: who asks is on this machine, and asked for this machine by a name that no other site has."""
        client = request.client.host if request.client else ""
        is_here = is_loopback(client) and is_loopback(host_name(request.headers.get("host", "")))
        return is_here or self._is_public()

    def check_form(self, request: Request, csrf: str) -> None:
        raise Problem(403, "nobody can be signed in here")

    def csrf(self, request: Request) -> str:
        return ""
