"""Keeps the views in step with the ledger, in the transaction that appends to it.

Promises: applying the same recorded revisions in the order of their positions gives the same rows, live or replayed,
in one batch or in many. Nothing recorded is judged here.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from store.bulk import in_column_order, insert_rows
from tracker.domain.events import ARRIVALS, BESIDE_REVISIONS, EventType
from tracker.views.rows import (
    RevisionRecorded,
    Row,
    change_rows,
    coverage_text,
    instant_text,
    move_row,
    revision_row,
    since_when,
    trial_row,
)
from tracker.views.search_writer import SearchWriter
from tracker.views.tables import CHANGES, MOVES, REVISIONS, TRIALS

_NEVER_SUPERSEDED = sorted((ARRIVALS | BESIDE_REVISIONS) - {EventType.COVERAGE_WIDENED})

_OF_TRIAL = REVISIONS.c.trial_id == bindparam("trial")
_MAKE_ROOM = (
    update(REVISIONS).where(_OF_TRIAL, REVISIONS.c.rank >= bindparam("place")).values(rank=REVISIONS.c.rank + 1)
)
_REVISION = select(REVISIONS).where(_OF_TRIAL, REVISIONS.c.revision == bindparam("number"))
_BEHIND = (
    select(REVISIONS.c.revision, REVISIONS.c.rank, REVISIONS.c.said_from, REVISIONS.c.holds_from)
    .where(_OF_TRIAL, REVISIONS.c.rank > bindparam("place"), REVISIONS.c.replaced_at.is_(None))
    .order_by(REVISIONS.c.rank)
    .limit(1)
)
_NEWEST = (
    select(REVISIONS).where(_OF_TRIAL, REVISIONS.c.replaced_at.is_(None)).order_by(REVISIONS.c.rank.desc()).limit(1)
)


class ViewWriter:
    """Applies recorded revisions to the views within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def apply(self, batch: Sequence[RevisionRecorded]) -> None:
        """Apply ``batch``, given in the order of positions."""
        if not batch:
            return
        first = [recorded for recorded in batch if _is_first_sight(recorded)]
        rows: list[Row] = []
        if first:
            self._put(TRIALS, [trial_row(recorded) for recorded in first])
            rows = [revision_row(recorded, rank=0, coverage=coverage_text(recorded.coverage)) for recorded in first]
            self._put(REVISIONS, rows)
        self._put(CHANGES, [row for recorded in batch for row in change_rows(recorded)])
        for recorded in batch:
            if not _is_first_sight(recorded):
                self._apply_later(recorded)
        SearchWriter(self._connection).apply(batch, new=rows)

    def _put(self, table: Table, rows: list[Row]) -> None:
        insert_rows(self._connection, table, in_column_order(table, rows))

    def _apply_later(self, recorded: RevisionRecorded) -> None:
        if recorded.is_beside_revisions:
            self._apply_beside(recorded)
            return
        if recorded.revision.is_link:
            self._link(recorded)
        else:
            self._insert(recorded)
        self._move_trial(recorded)

    def _apply_beside(self, recorded: RevisionRecorded) -> None:
        """A move, or a lapse, of which nothing but the change is kept."""
        values: Row = {"stream_version": recorded.events[-1].stream_version}
        if recorded.is_move:
            row = move_row(recorded)
            self._put(MOVES, [row])
            values |= {name: row[name] for name in ("whereabouts", "merged_into")}
        trial_id = recorded.revision.trial_id
        self._connection.execute(update(TRIALS).where(TRIALS.c.trial_id == trial_id).values(**values))

    def _insert(self, recorded: RevisionRecorded) -> None:
        """A new revision, behind its predecessor; what followed the predecessor now follows the new one."""
        revision = recorded.revision
        rank, coverage, not_before = 0, coverage_text(recorded.coverage), ""
        if revision.predecessor is not None:
            before = self._of(revision.trial_id, revision.predecessor)
            rank, not_before = before.rank + 1, before.holds_from
            coverage = before.coverage if recorded.coverage is None else coverage
        behind = self._connection.execute(_MAKE_ROOM, {"trial": revision.trial_id, "place": rank}).rowcount
        row = revision_row(recorded, rank=rank, coverage=coverage, not_before=not_before)
        self._put(REVISIONS, [row])
        if revision.replaces is not None:
            self._replace(recorded, revision.replaces)
        if behind:
            self._carry(revision.trial_id, rank, row["holds_from"])

    def _of(self, trial_id: str, number: int) -> Any:
        return self._connection.execute(_REVISION, {"trial": trial_id, "number": number}).one()

    def _carry(self, trial_id: str, rank: int, day: str) -> None:
        """What holds from ``day`` at ``rank`` has changed: behind it nothing holds earlier, up to where that is so."""
        while (row := self._connection.execute(_BEHIND, {"trial": trial_id, "place": rank}).first()) is not None:
            rank, day = row.rank, max(day, row.said_from)
            if row.holds_from == day:
                return
            self._set(trial_id, row.revision, holds_from=day)

    def _set(self, trial_id: str, number: int, **values: Any) -> None:
        of_revision = (REVISIONS.c.trial_id == trial_id, REVISIONS.c.revision == number)
        self._connection.execute(update(REVISIONS).where(*of_revision).values(**values))

    def _replace(self, recorded: RevisionRecorded, replaced: int) -> None:
        """``replaced`` has the content of the new revision and leaves the timeline."""
        trial_id, at = recorded.revision.trial_id, instant_text(recorded.events[0].recorded_at)
        self._set(trial_id, replaced, replaced_at=at, replaced_by=recorded.revision.number)
        self._supersede(trial_id, replaced, at)

    def _link(self, recorded: RevisionRecorded) -> None:
        """A known revision has a nearer predecessor: the changes recorded from the old one are superseded."""
        revision, first = recorded.revision, recorded.events[0]
        self._supersede(revision.trial_id, revision.number, instant_text(first.recorded_at), before=first.position)
        assert revision.predecessor is not None
        before, linked = (self._of(revision.trial_id, number) for number in (revision.predecessor, revision.number))
        said_from = since_when(revision.holds_from.isoformat(), data_on=linked.data_on, posted_on=linked.posted_on)
        holds_from = max(said_from, before.holds_from)
        self._set(
            revision.trial_id,
            revision.number,
            predecessor=revision.predecessor,
            said_from=said_from,
            holds_from=holds_from,
            event_posted_on=None if revision.posted_on is None else revision.posted_on.isoformat(),
        )
        self._carry(revision.trial_id, linked.rank, holds_from)

    def _supersede(self, trial_id: str, number: int, at: str, *, before: int | None = None) -> None:
        wanted = [
            CHANGES.c.trial_id == trial_id,
            CHANGES.c.revision == number,
            CHANGES.c.superseded_at.is_(None),
            CHANGES.c.type.not_in(_NEVER_SUPERSEDED),
        ]
        if before is not None:
            wanted.append(CHANGES.c.position < before)
        self._connection.execute(update(CHANGES).where(*wanted).values(superseded_at=at))

    def _move_trial(self, recorded: RevisionRecorded) -> None:
        trial_id = recorded.revision.trial_id
        newest = self._connection.execute(_NEWEST, {"trial": trial_id}).one()
        values = {
            "revision": newest.revision,
            "snapshot": newest.snapshot,
            "coverage": newest.coverage,
            "stream_version": recorded.events[-1].stream_version,
            "published_status": newest.published_status,
            "data_on": newest.data_on,
            "short_row": newest.short_row,
        }
        if not recorded.revision.is_link:
            values["revisions_count"] = recorded.revision.number
        self._connection.execute(update(TRIALS).where(TRIALS.c.trial_id == trial_id).values(**values))


def _is_first_sight(recorded: RevisionRecorded) -> bool:
    return recorded.events[0].event.change.type is EventType.TRIAL_FIRST_OBSERVED
