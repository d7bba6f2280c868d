"""Rejects: what could not be taken in, kept with its reason, so that it can be looked at and tried again.

It promises to take anything: any bytes, any file name. Up to 10 MB a body is kept whole; of a larger one
the first 64 kB and the hash of the whole. The same reject twice is one row. It does not know why something
was rejected beyond the reason it is told.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from store.dialect import Dialect
from store.errors import NotFound, Permanent
from store.instants import Clock, instant_of, instant_text
from store.json_text import encode
from store.plain_text import plain_text
from store.tables import REJECTS
from store.zstd_frames import DamagedFrame, compress, decompress

WHOLE_BODY_BYTES = 10_000_000
HEAD_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """What a caller could not take in: `member` of an archive and `line` (from 1) where they apply.

    For a body too large to hold, `body` is its beginning or empty, and `sha256` and `size_bytes` are
    those of the whole; otherwise leave both out.
    """

    file: str
    reason: str
    body: bytes
    member: str | None = None
    line: int | None = None
    sha256: str | None = None
    size_bytes: int | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reject:
    """What is kept of it: `kept_bytes` of the body's `size_bytes`, to be had from `Quarantine.raw`."""

    id: int
    file: str
    member: str | None
    line: int | None
    reason: str
    size_bytes: int
    sha256: str
    kept_bytes: int
    rejected_at: datetime
    run_id: str | None


class Quarantine:
    """The rejects as one transaction sees them."""

    def __init__(self, connection: Connection, *, dialect: Dialect, clock: Clock) -> None:
        self._connection = connection
        self._insert = dialect.insert_or_ignore(REJECTS)
        self._clock = clock

    def add(self, rejection: Rejection) -> int:
        """Keep it, and answer its id; the same file, member, line, body and reason have one id."""
        row = _row(rejection, rejected_at=instant_text(self._clock()))
        self._connection.execute(self._insert, row)
        same = select(REJECTS.c.id).where(REJECTS.c.fingerprint == row["fingerprint"])
        return int(self._connection.scalars(same).one())

    def list(self, *, after: int = 0, limit: int = 100) -> list[Reject]:
        """Rejects with id > `after`, oldest first, without their bodies."""
        page = select(*_KEPT).where(REJECTS.c.id > after).order_by(REJECTS.c.id).limit(limit)
        return [_reject(row) for row in self._connection.execute(page)]

    def count(self) -> int:
        """How many rejects are kept."""
        return self._connection.scalars(select(func.count()).select_from(REJECTS)).one()

    def get(self, reject_id: int) -> Reject:
        """One reject; NotFound."""
        row = self._connection.execute(select(*_KEPT).where(REJECTS.c.id == reject_id)).one_or_none()
        if row is None:
            raise NotFound(f"there is no reject {reject_id}; list the rejects to see their ids")
        return _reject(row)

    def raw(self, reject_id: int) -> bytes:
        """The kept bytes of its body; NotFound, or Permanent when they are damaged."""
        reject = self.get(reject_id)
        frame = self._connection.scalars(select(REJECTS.c.body).where(REJECTS.c.id == reject_id)).one()
        try:
            return decompress(frame, size_bytes=reject.kept_bytes)
        except DamagedFrame as err:
            raise Permanent(f"the body of reject {reject_id} is damaged ({err}); restore a backup") from err


_KEPT = [column for column in REJECTS.c if column.name not in ("body", "fingerprint")]
_NAMES = [column.name for column in _KEPT]


def _row(rejection: Rejection, *, rejected_at: str) -> dict[str, Any]:
    size_bytes = len(rejection.body) if rejection.size_bytes is None else rejection.size_bytes
    kept = rejection.body if size_bytes <= WHOLE_BODY_BYTES else rejection.body[:HEAD_BYTES]
    sha256 = rejection.sha256 or hashlib.sha256(rejection.body).hexdigest()
    told = {
        "file": plain_text(rejection.file),
        "member": None if rejection.member is None else plain_text(rejection.member),
        "line": rejection.line,
        "sha256": sha256,
        "reason": plain_text(rejection.reason),
    }
    return {
        **told,
        "fingerprint": hashlib.sha256(encode(told)).hexdigest(),
        "size_bytes": size_bytes,
        "body": compress(kept),
        "kept_bytes": len(kept),
        "rejected_at": rejected_at,
        "run_id": rejection.run_id,
    }


def _reject(row: Row[Any]) -> Reject:
    return Reject(**{**dict(zip(_NAMES, row, strict=True)), "rejected_at": instant_of(row.rejected_at)})
