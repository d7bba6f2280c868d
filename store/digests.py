"""Digests of what was read last of each stream, so that the same bytes need not be read again.

It promises that a digest stands for the revision it was put with. A stream without one is read as if it were new;
nothing is lost where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from store.bulk import insert_rows
from store.tables import DIGESTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """``digest`` (SHA-256) of the bytes that gave ``revision`` of the stream."""

    stream: str
    revision: int
    digest: bytes


_OF_STREAMS = select(DIGESTS).where(DIGESTS.c.stream.in_(bindparam("streams", expanding=True)))
_IN_ITS_PLACE = "ON CONFLICT (stream) DO UPDATE SET revision = excluded.revision, digest = excluded.digest"


class Digests:
    """The digests as one transaction sees and moves them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put_many(self, digests: Sequence[Digest]) -> None:
        """Keep `digests`, each in the place of the one before it."""
        rows = [(one.stream, one.revision, one.digest) for one in digests]
        insert_rows(self._connection, DIGESTS, rows, on_conflict=_IN_ITS_PLACE)

    def of(self, streams: Sequence[str]) -> dict[str, Digest]:
        """The digests of those of ``streams`` (some hundreds at most) that have one."""
        return {
            row.stream: Digest(stream=row.stream, revision=row.revision, digest=bytes(row.digest))
            for row in self._connection.execute(_OF_STREAMS, {"streams": list(streams)})
        }
