"""What is held of trials, as the writers of the ledger need to know it: heads, and timelines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select

from store.json_text import decode
from store.sightings import Sighting
from store.unit_of_work import Transaction
from tracker.domain.coverage import WHOLE, Coverage
from tracker.domain.record import Dated, dated
from tracker.domain.trial_id import stream_of
from tracker.domain.whereabouts import Whereabouts
from tracker.views.tables import REVISIONS, TRIALS


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The newest content of a trial, what it covers, and the data release that first showed it.

    ``digest``: that of the bytes which gave it, where they are known.
    """

    revision: int
    snapshot: str
    coverage: Coverage
    data_on: date | None
    digest: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRevision:
    """A revision in the registry's timeline, as far as placing another one needs it.

    ``said_from``: since when it holds by its own dates, whatever stands before it.
    """

    number: int
    snapshot: str
    observed: str
    coverage: Coverage
    posted_on: date | None
    submitted_on: str | None
    data_on: date | None
    said_from: date
    observed_at: str
    source: str
    registry_version: int | None

    @property
    def dated(self) -> Dated | None:
        """The date of the sight."""
        return dated(self.data_on, self.posted_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldTrial:
    """A trial's timeline, the earliest revision first, and where its stream ends.

    ``replaced``: by number, the revisions that left the timeline, each with the number of the one that has its place.
    """

    trial_id: str
    stream_version: int
    revisions_count: int
    timeline: tuple[HeldRevision, ...]
    replaced: Mapping[int, tuple[HeldRevision, int]]
    sightings: Sequence[Sighting]

    def has_new_date(self, posted: date | None, submitted: str | None) -> bool:
        """Whether a record of these dates is not of the publication that the newest revision shows."""
        newest = self.timeline[-1]
        return (posted, submitted) != (newest.posted_on, newest.submitted_on)


_HEADS = select(TRIALS.c.trial_id, TRIALS.c.revision, TRIALS.c.snapshot, TRIALS.c.coverage, TRIALS.c.data_on).where(
    TRIALS.c.trial_id.in_(bindparam("ids", expanding=True))
)
_NEWEST = select(TRIALS.c.trial_id, TRIALS.c.revision).where(TRIALS.c.trial_id.in_(bindparam("ids", expanding=True)))
_TRIALS = select(TRIALS).where(TRIALS.c.trial_id.in_(bindparam("ids", expanding=True)))
_CONTENT = select(REVISIONS.c.snapshot, REVISIONS.c.coverage).where(
    REVISIONS.c.trial_id == bindparam("trial"), REVISIONS.c.revision == bindparam("number")
)
_WHEREABOUTS = select(TRIALS.c.whereabouts, TRIALS.c.merged_into).where(TRIALS.c.trial_id == bindparam("trial"))
_TIMELINES = (
    select(REVISIONS)
    .where(REVISIONS.c.trial_id.in_(bindparam("ids", expanding=True)))
    .order_by(REVISIONS.c.trial_id, REVISIONS.c.rank)
)


def heads(transaction: Transaction, trial_ids: Collection[str]) -> dict[str, Head]:
    """The newest content of each of ``trial_ids`` (some hundreds at most) that is held."""
    rows = transaction.connection.execute(_HEADS, {"ids": list(trial_ids)}).all()
    digests = transaction.digests.of([stream_of(row.trial_id) for row in rows]) if rows else {}
    found = {}
    for row in rows:
        read = digests.get(stream_of(row.trial_id))
        found[row.trial_id] = Head(
            revision=row.revision,
            snapshot=row.snapshot,
            coverage=coverage_from(row.coverage),
            data_on=_date(row.data_on),
            digest=read.digest if read and read.revision == row.revision else None,
        )
    return found


def newest_revisions(connection: Connection, trial_ids: Collection[str]) -> dict[str, int]:
    """The number of the newest revision of each of ``trial_ids`` (some hundreds at most) that is held."""
    return {row.trial_id: row.revision for row in connection.execute(_NEWEST, {"ids": list(trial_ids)})}


def held_trials(transaction: Transaction, trial_ids: Sequence[str]) -> dict[str, HeldTrial]:
    """What is held of those of ``trial_ids`` (some hundreds at most) that are held."""
    trials = transaction.connection.execute(_TRIALS, {"ids": list(trial_ids)}).all()
    if not trials:
        return {}
    held_ids = [trial.trial_id for trial in trials]
    timelines: dict[str, list[HeldRevision]] = {trial_id: [] for trial_id in held_ids}
    replaced: dict[str, dict[int, tuple[HeldRevision, int]]] = {trial_id: {} for trial_id in held_ids}
    for row in transaction.connection.execute(_TIMELINES, {"ids": held_ids}):
        if row.replaced_by is None:
            timelines[row.trial_id].append(_held_revision(row))
        else:
            replaced[row.trial_id][row.revision] = (_held_revision(row), row.replaced_by)
    sightings = transaction.sightings.of([stream_of(trial_id) for trial_id in held_ids])
    return {
        trial.trial_id: HeldTrial(
            trial_id=trial.trial_id,
            stream_version=trial.stream_version,
            revisions_count=trial.revisions_count,
            timeline=tuple(timelines[trial.trial_id]),
            replaced=replaced[trial.trial_id],
            sightings=sightings.get(stream_of(trial.trial_id), ()),
        )
        for trial in trials
    }


def _held_revision(row: Row[Any]) -> HeldRevision:
    return HeldRevision(
        number=row.revision,
        snapshot=row.snapshot,
        observed=row.observed,
        coverage=coverage_from(row.coverage),
        posted_on=_date(row.posted_on),
        submitted_on=row.submitted_on,
        data_on=_date(row.data_on),
        said_from=date.fromisoformat(row.said_from),
        observed_at=row.observed_at,
        source=row.source,
        registry_version=row.registry_version,
    )


def held_whereabouts(connection: Connection, trial_id: str) -> tuple[Whereabouts, str | None] | None:
    """Where a trial's record is, and the trial it was merged into; None for a trial that is not held."""
    row = connection.execute(_WHEREABOUTS, {"trial": trial_id}).one_or_none()
    return None if row is None else (Whereabouts(row.whereabouts), row.merged_into)


def survivor_of(connection: Connection, trial_id: str) -> str | None:
    """The trial into which the registry merged one, however many mergers on; None for one that was not merged.

    Where mergers lead back to themselves, nobody survived, and there is None either.
    """
    seen, now = {trial_id}, trial_id
    while (found := held_whereabouts(connection, now)) is not None and found[1] is not None:
        now = found[1]
        if now in seen:
            return None
        seen.add(now)
    return None if now == trial_id else now


def held_content(connection: Connection, trial_id: str, number: int) -> tuple[str, Coverage]:
    """The address and the coverage of a revision, replaced or not; raises LookupError where there is none."""
    row = connection.execute(_CONTENT, {"trial": trial_id, "number": number}).one_or_none()
    if row is None:
        raise LookupError(f"{trial_id} has no revision {number}")
    return row.snapshot, coverage_from(row.coverage)


def coverage_from(text: str | None) -> Coverage:
    """The coverage that a row of ``view_revisions`` holds."""
    return WHOLE if text is None else Coverage(patterns=frozenset(decode(text)))


def _date(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
