"""The tokens with which programs and people come in, as hashes of their secrets.

It promises that of one name at most one token is not revoked, and that none is ever deleted, so that whoever is named
by an act can still be looked up. It does not know what a scope allows, nor when a token is over.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, insert, select, update

from store.access_tables import ACCESS_TOKENS
from store.instants import instant_of, instant_text


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """A token without its secret; one that does not expire has no ``expires_at``."""

    token_id: str
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class AccessTokens:
    """The tokens as one transaction sees and changes them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, token: AccessToken, *, secret_sha256: str) -> None:
        """Keep a new token; the caller has seen in this `writing` transaction that its name is free."""
        row = {
            "token_id": token.token_id,
            "name": token.name,
            "secret_sha256": secret_sha256,
            "scope": token.scope,
            "created_at": instant_text(token.created_at),
            "expires_at": None if token.expires_at is None else instant_text(token.expires_at),
        }
        self._connection.execute(insert(ACCESS_TOKENS).values(**row))

    def of_secret(self, secret_sha256: str) -> AccessToken | None:
        """The token whose secret has that hash, whatever became of it: one read by an index."""
        wanted = select(ACCESS_TOKENS).where(ACCESS_TOKENS.c.secret_sha256 == secret_sha256)
        row = self._connection.execute(wanted).mappings().one_or_none()
        return None if row is None else _token(row)

    def unrevoked(self, name: str) -> AccessToken | None:
        """The token of that name which is not revoked; it may have expired."""
        wanted = select(ACCESS_TOKENS).where(ACCESS_TOKENS.c.name == name, ACCESS_TOKENS.c.revoked_at.is_(None))
        row = self._connection.execute(wanted).mappings().one_or_none()
        return None if row is None else _token(row)

    def list(self) -> "list[AccessToken]":
        """All tokens there ever were, the newest last."""
        rows = select(ACCESS_TOKENS).order_by(ACCESS_TOKENS.c.created_at, ACCESS_TOKENS.c.token_id)
        return [_token(row) for row in self._connection.execute(rows).mappings()]

    def revoke(self, token_id: str, *, at: datetime) -> None:
        """Let a token be none from now on; one that is revoked stays as it is."""
        change = update(ACCESS_TOKENS).where(ACCESS_TOKENS.c.token_id == token_id, ACCESS_TOKENS.c.revoked_at.is_(None))
        self._connection.execute(change.values(revoked_at=instant_text(at)))


def _token(row: RowMapping) -> AccessToken:
    return AccessToken(
        token_id=row["token_id"],
        name=row["name"],
        scope=row["scope"],
        created_at=instant_of(row["created_at"]),
        expires_at=None if row["expires_at"] is None else instant_of(row["expires_at"]),
        revoked_at=None if row["revoked_at"] is None else instant_of(row["revoked_at"]),
    )
