"""Signed tokens that end a subscription from a mail, without a login and without a table.

A token carries an opaque subject and its HMAC-SHA256; who holds the key can tell a made-up one. It does not expire:
a link in an old mail still works. What the subject means is the caller's.
"""

import base64
import binascii
import hashlib
import hmac

from notifiers.errors import InvalidInput

LEAST_KEY_BYTES = 16
_PURPOSE = b"unsubscribe\x00"  # so that no other signature under the same key is one of these
_INVALID = "the token is not one of ours, or not whole; copy it once more from the mail"


def make(subject: str, *, key: bytes) -> str:
    """A token of letters, digits, ``_``, ``-`` and one dot, fit for a URL and a command line."""
    payload = subject.encode()
    return f"{_encoded(payload)}.{_encoded(_mac(payload, key))}"


def read(token: str, *, key: bytes) -> str:
    """The subject of ``token``. Raises InvalidInput unless it was made with ``key``."""
    payload_text, _, mac_text = token.partition(".")
    payload, mac = _decoded(payload_text), _decoded(mac_text)
    if not hmac.compare_digest(mac, _mac(payload, key)):
        raise InvalidInput(_INVALID)
    return payload.decode()


def _mac(payload: bytes, key: bytes) -> bytes:
    if len(key) < LEAST_KEY_BYTES:
        raise InvalidInput(f"the key of tokens has {len(key)} bytes; expected at least {LEAST_KEY_BYTES}")
    return hmac.digest(key, _PURPOSE + payload, hashlib.sha256)


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as err:  # ValueError: not ASCII
        raise InvalidInput(_INVALID) from err
    if _encoded(raw) != text:  # a second spelling of the same bytes
        raise InvalidInput(_INVALID)
    return raw
