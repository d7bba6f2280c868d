"""The process that sends one message over Apprise, with every connection of it under guard.

Promises that no connection leads to an address that is refused: Python tells its audit hooks of each one with the
very address that the system is about to be asked for, after every resolution, so a name that changes its answers
leads nowhere new. What a library written in C connects to by itself is not told. An audit hook cannot be taken off
again, which is why this is a process of its own; it reads an errand as JSON from standard input, and writes a report.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from notifiers.addresses import parse_networks
from notifiers.apprise import Errand, Report, notify
from notifiers.errors import Forbidden
from notifiers.guard import Guard, system_resolver

_CONNECTING = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})


def main() -> None:
    """Do the errand of standard input."""
    given = json.load(sys.stdin)
    errand = Errand(**given)
    refusals = guard_connections(
        Guard(resolve=system_resolver, allow_networks=parse_networks(",".join(errand.allow_networks)))
    )
    report = notify(errand)
    if refusals and not report.is_sent:
        report = replace(report, refused=refusals[-1])
    json.dump({name: getattr(report, name) for name in Report.__slots__}, sys.stdout)


def guard_connections(guard: Guard) -> list[str]:
    """Judge every connection of this process from now on; the refusals are appended to the list returned."""
    refusals: list[str] = []
    sys.addaudithook(_hook(guard, refusals))
    return refusals


def _hook(guard: Guard, refusals: list[str]) -> Callable[[str, tuple[Any, ...]], None]:
    def judge(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in _CONNECTING or arguments[1] is None:
            return
        try:
            guard.check(_ip_of(arguments[1]))
        except Forbidden as err:
            refusals.append(str(err))
            raise PermissionError(str(err)) from err

    return judge


def _ip_of(address: Any) -> str:
    """The IP address of a socket's address; a path of this machine, or a name not resolved yet, is none."""
    return str(address[0]) if isinstance(address, tuple) else "no IP address"
