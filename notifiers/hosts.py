"""Reads the host of an address as whoever connects would: an IP address in any notation, or a name in ASCII.

Promises that a host which ends in a number is judged as the IPv4 address that it means (decimal, octal, hex, one to
four parts: the rules of https://url.spec.whatwg.org/#concept-ipv4-parser) or refused, and that two spellings of one
name give one text. Resolves nothing.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address

import idna

from notifiers.addresses import IPAddress
from notifiers.errors import InvalidInput

_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMBER = re.compile(r"0x[0-9a-f]*|[0-9]+")
_LONGEST_NAME = 253
_V4_PARTS = 4


def read_host(text: str) -> IPAddress | str:
    """``text``, without brackets, as an IP address or as a name in small ASCII letters without a dot at its end.

    Raises InvalidInput for what is neither.
    """
    if ":" in text:
        return _ipv6(text)
    name = _ascii(text).removesuffix(".")
    labels = name.split(".")
    if _NUMBER.fullmatch(labels[-1]):
        return _ipv4(labels)
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidInput(f"{text!r} is no host; expected a name such as hooks.example.org")
    return name


def in_url(host: IPAddress | str) -> str:
    """``host`` as a URL spells it: IPv6 in brackets."""
    return f"[{host}]" if isinstance(host, IPv6Address) else str(host)


def _ascii(text: str) -> str:
    if text.isascii():
        return text.lower()
    try:
        return idna.encode(text, uts46=True).decode("ascii").lower()
    except idna.IDNAError as err:
        raise InvalidInput(f"{text!r} is no host: {err}") from err


def _ipv6(text: str) -> IPv6Address:
    if "%" in text:
        raise InvalidInput(f"{text!r} names a zone; an address that holds on this host's link only cannot be used")
    try:
        return IPv6Address(text)
    except AddressValueError as err:
        raise InvalidInput(f"{text!r} is no IPv6 address: {err}") from err


def _ipv4(labels: list[str]) -> IPv4Address:
    text = ".".join(labels)
    if len(labels) > _V4_PARTS or not all(_NUMBER.fullmatch(label) for label in labels):
        raise InvalidInput(f"{text!r} ends in a number and is no IPv4 address")
    *parts, last = [_number(label, text) for label in labels]
    if any(part > 0xFF for part in parts) or last >= 0x100 ** (_V4_PARTS - len(parts)):
        raise InvalidInput(f"{text!r} ends in a number and is no IPv4 address")
    value = last
    for place, part in enumerate(parts):
        value += part << 8 * (3 - place)
    return IPv4Address(value)


def _number(label: str, text: str) -> int:
    try:
        if label.startswith("0x"):
            return int(label[2:] or "0", 16)
        return int(label, 8 if len(label) > 1 and label.startswith("0") else 10)
    except ValueError as err:
        raise InvalidInput(f"{text!r} has {label!r}, which is no octal number") from err
