"""Who may: what an address needs, and the port that tells who is asking.

It promises that an address without a need is refused when the application is made (a test finds it), and that who may
not is told so by 401 where nobody is known, and by 403 where the caller's scope does not reach.
"""

from enum import StrEnum
from typing import Any, Protocol

from fastapi import Depends, Request

from tracker.access.callers import Caller, Scope
from tracker.web.problems import Problem

NEED = "x-trialog-need"
"""Where an operation of the OpenAPI says what it needs."""


class Need(StrEnum):
    """What an address needs of who asks."""

    OPEN = "open"  # nothing
    READING = "reading"  # open on loopback and where the settings say so, else the scope read
    READ = "read"  # the scope read, everywhere: people's addresses are in it
    WRITE = "write"
    ADMIN = "admin"


_SCOPES = {Need.READING: Scope.READ, Need.READ: Scope.READ, Need.WRITE: Scope.WRITE, Need.ADMIN: Scope.ADMIN}


class Gate(Protocol):
    """Tells who asks. Both are asked in a thread that may wait for the database."""

    def caller(self, request: Request) -> Caller | None:
        """Who asks, by token, cookie or feed key; None for nobody in particular.

        Raises Problem (401) for a token that is none, is revoked or has expired.
        """
        ...

    def is_open(self, request: Request) -> bool:
        """Whether reading needs no scope here: on loopback, or where the settings say so."""
        ...

    def check_form(self, request: Request, csrf: str) -> None:
        """Raises Problem (403) for a form that was not ours: by its Origin and its token."""
        ...

    def csrf(self, request: Request) -> str:
        """The token of the forms on a page for who asks."""
        ...


def needs(need: Need) -> Any:
    """A dependency: lets nobody pass who may not; ``request.state.caller`` is who asks from then on."""

    def pass_gate(request: Request) -> None:
        gate: Gate = request.app.state.site.gate
        caller = gate.caller(request)
        request.state.caller = caller
        wanted = _SCOPES.get(need)
        if wanted is None or (need is Need.READING and gate.is_open(request)):
            return
        if caller is None:
            raise Problem(
                401, f"this needs a token of scope {wanted.value}: trialog token create NAME --scope {wanted}"
            )
        if not caller.reaches(wanted):
            raise Problem(403, f"this needs the scope {wanted.value}; the token {caller.name} has {caller.scope.value}")

    pass_gate.need = need  # type: ignore[attr-defined]  # a test reads it of every address
    return Depends(pass_gate)


def caller_of(request: Request) -> Caller | None:
    """Who asks; to be used behind ``needs``."""
    found: Caller | None = request.state.caller
    return found
