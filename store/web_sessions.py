"""Sessions of people who signed in to the pages, and the one-time links by which they may, as hashes of their secrets.

It promises that a session is read together with the token it came from, in one read, so that a revocation of the token
holds for it at once; and that of all who take a link at the same time one gets it. It does not know when a session, a
token or a link is over.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, or_, select, update

from store.access_tables import ACCESS_TOKENS, SIGN_IN_LINKS, WEB_SESSIONS
from store.instants import instant_of, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """Somebody signs in; ``token_id`` is None where that is by a one-time link."""

    secret_sha256: str
    token_id: str | None
    scope: str
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSession:
    """A session with what is stored of its token: name and revocation are None where there is none."""

    token_id: str | None
    token_name: str | None
    token_revoked_at: datetime | None
    scope: str
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLink:
    """A link that was handed out."""

    scope: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class WebSessions:
    """The sessions as one transaction sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, session: NewSession) -> None:
        """Keep a new session."""
        row = {
            "secret_sha256": session.secret_sha256,
            "token_id": session.token_id,
            "scope": session.scope,
            "created_at": instant_text(session.created_at),
            "expires_at": instant_text(session.expires_at),
        }
        self._connection.execute(insert(WEB_SESSIONS).values(**row))

    def of_secret(self, secret_sha256: str) -> WebSession | None:
        """The session whose secret has that hash, whatever became of it."""
        row = self._connection.execute(_SESSIONS.where(WEB_SESSIONS.c.secret_sha256 == secret_sha256)).one_or_none()
        if row is None:
            return None
        return WebSession(
            token_id=row.token_id,
            token_name=row.name,
            token_revoked_at=_instant(row.revoked_at),
            scope=row.scope,
            expires_at=instant_of(row.expires_at),
            ended_at=_instant(row.ended_at),
        )

    def end(self, secret_sha256: str, *, at: datetime) -> None:
        """End a session; one that has ended stays as it is."""
        this = update(WEB_SESSIONS).where(WEB_SESSIONS.c.secret_sha256 == secret_sha256)
        self._connection.execute(this.where(WEB_SESSIONS.c.ended_at.is_(None)).values(ended_at=instant_text(at)))

    def prunable(self, before: datetime) -> int:
        """How many ended or expired before an instant."""
        return _count(self._connection, WEB_SESSIONS, _over(WEB_SESSIONS, "ended_at", before))

    def prune(self, before: datetime) -> int:
        """Delete those, and answer how many they were."""
        gone = delete(WEB_SESSIONS).where(_over(WEB_SESSIONS, "ended_at", before))
        return self._connection.execute(gone).rowcount


class SignInLinks:
    """The links as one transaction sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, link: SignInLink, *, secret_sha256: str) -> None:
        """Keep a new link."""
        row = {
            "secret_sha256": secret_sha256,
            "scope": link.scope,
            "created_at": instant_text(link.created_at),
            "expires_at": instant_text(link.expires_at),
        }
        self._connection.execute(insert(SIGN_IN_LINKS).values(**row))

    def take(self, secret_sha256: str, *, at: datetime) -> SignInLink | None:
        """Use a link up; None where there is none of that hash, or it was used before. It may have expired."""
        this = update(SIGN_IN_LINKS).where(
            SIGN_IN_LINKS.c.secret_sha256 == secret_sha256, SIGN_IN_LINKS.c.used_at.is_(None)
        )
        taken = this.values(used_at=instant_text(at)).returning(*SIGN_IN_LINKS.columns)
        row = self._connection.execute(taken).one_or_none()
        if row is None:
            return None
        return SignInLink(
            scope=row.scope,
            created_at=instant_of(row.created_at),
            expires_at=instant_of(row.expires_at),
            used_at=instant_of(row.used_at),
        )

    def prunable(self, before: datetime) -> int:
        """How many were used, or expired, before an instant."""
        return _count(self._connection, SIGN_IN_LINKS, _over(SIGN_IN_LINKS, "used_at", before))

    def prune(self, before: datetime) -> int:
        """Delete those, and answer how many they were."""
        gone = delete(SIGN_IN_LINKS).where(_over(SIGN_IN_LINKS, "used_at", before))
        return self._connection.execute(gone).rowcount


_SESSIONS = select(
    WEB_SESSIONS,
    ACCESS_TOKENS.c.name,
    ACCESS_TOKENS.c.revoked_at,
).outerjoin(ACCESS_TOKENS, ACCESS_TOKENS.c.token_id == WEB_SESSIONS.c.token_id)


def _over(table: Table, end: str, before: datetime) -> ColumnElement[bool]:
    at = instant_text(before)
    return or_(table.c.expires_at < at, table.c[end] < at)


def _count(connection: Connection, table: Table, which: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(which)).scalar_one())


def _instant(text: str | None) -> datetime | None:
    return None if text is None else instant_of(text)
