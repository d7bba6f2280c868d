"""Secrets as people copy them: a prefix that says what it is, 256 random bits, and six characters that check the rest.

The prefix and the check let scanners of repositories find a secret without mistaking other text for one, and let a
typing error be told from a secret that does not hold (the form of GitHub's tokens: base62, CRC-32 in base62). Promises
that a secret of one kind is none of another. Pure: randomness is handed in.
"""

import hashlib
import re
import zlib
from collections.abc import Callable
from enum import StrEnum

RandomBytes = Callable[[int], bytes]

_SECRET_BYTES = 32
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SECRET_CHARS = 43  # 62 ** 43 > 2 ** 256
_CHECK_CHARS = 6  # 62 ** 6 > 2 ** 32
_BODY = re.compile(f"[0-9A-Za-z]{{{_SECRET_CHARS + _CHECK_CHARS}}}", re.ASCII)
_MOST_CHARS = 200  # of what is looked at


class SecretKind(StrEnum):
    """What a secret is, by its prefix."""

    TOKEN = "trialog_"
    SESSION = "trialog_session_"
    LINK = "trialog_link_"
    FEED = "trialog_feed_"


def new_secret(kind: SecretKind, random_bytes: RandomBytes) -> str:
    """A secret unlike all others."""
    start = kind + _base62(int.from_bytes(random_bytes(_SECRET_BYTES), "big"), _SECRET_CHARS)
    return start + _check(start)


def read_secret(kind: SecretKind, text: str) -> str | None:
    """The secret that ``text`` is, white space around it aside; None where it is none of that kind or is mistyped."""
    if len(text) > _MOST_CHARS:
        return None
    secret = text.strip()
    if not secret.startswith(kind) or not _BODY.fullmatch(secret, len(kind)):
        return None
    return secret if secret.endswith(_check(secret[:-_CHECK_CHARS])) else None


def hash_of(secret: str) -> str:
    """What is stored of a secret."""
    return hashlib.sha256(secret.encode("ascii")).hexdigest()


def _check(start: str) -> str:
    return _base62(zlib.crc32(start.encode("ascii")), _CHECK_CHARS)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))
