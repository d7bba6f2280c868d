"""Checks that the ledger can be trusted: its chain, its views, its snapshots, and that its events fold.

In this order: the chain and its head; that each snapshot has its hash and that the events of each revision, folded
over its predecessor, give the revision; that the views equal the ledger. The first fault found is named with its
position. What a revision follows is asked of views made anew, never of those to be checked. One moment is checked
while others go on writing; memory does not grow with the ledger.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from store.errors import NotFound, Permanent
from store.json_text import decode
from store.unit_of_work import Database, Transaction
from tracker.diffing.canonical import canonical
from tracker.diffing.folding import fold
from tracker.domain.change import Change, is_pointer
from tracker.domain.coverage import Coverage
from tracker.domain.events import ARRIVALS, EventType
from tracker.domain.facts import facts_of
from tracker.domain.pointer import resolve
from tracker.domain.record import Json
from tracker.ledger.codec import UnreadableEvent
from tracker.ledger.events import RecordedTrialEvent, Revision
from tracker.pipeline.preparing import address_of
from tracker.pipeline.replaying import Show, revisions_read
from tracker.views.audit import first_difference, scratch_views
from tracker.views.held import held_content
from tracker.views.rows import RevisionRecorded, facts_columns
from tracker.views.writer import ViewWriter

_BATCH_REVISIONS = 256

ContentOf = Callable[[str, int], tuple[str, Coverage]]  # of a trial's revision: its address, and what it covers


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What verification found; ``position`` is the first that is wrong, None where no event is to blame."""

    ok: bool
    position: int | None
    reason: str | None
    events: int
    revisions: int
    snapshots: int


class _Fault(Exception):
    """Ends a verification."""

    def __init__(self, position: int | None, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason


def verify(database: Database, *, show: Show) -> VerifyReport:
    """Check everything; ``show`` is told the position reached and that of the head, for each pass."""
    with database.reading() as transaction:
        checking = _Checking(transaction, show)
        fault: _Fault | None = None
        try:
            checking.run()
        except _Fault as found:
            fault = found
        return VerifyReport(
            ok=fault is None,
            position=fault.position if fault else None,
            reason=fault.reason if fault else None,
            events=transaction.events.head().count,
            revisions=checking.revisions,
            snapshots=sum(1 for _ in transaction.snapshots.hashes()),
        )


class _Checking:
    """One verification; counts the revisions it has checked."""

    def __init__(self, transaction: Transaction, show: Show) -> None:
        self._transaction = transaction
        self._show = show
        self.revisions = 0

    def run(self) -> None:
        """All checks in turn; raises the first fault."""
        broken = self._transaction.events.verify()
        if broken is not None:
            raise _Fault(broken.position, broken.reason)
        with scratch_views() as scratch:
            self._check_revisions(ViewWriter(scratch), partial(held_content, scratch))
            different = first_difference(self._transaction.connection, scratch)
        if different is not None:
            raise _Fault(different.position, different.reason)

    def _check_revisions(self, writer: ViewWriter, content_of: ContentOf) -> None:
        """Check each revision against what the ledger said before it, and make the views anew with ``writer``."""
        head = self._transaction.events.head().position
        waiting: list[RevisionRecorded] = []
        for events in self._read():
            is_first_sight = events[0].event.change.type is EventType.TRIAL_FIRST_OBSERVED
            if not is_first_sight or len(waiting) >= _BATCH_REVISIONS:
                writer.apply(waiting)
                waiting = []
            waiting.append(self._checked(events, content_of))
            self.revisions += not events[0].event.revision.is_link
            self._show(events[-1].position, head)
        writer.apply(waiting)

    def _read(self) -> Iterator[list[RecordedTrialEvent]]:
        try:
            yield from revisions_read(self._transaction)
        except UnreadableEvent as err:
            raise _Fault(err.position, str(err)) from err

    def _checked(self, events: list[RecordedTrialEvent], content_of: ContentOf) -> RevisionRecorded:
        revision, position = events[0].event.revision, events[0].position
        record = self._record(revision.snapshot, position)
        if revision.observed != revision.snapshot:
            self._record(revision.observed, position)
        if revision.predecessor is not None:
            self._check_steps(events, record, content_of)
        return RevisionRecorded(events=events, facts=None if revision.is_link else facts_columns(facts_of(record)))

    def _check_steps(self, events: list[RecordedTrialEvent], record: Json, content_of: ContentOf) -> None:
        revision, position = events[0].event.revision, events[0].position
        assert revision.predecessor is not None
        try:
            before, scope = content_of(revision.trial_id, revision.predecessor)
        except LookupError as err:
            raise _Fault(position, f"{err}, which revision {revision.number} follows") from err
        if revision.is_link:  # to a revision that was held already, and may cover less
            scope &= content_of(revision.trial_id, revision.number)[1]
        changes = [self._fetched(told) for told in events if told.event.change.type not in ARRIVALS]
        try:
            folded = fold(self._record(before, position), changes)
        except (ValueError, LookupError) as err:
            raise _Fault(position, f"the events of {_named(revision)} do not fold: {err}") from err
        if canonical(scope.project(folded)) != canonical(scope.project(record)):
            raise _Fault(position, f"the events of {_named(revision)} do not lead to its snapshot")

    def _record(self, snapshot: str, position: int) -> Json:
        try:
            record = decode(self._transaction.snapshots.get(snapshot))
        except (NotFound, Permanent, TypeError, ValueError) as err:  # TypeError: text where a frame belongs
            raise _Fault(position, f"snapshot {snapshot} cannot be read: {err}") from err
        if address_of(record) != snapshot:
            raise _Fault(position, f"snapshot {snapshot} does not have its hash; restore a backup")
        return record

    def _fetched(self, told: RecordedTrialEvent) -> Change:
        """The change with the values that its pointers stand for."""
        change = told.event.change
        values = {
            name: resolve(self._record(value["snapshot"], told.position), value["pointer"])
            for name, value in (("old", change.old), ("new", change.new))
            if is_pointer(value)
        }
        return replace(change, **values) if values else change


def _named(revision: Revision) -> str:
    return f"{revision.trial_id}, revision {revision.number}"
