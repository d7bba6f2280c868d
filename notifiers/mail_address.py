"""Reads ``mailto:`` addresses: one recipient, nothing else.

Promises that what it takes can stand in an envelope and in a header as it is: no quoting, no control characters, the
domain in ASCII. Does not know whether anybody is there.
"""

import re
from urllib.parse import unquote

from notifiers.errors import InvalidInput
from notifiers.hosts import read_host

SCHEME = "mailto:"
_EXPECTED = "expected one recipient, such as mailto:someone@example.org"
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u00a1-\U0010ffff-]+"  # RFC 5322 atext, RFC 6531 UTF8-non-ascii
_LOCAL_PART = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1: octets
_LONGEST_ADDRESS = 254


def read_mailto(text: str) -> str:
    """The recipient of ``text``, its domain in ASCII. Raises InvalidInput."""
    if text[: len(SCHEME)].lower() != SCHEME:
        raise InvalidInput(f"no mailto address; {_EXPECTED}")
    rest = text[len(SCHEME) :]
    if "?" in rest:
        raise InvalidInput(f"a mailto address with headers (what comes after the question mark); {_EXPECTED}")
    try:
        recipient = unquote(rest, errors="strict")
    except UnicodeDecodeError as err:
        raise InvalidInput(f"a mailto address that is not UTF-8; {_EXPECTED}") from err
    local_part, at, domain = recipient.rpartition("@")
    if not at or rest.startswith("//"):
        raise InvalidInput(f"a mailto address without a recipient; {_EXPECTED}")
    if any(mark in recipient for mark in ",;") or "@" in local_part:
        raise InvalidInput(f"a mailto address with several recipients; {_EXPECTED}")
    if not _LOCAL_PART.fullmatch(local_part) or not recipient.isprintable():
        raise InvalidInput(f"a mailto address whose part before the @ cannot be used; {_EXPECTED}")
    return _joined(local_part, domain)


def written(recipient: str) -> str:
    """``recipient`` as a mailto address that is read back as it is."""
    return SCHEME + recipient.replace("%", "%25").replace("?", "%3F")


def _joined(local_part: str, domain: str) -> str:
    host = read_host(domain)
    if not isinstance(host, str):
        raise InvalidInput(f"a mailto address at an IP address; {_EXPECTED}")
    recipient = f"{local_part}@{host}"
    if len(local_part.encode()) > _LONGEST_LOCAL_PART or len(recipient.encode()) > _LONGEST_ADDRESS:
        raise InvalidInput(f"a mailto address that is longer than mail allows; {_EXPECTED}")
    return recipient
