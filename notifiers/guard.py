"""From a host to the addresses that may be connected to: every answer is checked, and what is returned was checked.

Promises that whoever connects to the addresses returned, and resolves nothing again, cannot be led to a special
address by a name that changes its answers (DNS rebinding). Connects to nothing.
"""

import queue
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_address

from notifiers.addresses import IPAddress, IPNetwork, is_within, refused
from notifiers.errors import Forbidden, Unresolved
from notifiers.hosts import read_host

# A host and the seconds to wait in; the addresses it resolves to. Raises Unresolved.
Resolver = Callable[[str, float], tuple[str, ...]]

SETTING = "TRIALOG_WEBHOOK__ALLOW_NETWORKS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """What may be connected to; ``allow_networks`` are open though they are special."""

    resolve: Resolver
    allow_networks: tuple[IPNetwork, ...] = ()

    def open_addresses(self, host: str, *, timeout_s: float, is_plain: bool = False) -> tuple[IPAddress, ...]:
        """The addresses of ``host``, each checked; ``is_plain`` (no TLS): only those of the allowed networks.

        Raises Forbidden if one of them is refused, InvalidInput for what is no host, Unresolved.
        """
        found = read_host(host)
        if not isinstance(found, str):
            self._check(found, "is", is_plain=is_plain)
            return (found,)
        addresses = tuple(dict.fromkeys(_read_answer(text) for text in self.resolve(found, timeout_s)))
        for address in addresses:
            self._check(address, "resolves to", is_plain=is_plain)
        if not addresses:
            raise Unresolved("the host resolves to nothing")
        return addresses

    def check(self, address: str) -> None:
        """Raise Forbidden if the IP address that is about to be connected to is refused."""
        self._check(_read_answer(address), "is", is_plain=False)

    def _check(self, ip: IPAddress, verb: str, *, is_plain: bool) -> None:
        reason = refused(ip, self.allow_networks)
        if reason is not None:
            raise Forbidden(f"the host {verb} {reason}; {SETTING} opens networks")
        if is_plain and not is_within(ip, self.allow_networks):
            raise Forbidden(f"http:// is for the networks of {SETTING} only, and the host {verb} another address")


def system_resolver(host: str, timeout_s: float) -> tuple[str, ...]:
    """What the operating system says, within ``timeout_s``."""
    return ask_within(timeout_s, _ask_system, host)


def ask_within(timeout_s: float, ask: Callable[[str], tuple[str, ...]], host: str) -> tuple[str, ...]:
    """What ``ask`` says of ``host``: it cannot be told to hurry, so a thread waits for it. Raises Unresolved."""
    answers: queue.SimpleQueue[tuple[str, ...] | OSError] = queue.SimpleQueue()

    def wait() -> None:
        try:
            answers.put(ask(host))
        except OSError as err:
            answers.put(err)

    threading.Thread(target=wait, daemon=True).start()
    try:
        answer = answers.get(timeout=max(timeout_s, 0.0))
    except queue.Empty as err:
        raise Unresolved(f"the host did not resolve within {timeout_s:.3g} s") from err
    if isinstance(answer, OSError):
        raise Unresolved("the host does not resolve") from answer
    return answer


def _ask_system(host: str) -> tuple[str, ...]:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except UnicodeError as err:  # a label that the standard library's codec refuses
        raise OSError("no host") from err
    return tuple(str(address[0]) for *_, address in found)


def _read_answer(text: str) -> IPAddress:
    try:
        return ip_address(text)
    except ValueError as err:
        raise Forbidden("the host resolves to what is no IP address") from err
