"""Signing in to the pages, with a token or by a one-time link, and the sessions that come of it.

Promises: a session ends when it is signed out, when it is 30 days old (a day, where it came of a link), and with its
token, at once on every host, since nothing is remembered between two look-ups; each is one read. A link opens once,
within ten minutes, whoever clicks at the same time. What a cookie or a link holds is stored as a hash.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from store.unit_of_work import Database
from store.web_sessions import NewSession, SignInLink, WebSession
from tracker.access.callers import LINK_NAME, Caller, CallerKind, Scope
from tracker.access.secret_text import RandomBytes, SecretKind, hash_of, new_secret, read_secret
from tracker.access.terms import LINK, SESSION, SESSION_BY_LINK, holds
from tracker.access.tokens import is_valid
from tracker.domain.errors import InvalidInput

_ID_CHARS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """Somebody is in: ``cookie`` is the secret that tells them from now on, until ``expires_at`` at the latest."""

    cookie: str
    expires_at: datetime
    caller: Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningIn:
    """Begins, knows and ends sessions."""

    database: Database
    now: Callable[[], datetime]
    random_bytes: RandomBytes

    def sign_in(self, secret: str) -> SignedIn:
        """Sign in with a token. Raises InvalidInput, fit to be shown, where it is none or does not hold any more."""
        read, now = read_secret(SecretKind.TOKEN, secret), self.now()
        if read is None:
            raise InvalidInput("this is no token: expected all of one, trialog_ and 49 letters and digits")
        with self.database.reading() as transaction:
            token = transaction.access_tokens.of_secret(hash_of(read))
        if token is None or not is_valid(token, now):
            raise InvalidInput("this token is not known here, or it was revoked or has expired")
        ends = [now + SESSION, *([] if token.expires_at is None else [token.expires_at])]
        return self._begun(token.scope, name=token.name, token_id=token.token_id, expires_at=min(ends))

    def make_link(self, scope: Scope) -> str:
        """The secret of a new link, by which whoever has it signs in once, with that scope."""
        secret, now = new_secret(SecretKind.LINK, self.random_bytes), self.now()
        with self.database.working() as transaction:
            link = SignInLink(scope=scope, created_at=now, expires_at=now + LINK)
            transaction.sign_in_links.put(link, secret_sha256=hash_of(secret))
        return secret

    def sign_in_by_link(self, secret: str) -> SignedIn:
        """Sign in by a link. Raises InvalidInput, fit to be shown, where it is none, was used before or is too old."""
        read, now = read_secret(SecretKind.LINK, secret), self.now()
        link = None
        if read is not None:
            with self.database.working() as transaction:
                link = transaction.sign_in_links.take(hash_of(read), at=now)
        if link is None or not holds(now, link.expires_at):
            raise InvalidInput("this link was used before, or is too old: it opens once, within ten minutes")
        return self._begun(link.scope, name=LINK_NAME, token_id=None, expires_at=now + SESSION_BY_LINK)

    def caller(self, cookie: str) -> Caller | None:
        """Who sent this cookie: None where it is none, or its session has ended."""
        read = read_secret(SecretKind.SESSION, cookie)
        if read is None:
            return None
        sha256 = hash_of(read)
        with self.database.reading() as transaction:
            session = transaction.web_sessions.of_secret(sha256)
        if session is None or not _goes_on(session, self.now()):
            return None
        return _caller(sha256, session.scope, name=session.token_name or LINK_NAME, token_id=session.token_id)

    def sign_out(self, cookie: str) -> None:
        """End the session of a cookie; what is none is left alone."""
        read = read_secret(SecretKind.SESSION, cookie)
        if read is not None:
            with self.database.working() as transaction:
                transaction.web_sessions.end(hash_of(read), at=self.now())

    def _begun(self, scope: str, *, name: str, token_id: str | None, expires_at: datetime) -> SignedIn:
        cookie = new_secret(SecretKind.SESSION, self.random_bytes)
        sha256 = hash_of(cookie)
        with self.database.working() as transaction:
            session = NewSession(
                secret_sha256=sha256,
                token_id=token_id,
                scope=scope,
                created_at=self.now(),
                expires_at=expires_at,
            )
            transaction.web_sessions.put(session)
        caller = _caller(sha256, scope, name=name, token_id=token_id)
        return SignedIn(cookie=cookie, expires_at=expires_at, caller=caller)


def _goes_on(session: WebSession, now: datetime) -> bool:
    """A session whose token is not there any more does not; its own expiry is never later than its token's."""
    if session.token_id is not None and session.token_name is None:
        return False
    return holds(now, session.expires_at, session.ended_at, session.token_revoked_at)


def _caller(sha256: str, scope: str, *, name: str, token_id: str | None) -> Caller:
    return Caller(
        kind=CallerKind.SESSION,
        name=name,
        scope=Scope(scope),
        key=sha256[:_ID_CHARS],
        token_id=token_id,
    )
