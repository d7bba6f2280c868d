"""The proof that a form was made here, for whoever sends it: a value in the form that no other site knows.

It is an HMAC over the session, or over a random cookie where nobody is signed in, with a nonce that differs in each
form, so that the length of a compressed page tells nothing (the signed double-submit of OWASP's cheat sheet on CSRF).
Promises that what was made for one session or cookie is refused with every other, on whatever host. Pure.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass, field

from tracker.access.callers import Caller, CallerKind
from tracker.access.secret_text import RandomBytes

KEY_NAME = "web_key"
_NONCE_BYTES = 16
_PROOF_BYTES = 32
_COOKIE_BYTES = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Forms:
    """Makes and checks the value. ``key``: the one of all hosts on the database."""

    key: bytes = field(repr=False)
    random_bytes: RandomBytes

    def new_cookie(self) -> str:
        """What whoever is not signed in is to send back as a cookie."""
        return base64.urlsafe_b64encode(self.random_bytes(_COOKIE_BYTES)).decode("ascii")

    def make(self, caller: Caller | None, *, cookie: str = "") -> str:
        """The value for a form that ``caller`` is shown; ``cookie`` counts where the caller has no session."""
        nonce = self.random_bytes(_NONCE_BYTES)
        return base64.urlsafe_b64encode(nonce + self._proof(nonce, _bound_to(caller, cookie))).decode("ascii")

    def check(self, value: str, caller: Caller | None, *, cookie: str = "") -> bool:
        """Whether a form came from a page that was made for ``caller``, or for the cookie."""
        bound_to = _bound_to(caller, cookie)
        try:
            told = base64.b64decode(value, altchars=b"-_", validate=True)
        except (ValueError, binascii.Error):
            return False
        if not bound_to or len(told) != _NONCE_BYTES + _PROOF_BYTES:
            return False
        nonce, proof = told[:_NONCE_BYTES], told[_NONCE_BYTES:]
        return hmac.compare_digest(proof, self._proof(nonce, bound_to))

    def _proof(self, nonce: bytes, bound_to: str) -> bytes:
        said = nonce + bound_to.encode("utf-8", "surrogatepass")
        return hmac.new(self.key, b"form:" + said, hashlib.sha256).digest()


def _bound_to(caller: Caller | None, cookie: str) -> str:
    """What the value holds for, the two kinds told apart; empty where there is neither, for which none holds."""
    if caller is not None and caller.kind is CallerKind.SESSION:
        return f"session:{caller.key}"
    return f"cookie:{cookie}" if cookie else ""
