"""Reads ``https://`` and ``http://`` addresses of webhooks into one spelling.

Promises that two spellings of one address give one text, in ASCII, with the host as it will be connected to. Does
not know whether the host may be asked: see `guard`.
"""

from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from notifiers.errors import InvalidInput
from notifiers.hosts import in_url, read_host

SCHEMES = ("https", "http")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_PATH_SAFE = "/%:@!$&'()*+,;=~"
_QUERY_SAFE = _PATH_SAFE + "?"
_EXPECTED = "expected such as https://hooks.example.org/path"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebAddress:
    """A webhook's address; ``host`` without brackets, ``authority`` as the Host header names it."""

    scheme: str
    host: str
    authority: str
    url: str


def read_web_address(text: str) -> WebAddress:
    """Read ``text``, leaving out its fragment. Raises InvalidInput without repeating what may be secret."""
    if "\\" in text:  # some programs take it for a slash, others do not
        raise InvalidInput(f"a URL with a backslash; {_EXPECTED}")
    parts, port = _split(text)
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise InvalidInput(f"a user or password in a URL, which would be sent in clear to logs; {_EXPECTED}")
    if not parts.hostname:
        raise InvalidInput(f"a URL without a host; {_EXPECTED}")
    host = read_host(parts.hostname)
    authority = in_url(host) if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"{in_url(host)}:{port}"
    query = f"?{quote(parts.query, safe=_QUERY_SAFE)}" if parts.query else ""
    return WebAddress(
        scheme=parts.scheme,
        host=str(host),
        authority=authority,
        url=f"{parts.scheme}://{authority}{quote(parts.path, safe=_PATH_SAFE) or '/'}{query}",
    )


def _split(text: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as err:  # a port that is none, brackets that do not close
        raise InvalidInput(f"no URL; {_EXPECTED}") from err
    if parts.scheme not in SCHEMES or port == 0:
        raise InvalidInput(f"no URL of the web; {_EXPECTED}")
    return parts, port
