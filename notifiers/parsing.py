"""Reads the address that a person gives, and refuses at once what could never be delivered.

Promises that an address which was taken has a channel, one spelling, and no host that is forbidden just now; whether
the host is forbidden later is checked at each delivery. Its errors repeat nothing of an address that may be secret.
"""

import hashlib
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from notifiers import apprise, mail_address
from notifiers.errors import InvalidInput, Unresolved
from notifiers.guard import SETTING, Guard
from notifiers.masks import APPRISE
from notifiers.web_address import SCHEMES, read_web_address

RESOLVE_TIMEOUT_S = 5.0
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"})
_EXPECTED = "expected mailto:someone@example.org, https://hooks.example.org/path or apprise:service://..."


class Channel(StrEnum):
    """How an address is reached."""

    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address that was taken.

    ``clear`` is its one spelling, to be kept apart from what is shown. ``endpoint`` is shared by all addresses that
    fail and rest together (one URL; all mail, since it goes to one server) and gives nothing away. ``note`` is for
    the person: why it may not work.
    """

    channel: Channel
    clear: str = field(repr=False)
    endpoint: str
    note: str | None = None


def parse_address(text: str, guard: Guard) -> Address:
    """Read ``text``; a name that does not resolve just now is taken, with a note. Raises InvalidInput."""
    if any(unicodedata.category(char) in _UNSEEN for char in text):
        raise InvalidInput("an address with blanks, control characters or characters that cannot be seen")
    scheme = text.partition(":")[0].lower()
    if scheme == mail_address.SCHEME.rstrip(":"):
        clear = mail_address.written(mail_address.read_mailto(text))
        return Address(channel=Channel.EMAIL, clear=clear, endpoint=Channel.EMAIL)
    if scheme in SCHEMES:
        return _webhook(text, guard)
    if scheme == APPRISE.rstrip(":"):
        return _apprise(text[len(APPRISE) :], guard)
    hint = f"; did you mean mailto:{text}?" if "@" in text and ":" not in text else ""
    raise InvalidInput(f"an address of no scheme that is known; {_EXPECTED}{hint}")


def _webhook(text: str, guard: Guard) -> Address:
    found = read_web_address(text)
    is_plain = found.scheme == "http"
    if is_plain and not guard.allow_networks:
        raise InvalidInput(f"http:// is for the networks of {SETTING} only, and there are none; expected https://")
    note = _note((found.host,), guard, is_plain=is_plain)
    return Address(channel=Channel.WEBHOOK, clear=found.url, endpoint=_key(Channel.WEBHOOK, found.url), note=note)


def _apprise(url: str, guard: Guard) -> Address:
    note = _note(apprise.hosts_of(url), guard, is_plain=False)
    return Address(channel=Channel.APPRISE, clear=APPRISE + url, endpoint=_key(Channel.APPRISE, url), note=note)


def _note(hosts: tuple[str, ...], guard: Guard, *, is_plain: bool) -> str | None:
    for host in hosts:
        try:
            guard.open_addresses(host, timeout_s=RESOLVE_TIMEOUT_S, is_plain=is_plain)
        except Unresolved as err:
            return f"{host}: {err}; deliveries are tried all the same"
    return None


def _key(channel: Channel, url: str) -> str:
    return f"{channel}:{hashlib.sha256(url.encode()).hexdigest()[:32]}"
