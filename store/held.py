"""What a run observed and did not dare to record: kept whole, in order, until a person releases it.

It promises that nothing held is ever dropped: what is released, or has gone back by itself, is marked and stays. A
body comes out exactly as it went in. It does not know what was observed, nor why that is suspicious.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, select, update

from store.bulk import insert_rows
from store.errors import InvalidInput
from store.instants import Clock, instant_of, instant_text
from store.json_text import decode, encode
from store.snapshots import PackedBody
from store.tables import HELD

ORDINARY = "ordinary"
MIGRATION = "migration"
KNOWN = "known"  # not released: what it says has been recorded otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldObservation:
    """An observation of ``subject`` to be kept.

    ``packed`` is its body, without a base, or None where there is none; ``told`` whatever else the caller needs to
    record it later, as JSON. ``reason``, and the ``paths`` that it speaks of, are shown to people.
    """

    subject: str
    reason: str
    paths: tuple[str, ...]
    told: dict[str, Any]
    packed: PackedBody | None
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A held observation with its place in the order of holding; ``gone_back_at``: since when it waits no more."""

    id: int
    run_id: str
    observation: HeldObservation
    held_at: datetime
    gone_back_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """An observation that was released and had not gone back: the address of its body, and when it was made."""

    sha256: str
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCount:
    """How many observations a run holds for one reason, or on one path of it, and what became of them.

    ``waiting`` + ``gone_back`` + ``known`` + ``released`` + ``migrated`` = ``count``; what had gone back, or was known,
    when it was released counts as released.
    """

    run_id: str
    reason: str
    path: str | None
    count: int
    waiting: int
    gone_back: int
    known: int
    released: int
    migrated: int


class Held:
    """What is held, as one transaction sees and adds to it."""

    def __init__(self, connection: Connection, *, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def put_many(self, run_id: str, observations: Sequence[HeldObservation]) -> None:
        """Hold ``observations`` with their run, in their order; what the run holds already is passed over."""
        now = instant_text(self._clock()) if observations else ""
        last = self._connection.scalar(select(func.max(HELD.c.id))) or 0
        rows = [(place, *_row(run_id, one, now)) for place, one in enumerate(observations, last + 1)]
        insert_rows(self._connection, HELD, rows, on_conflict="ON CONFLICT DO NOTHING")

    def next(self, run_id: str, *, limit: int) -> list[Kept]:
        """The first ``limit`` observations of the run that are not released, in the order of holding."""
        question = select(HELD).where(HELD.c.run_id == run_id, HELD.c.released_at.is_(None))
        return [_kept(row) for row in self._connection.execute(question.order_by(HELD.c.id).limit(limit))]

    def mark_released(self, ids: Collection[int], *, as_migration: bool) -> None:
        """Mark observations, by their place in the order of holding, as released."""
        values = {"released_at": instant_text(self._clock()), "released_as": MIGRATION if as_migration else ORDINARY}
        marked = update(HELD).where(HELD.c.id == bindparam("of_id"), HELD.c.released_at.is_(None))
        if ids:
            self._connection.execute(marked.values(**values), [{"of_id": one} for one in ids])

    def waiting(self, subjects: Collection[str]) -> dict[str, list[Kept]]:
        """Of each of ``subjects`` (some hundreds at most), what waits of it: not released, not gone back, not known."""
        question = select(HELD).where(HELD.c.subject.in_(list(subjects)), *_WAITING).order_by(HELD.c.id)
        found: dict[str, list[Kept]] = {}
        for row in self._connection.execute(question):
            found.setdefault(row.subject, []).append(_kept(row))
        return found

    def released(self, subjects: Collection[str]) -> dict[str, list[Released]]:
        """Of each of ``subjects`` (some hundreds at most), what was released of it and has a body."""
        question = select(HELD.c.subject, HELD.c.sha256, HELD.c.observed_at).where(
            HELD.c.subject.in_(list(subjects)),
            HELD.c.released_at.is_not(None),
            HELD.c.gone_back_at.is_(None),
            HELD.c.sha256.is_not(None),
        )
        found: dict[str, list[Released]] = {}
        for row in self._connection.execute(question):
            released = Released(sha256=row.sha256, observed_at=instant_of(row.observed_at))
            found.setdefault(row.subject, []).append(released)
        return found

    def mark_gone_back(self, ids: Collection[int]) -> None:
        """Mark observations that hold no more, by their place in the order: their release will record nothing."""
        self._mark(ids, gone_back_at=instant_text(self._clock()) if ids else None)

    def mark_known(self, ids: Collection[int]) -> None:
        """Mark observations of which nothing is left to record, as that was done otherwise."""
        self._mark(ids, gone_back_at=instant_text(self._clock()) if ids else None, released_as=KNOWN)

    def _mark(self, ids: Collection[int], **values: str | None) -> None:
        marked = update(HELD).where(HELD.c.id == bindparam("of_id"), *_WAITING)
        if ids:
            self._connection.execute(marked.values(**values), [{"of_id": one} for one in ids])

    def open_runs(self) -> list[str]:
        """The runs that hold anything not released, the oldest first."""
        question = select(HELD.c.run_id).where(HELD.c.released_at.is_(None)).group_by(HELD.c.run_id)
        return list(self._connection.scalars(question.order_by(func.min(HELD.c.id))))

    def waiting_counts(self) -> dict[str, int]:
        """How many observations wait of each run that has any: not released, not gone back, not known; oldest first."""
        question = select(HELD.c.run_id, func.count()).where(*_WAITING).group_by(HELD.c.run_id)
        return {row.run_id: row[1] for row in self._connection.execute(question.order_by(func.min(HELD.c.id)))}

    def totals(self, run_id: str) -> tuple[int, int]:
        """How many observations the run ever held, and how many of them are released."""
        question = select(func.count(), func.count(HELD.c.released_at)).where(HELD.c.run_id == run_id)
        total, released = self._connection.execute(question).one()
        return total, released

    def counts(self, run_ids: Collection[str]) -> list[HeldCount]:
        """What each of ``run_ids`` (some hundreds at most) holds or held, by reason and path."""
        is_released = HELD.c.released_at.is_not(None)
        question = (
            select(
                HELD.c.run_id,
                HELD.c.reason,
                HELD.c.paths,
                func.count().label("count"),
                func.count().filter(*_WAITING).label("waiting"),
                func.count()
                .filter(~is_released, HELD.c.gone_back_at.is_not(None), HELD.c.released_as.is_(None))
                .label("gone_back"),
                func.count().filter(~is_released, HELD.c.released_as == KNOWN).label("known"),
                func.count().filter(HELD.c.released_as == ORDINARY).label("released"),
                func.count().filter(HELD.c.released_as == MIGRATION).label("migrated"),
            )
            .where(HELD.c.run_id.in_(list(run_ids)))
            .group_by(HELD.c.run_id, HELD.c.reason, HELD.c.paths)
            .order_by(func.min(HELD.c.id))
        )
        found: dict[tuple[str, str, str | None], list[int]] = {}
        for row in self._connection.execute(question):
            for path in row.paths.split("\n") if row.paths else [None]:
                sums = found.setdefault((row.run_id, row.reason, path), [0] * 6)
                sums[:] = [total + more for total, more in zip(sums, row[3:], strict=True)]
        return [
            HeldCount(
                run_id=run_id,
                reason=reason,
                path=path,
                **dict(zip(_FATES, sums, strict=True)),
            )
            for (run_id, reason, path), sums in found.items()
        ]


_FATES = ("count", "waiting", "gone_back", "known", "released", "migrated")
_WAITING = (HELD.c.released_at.is_(None), HELD.c.gone_back_at.is_(None))


def _row(run_id: str, one: HeldObservation, now: str) -> tuple[Any, ...]:
    packed = one.packed
    if packed is not None and packed.base_sha256 is not None:
        raise InvalidInput(f"what is held of {one.subject} must be packed without a base")
    told, paths = encode(one.told).decode(), "\n".join(one.paths)
    named = [one.subject, one.reason, paths, told, packed and packed.sha256]
    return (
        run_id,
        hashlib.sha256(encode(named)).hexdigest(),
        one.subject,
        one.reason,
        paths,
        told,
        packed and packed.sha256,
        packed and packed.body,
        packed and packed.size_bytes,
        packed and packed.body_sha256,
        instant_text(one.observed_at),
        now,
        None,
        None,
        None,
    )


def _kept(row: Row[Any]) -> Kept:
    packed = None
    if row.body is not None:
        packed = PackedBody(
            sha256=row.sha256,
            base_sha256=None,
            base_body_sha256=None,
            body=bytes(row.body),
            size_bytes=row.size_bytes,
            body_sha256=row.body_sha256,
        )
    observation = HeldObservation(
        subject=row.subject,
        reason=row.reason,
        paths=tuple(row.paths.split("\n")) if row.paths else (),
        told=decode(row.told),
        packed=packed,
        observed_at=instant_of(row.observed_at),
    )
    return Kept(
        id=row.id,
        run_id=row.run_id,
        observation=observation,
        held_at=instant_of(row.held_at),
        gone_back_at=None if row.gone_back_at is None else instant_of(row.gone_back_at),
    )
