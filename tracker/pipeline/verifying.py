"""Checks that the ledger can be trusted: its chain, its views, its snapshots, and that its events fold.

In this order: the database's own pages and tables; the chain and its head; that the events of each revision, folded
over its predecessor, give the revision; that every snapshot has its hash, whoever names it; that the views equal the
ledger and stand at its head; that the database still refuses to change events. The first fault found is named with its
position. What a revision follows is asked of views made anew, never of those to be checked. One moment is checked
while others go on writing; memory does not grow with the ledger.
"""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TypeVar

from store.errors import NotFound, Permanent
from store.hash_chain import ChainMark
from store.json_text import decode
from store.unit_of_work import Database, Transaction
from tracker.diffing.canonical import canonical
from tracker.diffing.folding import fold
from tracker.domain.change import Change, is_pointer
from tracker.domain.coverage import Coverage
from tracker.domain.events import ARRIVALS, EventType
from tracker.domain.pointer import resolve
from tracker.domain.record import Json
from tracker.domain.whereabouts import Whereabouts
from tracker.ledger.codec import UnreadableEvent
from tracker.ledger.events import RecordedTrialEvent, Revision
from tracker.ledger.subscription_events import RecordedSubscriptionEvent
from tracker.ledger.watch_events import RecordedWatchEvent
from tracker.pipeline.preparing import address_of
from tracker.pipeline.replaying import Show, revisions_read, subscribing_read, watching_read
from tracker.views.audit import first_difference, scratch_views
from tracker.views.held import held_content, held_whereabouts
from tracker.views.rows import RevisionRecorded, columns_read
from tracker.views.state import VIEWS
from tracker.views.subscription_writer import SubscriptionWriter
from tracker.views.watch_writer import WatchWriter
from tracker.views.writer import ViewWriter

_BATCH_REVISIONS = 256
_Read = TypeVar("_Read")
_Act = TypeVar("_Act", RecordedWatchEvent, RecordedSubscriptionEvent)

ContentOf = Callable[[str, int], tuple[str, Coverage]]  # of a trial's revision: its address, and what it covers
WhereOf = Callable[[str], tuple[Whereabouts, str | None] | None]  # of a trial: where its record is, and in which


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyReport:
    """What verification found; ``position`` is the first that is wrong, None where no event is to blame.

    The counts are of what was found to be right, up to the fault where there is one.
    """

    ok: bool
    position: int | None = None
    reason: str | None = None
    events: int = 0
    revisions: int = 0
    snapshots: int = 0


class _Fault(Exception):
    """Ends a verification."""

    def __init__(self, position: int | None, reason: str) -> None:
        super().__init__(reason)
        self.position = position
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A report, and the end of the ledger where all was right."""

    report: VerifyReport
    mark: ChainMark | None


def verify(database: Database, *, show: Show) -> VerifyReport:
    """Check everything; ``show`` is told the position reached and that of the head.

    Raises what leaves the question open: the store's Transient.
    """
    return verify_since(database, since=None, show=show).report


def verify_since(database: Database, *, since: ChainMark | None, show: Show) -> Verified:
    """Check what was recorded behind ``since``, or everything.

    Of what is new: the chain, the snapshots that its events name, and that they fold over what the views hold. The
    views, and snapshots that no new event names, only a check of everything compares. Raises as ``verify`` does.
    """
    counts = _Counts()
    mark: ChainMark | None = None
    try:
        with database.reading() as transaction:
            checking = _Checking(transaction, show, counts)
            if since is None:
                checking.run()
            else:
                checking.run_behind(since)
            mark = transaction.events.mark()
    except _Fault as fault:
        report = VerifyReport(ok=False, position=fault.position, reason=fault.reason, **asdict(counts))
    except (NotFound, Permanent) as err:  # the database cannot even be read
        report = VerifyReport(ok=False, reason=str(err), **asdict(counts))
    else:
        report = VerifyReport(ok=True, **asdict(counts))
    return Verified(report=report, mark=mark)


@dataclass(slots=True, kw_only=True)
class _Counts:
    events: int = 0
    revisions: int = 0
    snapshots: int = 0


class _Checking:
    """One verification; counts what was found to be right."""

    def __init__(self, transaction: Transaction, show: Show, counts: _Counts) -> None:
        self._transaction = transaction
        self._show = show
        self._counts = counts
        self._told_until = 0  # the position of the last event that makes views

    def run(self) -> None:
        """All checks in turn; raises the first fault."""
        integrity = self._transaction.integrity
        _require_none(integrity.storage_fault() or integrity.shape_fault())
        broken = self._transaction.events.verify()
        if broken is not None:
            raise _Fault(broken.position, broken.reason)
        self._counts.events = self._transaction.events.head().count
        with scratch_views() as scratch:
            self._check_revisions(
                ViewWriter(scratch), partial(held_content, scratch), partial(held_whereabouts, scratch)
            )
            self._check_acts(watching_read(self._transaction), WatchWriter(scratch).apply)
            self._check_acts(subscribing_read(self._transaction), SubscriptionWriter(scratch).apply)
            self._check_snapshots()
            different = first_difference(self._transaction.connection, scratch)
        if different is not None:
            raise _Fault(different.position, different.reason)
        self._check_checkpoint()
        _require_none(integrity.guard_fault())

    def run_behind(self, since: ChainMark) -> None:
        """Check what was recorded behind a place up to which all was right; raises the first fault."""
        integrity, connection = self._transaction.integrity, self._transaction.connection
        _require_none(integrity.shape_fault())
        broken = self._transaction.events.verify(after=since)
        if broken is not None:
            raise _Fault(broken.position, broken.reason)
        head = self._transaction.events.head()
        self._counts.events = head.position - since.position
        content_of = partial(held_content, connection)
        for events in _readable(revisions_read(self._transaction, after=since.position)):
            self._told_until = events[-1].position
            if not events[0].is_beside_revisions:
                self._checked(events, content_of)
                self._counts.revisions += not events[0].event.revision.is_link
            self._show(self._told_until, head.position)
        self._check_checkpoint()
        _require_none(integrity.guard_fault())

    def _check_snapshots(self) -> None:
        """Hash every body, also those that no event names."""
        for sha256 in self._transaction.snapshots.hashes():
            self._record(sha256, None)
            self._counts.snapshots += 1

    def _check_checkpoint(self) -> None:
        """The views stand at the ledger's head; events that make no views may lie between it and the last that does."""
        head, stands_at = self._transaction.events.head().position, self._transaction.checkpoints.get(VIEWS)
        if not self._told_until <= stands_at <= head:
            reason = f"the views' checkpoint is {stands_at}, the ledger's head {head}; run trialog rebuild"
            raise _Fault(None, reason)

    def _check_revisions(self, writer: ViewWriter, content_of: ContentOf, where_of: WhereOf) -> None:
        """Check each revision against what the ledger said before it, and make the views anew with ``writer``."""
        head = self._transaction.events.head().position
        waiting: list[RevisionRecorded] = []
        for events in _readable(revisions_read(self._transaction)):
            is_first_sight = events[0].event.change.type is EventType.TRIAL_FIRST_OBSERVED
            if not is_first_sight or len(waiting) >= _BATCH_REVISIONS:
                writer.apply(waiting)
                waiting = []
            if events[0].is_beside_revisions:
                waiting.append(self._checked_beside(events[0], content_of, where_of))
            else:
                waiting.append(self._checked(events, content_of))
                self._counts.revisions += not events[0].event.revision.is_link
            self._told_until = events[-1].position
            self._show(self._told_until, head)
        writer.apply(waiting)

    def _check_acts(self, batches: Iterator[list[_Act]], apply: Callable[[list[_Act]], None]) -> None:
        """Read each event of what people did, and make the views of it anew."""
        for batch in _readable(batches):
            apply(batch)
            self._told_until = max(self._told_until, batch[-1].position)

    def _checked(self, events: list[RecordedTrialEvent], content_of: ContentOf) -> RevisionRecorded:
        revision, position = events[0].event.revision, events[0].position
        record = self._record(revision.snapshot, position)
        if revision.observed != revision.snapshot:
            self._record(revision.observed, position)
        if revision.predecessor is not None:
            self._check_steps(events, record, content_of)
        return RevisionRecorded(events=events, facts=None if revision.is_link else columns_read(record))

    def _checked_beside(self, told: RecordedTrialEvent, content_of: ContentOf, where_of: WhereOf) -> RevisionRecorded:
        """A move begins where the record was; it and a lapse name a revision as it is held."""
        revision, position = told.event.revision, told.position
        what = "move" if told.is_move else "lapse"
        before = where_of(revision.trial_id)
        if told.is_move and (before is None or told.event.change.old != before[0]):
            raise _Fault(position, f"the move of {_named(revision)} does not begin where its record was")
        try:
            held = content_of(revision.trial_id, revision.number)[0]
        except LookupError as err:
            raise _Fault(position, f"{err}, which a {what} of its record names") from err
        if held != revision.snapshot:
            raise _Fault(position, f"the {what} of {_named(revision)} does not name its snapshot")
        return RevisionRecorded(events=[told], facts=None)

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

    def _record(self, snapshot: str, position: int | None) -> Json:
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


def _readable(read: Iterator[_Read]) -> Iterator[_Read]:
    try:
        yield from read
    except UnreadableEvent as err:
        raise _Fault(err.position, str(err)) from err


def _require_none(fault: str | None) -> None:
    if fault is not None:
        raise _Fault(None, fault)


def _named(revision: Revision) -> str:
    return f"{revision.trial_id}, revision {revision.number}"
