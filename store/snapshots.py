"""Bodies kept under the hash their caller addresses them by, compressed, many against an earlier body.

It promises that a body comes out exactly as it went in or not at all (Permanent, naming the hash), and
that reading one costs two frames at most: a base is itself stored without a base. It does not know what a
body is, nor what its address is the hash of.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select, text

from store.bulk import insert_rows
from store.dialect import Dialect
from store.errors import Conflict, NotFound, Permanent
from store.json_text import encode
from store.tables import SNAPSHOTS
from store.zstd_frames import DamagedFrame, compress, decompress

_PAGE_HASHES = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedBody:
    """A body ready to store: `body` is a zstd frame of `size_bytes` bytes whose SHA-256 is `body_sha256`."""

    sha256: str
    base_sha256: str | None
    base_body_sha256: str | None
    body: bytes
    size_bytes: int
    body_sha256: str


def pack(sha256: str, body: bytes, *, base: tuple[str, bytes] | None = None) -> PackedBody:
    """Compress a body for `put_many`; pure, so that worker processes can do it.

    `sha256` is the caller's address of the body. `base` is the address and body of a snapshot that is
    stored, or put in the same call, without a base of its own.
    """
    base_sha256, base_body = base if base is not None else (None, None)
    return PackedBody(
        sha256=sha256,
        base_sha256=base_sha256,
        base_body_sha256=None if base_body is None else hashlib.sha256(base_body).hexdigest(),
        body=compress(body, base=base_body),
        size_bytes=len(body),
        body_sha256=hashlib.sha256(body).hexdigest(),
    )


def unpack(packed: PackedBody) -> bytes:
    """The body of what was packed without a base; DamagedFrame where it was packed against one."""
    return decompress(packed.body, size_bytes=packed.size_bytes)


class Snapshots:
    """The bodies as one transaction sees them."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._find_sql = text(_FIND.format(texts=dialect.json_texts))
        self._known_sql = text(_KNOWN.format(texts=dialect.json_texts))

    def put_many(self, bodies: Sequence[PackedBody]) -> None:
        """Store what is not stored yet; a known address keeps the body it has.

        Raises Conflict when a body's base is not stored, is stored otherwise than it was packed against,
        or has a base itself: pack it again without a base.
        """
        alone = [body for body in bodies if body.base_sha256 is None]
        based = [body for body in bodies if body.base_sha256 is not None]
        self._insert(alone)
        self._check_bases(based)
        self._insert(based)

    def get(self, sha256: str) -> bytes:
        """The body; NotFound, or Permanent when what is stored is damaged."""
        return self.get_many([sha256])[sha256]

    def get_many(self, hashes: Collection[str]) -> dict[str, bytes]:
        """The bodies by address, all in memory; NotFound when one is missing."""
        rows = self._rows(hashes)
        for sha256 in hashes:
            if sha256 not in rows:
                raise NotFound(f"there is no snapshot {sha256}")
        bases = self._rows({row.base_sha256 for row in rows.values() if row.base_sha256} - rows.keys())
        bodies: dict[str, bytes] = {}
        return {sha256: _body(sha256, {**bases, **rows}, bodies) for sha256 in rows}

    def exists(self, sha256: str) -> bool:
        """Whether a body is stored under this address."""
        return bool(self.existing([sha256]))

    def existing(self, hashes: Collection[str]) -> set[str]:
        """Those of the addresses under which a body is stored."""
        return {row.sha256 for row in self._connection.execute(self._known_sql, _texts(hashes))}

    def is_alone(self, sha256: str) -> bool:
        """Whether a body is stored without a base, so that it can be a base."""
        rows = self._connection.execute(self._known_sql, _texts([sha256])).all()
        return bool(rows) and rows[0].base_sha256 is None

    def hashes(self) -> Iterator[str]:
        """Every address, in order."""
        after = ""
        while True:
            page = select(SNAPSHOTS.c.sha256).where(SNAPSHOTS.c.sha256 > after)
            found = self._connection.scalars(page.order_by(SNAPSHOTS.c.sha256).limit(_PAGE_HASHES)).all()
            yield from found
            if len(found) < _PAGE_HASHES:
                return
            after = found[-1]

    def _insert(self, bodies: list[PackedBody]) -> None:
        if bodies:
            insert_rows(self._connection, SNAPSHOTS, [_row(body) for body in bodies], on_conflict=_FRAME_ALONE)

    def _check_bases(self, bodies: list[PackedBody]) -> None:
        wanted = {body.base_sha256 for body in bodies if body.base_sha256 is not None}
        if not wanted:
            return
        found = self._connection.execute(self._known_sql, _texts(wanted))
        usable = {(row.sha256, row.body_sha256) for row in found if row.base_sha256 is None}
        for body in bodies:
            if (body.base_sha256, body.base_body_sha256) not in usable:
                raise Conflict(
                    f"snapshot {body.sha256} was packed against {body.base_sha256}, which is not stored alone"
                    " with that body; pack it again without a base"
                )

    def _rows(self, hashes: Collection[str]) -> dict[str, Row[Any]]:
        if not hashes:
            return {}
        return {row.sha256: row for row in self._connection.execute(self._find_sql, _texts(hashes))}


_FIND = "SELECT snapshots.* FROM ({texts}) AS wanted JOIN snapshots ON snapshots.sha256 = wanted.value"
_KNOWN = """
    SELECT snapshots.sha256, base_sha256, body_sha256
      FROM ({texts}) AS wanted JOIN snapshots ON snapshots.sha256 = wanted.value
"""
# A known address keeps its body. Only its frame may change, from one with a base to the same body alone:
# the caller is about to use it as a base.
_FRAME_ALONE = """
    ON CONFLICT (sha256) DO UPDATE SET base_sha256 = NULL, body = excluded.body
     WHERE excluded.base_sha256 IS NULL AND snapshots.base_sha256 IS NOT NULL
       AND snapshots.body_sha256 = excluded.body_sha256
"""


def _row(body: PackedBody) -> tuple[Any, ...]:
    return body.sha256, body.base_sha256, body.body, body.size_bytes, body.body_sha256


def _body(sha256: str, rows: dict[str, Row[Any]], bodies: dict[str, bytes]) -> bytes:
    """Unpack one body, its base first; `bodies` remembers what is unpacked already."""
    if sha256 in bodies:
        return bodies[sha256]
    if sha256 not in rows:
        raise Permanent(f"snapshot {sha256} is missing, but others are stored against it; restore a backup")
    row = rows[sha256]
    base = None if row.base_sha256 is None else _body(row.base_sha256, rows, bodies)
    try:
        body = decompress(row.body, size_bytes=row.size_bytes, base=base)
    except DamagedFrame as err:
        raise Permanent(f"snapshot {sha256} is damaged ({err}); restore it from a backup") from err
    if hashlib.sha256(body).hexdigest() != row.body_sha256:
        raise Permanent(f"snapshot {sha256} is damaged (another body than was stored); restore a backup")
    bodies[sha256] = body
    return body


def _texts(values: Collection[str]) -> dict[str, str]:
    return {"texts": encode(list(values)).decode()}
