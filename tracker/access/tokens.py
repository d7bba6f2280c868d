"""Tokens: what programs send with each request, and what people sign in with.

Promises: a secret is answered once, by the making, and is nowhere stored; a name is free again once its token was
revoked or has expired; a revocation holds for the next request on every host, since nothing is remembered between two
look-ups, each of which is one read by an index.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from store.access_tokens import AccessToken
from store.unit_of_work import Database, Transaction
from tracker.access.callers import Caller, CallerKind, Scope
from tracker.access.secret_text import RandomBytes, SecretKind, hash_of, new_secret, read_secret
from tracker.access.terms import holds
from tracker.domain.errors import Conflict, InvalidInput, NotFound
from tracker.domain.names import parse_name

_ID_BYTES = 8
_NEAR_MOST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class NewToken:
    """A token that was just made, with its secret, which is to be shown this once."""

    token: AccessToken
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """Makes, lists, revokes and knows tokens."""

    database: Database
    now: Callable[[], datetime]
    random_bytes: RandomBytes

    def make(self, name: str, scope: Scope, *, expires_at: datetime | None = None) -> NewToken:
        """Make a token. Raises InvalidInput for what is no name or a past expiry, Conflict where a name is in use."""
        name, now = parse_name(name, what="a token"), self.now()
        if not holds(now, expires_at):
            raise InvalidInput("the token would have expired already; expected a later expiry")
        secret = new_secret(SecretKind.TOKEN, self.random_bytes)
        token = AccessToken(
            token_id=self.random_bytes(_ID_BYTES).hex(), name=name, scope=scope, created_at=now, expires_at=expires_at
        )
        with self.database.writing() as transaction:
            self._free(transaction, name, now)
            transaction.access_tokens.put(token, secret_sha256=hash_of(secret))
        return NewToken(token=token, secret=secret)

    def list(self) -> "list[AccessToken]":
        """All tokens there ever were, the newest last; ``state_of`` says which hold."""
        with self.database.reading() as transaction:
            return transaction.access_tokens.list()

    def revoke(self, name: str) -> AccessToken:
        """Let a token be none from now on, and with it every session and feed key that came of it. Raises NotFound."""
        now = self.now()
        with self.database.writing() as transaction:
            tokens = transaction.access_tokens
            found = tokens.unrevoked(name)
            if found is None:
                raise NotFound(_missing(name, tokens.list()))
            tokens.revoke(found.token_id, at=now)
            return next(one for one in tokens.list() if one.token_id == found.token_id)

    def caller(self, secret: str) -> Caller | None:
        """Who sent this token: None where it is none, or does not hold any more."""
        read = read_secret(SecretKind.TOKEN, secret)
        if read is None:
            return None
        with self.database.reading() as transaction:
            found = transaction.access_tokens.of_secret(hash_of(read))
        if found is None or not is_valid(found, self.now()):
            return None
        return Caller(
            kind=CallerKind.TOKEN,
            name=found.name,
            scope=Scope(found.scope),
            key=found.token_id,
            token_id=found.token_id,
        )

    def _free(self, transaction: Transaction, name: str, now: datetime) -> None:
        """Let the name be free: one whose token has expired is taken from it."""
        found = transaction.access_tokens.unrevoked(name)
        if found is None:
            return
        if is_valid(found, now):
            raise Conflict(
                f"there is a token {name} already; choose another name, or revoke it first: trialog token revoke {name}"
            )
        transaction.access_tokens.revoke(found.token_id, at=now)


def is_valid(token: AccessToken, now: datetime) -> bool:
    """Whether a token holds."""
    return holds(now, token.expires_at, token.revoked_at)


def state_of(token: AccessToken, now: datetime) -> str:
    """``valid``, ``expired`` or ``revoked``, whichever came first."""
    if is_valid(token, now):
        return "valid"
    return "revoked" if token.revoked_at and holds(token.revoked_at, token.expires_at) else "expired"


def _missing(name: str, tokens: "list[AccessToken]") -> str:
    if any(one.name == name for one in tokens):
        return f"the token {name} was revoked before"
    near = difflib.get_close_matches(name, {one.name for one in tokens if one.revoked_at is None}, _NEAR_MOST)
    hint = f"did you mean {' or '.join(near)}?" if near else "trialog token list says which there are"
    return f"there is no token {name[:100]}; {hint}"
