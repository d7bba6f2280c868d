"""Signatures of webhooks by Standard Webhooks 1.0, and the check that a receiver makes.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md: the header carries one
signature per valid secret, so that a secret can be exchanged without a gap.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from notifiers.errors import InvalidInput

PREFIX = "whsec_"
LEAST_BYTES = 24
MOST_BYTES = 64
NEW_BYTES = 32
TOLERANCE_S = 300
_VERSION = "v1,"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A message as it lies before a receiver: the three headers' values and the raw body."""

    message_id: str
    timestamp: str
    signatures: str
    body: bytes = field(repr=False)


def new_secret(random_bytes: Callable[[int], bytes]) -> str:
    """A fresh secret; ``random_bytes`` is `secrets.token_bytes`, or a test's own."""
    return PREFIX + base64.b64encode(random_bytes(NEW_BYTES)).decode("ascii")


def require_secret(secret: str) -> None:
    """Pass what can be signed with. Raises InvalidInput, which does not repeat it."""
    _key(secret)


def sign(secret: str, *, message_id: str, timestamp: int, body: bytes) -> str:
    """One signature, ``v1,<base64>``; ``timestamp`` in whole seconds since 1970. Raises InvalidInput for no secret."""
    content = b".".join((message_id.encode(), str(timestamp).encode(), body))
    return _VERSION + base64.b64encode(hmac.digest(_key(secret), content, hashlib.sha256)).decode("ascii")


def signature_header(secrets: Iterable[str], *, message_id: str, timestamp: int, body: bytes) -> str:
    """The value of ``webhook-signature``: one signature per secret, separated by blanks."""
    header = " ".join(sign(secret, message_id=message_id, timestamp=timestamp, body=body) for secret in secrets)
    if not header:
        raise InvalidInput("there is no secret to sign with")
    return header


def verify(secret: str, signed: Signed, *, now: datetime) -> bool:
    """Whether ``signed`` was signed with ``secret`` within five minutes of ``now`` (aware)."""
    text = signed.timestamp
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        return False
    if abs(now.timestamp() - int(text)) > TOLERANCE_S:
        return False
    expected = sign(secret, message_id=signed.message_id, timestamp=int(text), body=signed.body).encode()
    # Every one is compared, so that the time taken does not tell which was the right one.
    found = [hmac.compare_digest(expected, given.encode()) for given in signed.signatures.split(" ")]
    return any(found)


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError) as err:  # ValueError: not ASCII
        raise InvalidInput(f"a secret is not {PREFIX} and Base64") from err
    if not secret.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise InvalidInput(f"a secret is not {PREFIX} and Base64 of {LEAST_BYTES} to {MOST_BYTES} bytes")
    return key
