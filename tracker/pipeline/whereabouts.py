"""Records where a trial's record is: withheld, merged into another, gone, and back.

Promises: a move is recorded where the view holds something else, and then alone: no revision follows, and nothing that
the record says is changed. A trial that was never seen leaves nothing. Where a tracked trial was merged, the one that
it was merged into is tracked in its place, in the same transaction (``tracker.pipeline.survivors``).
"""

from datetime import date, datetime

from store.unit_of_work import Transaction
from tracker.domain.change import Change, Step
from tracker.domain.clock import require_aware
from tracker.domain.events import Category, Origin, Significance
from tracker.domain.record import Json
from tracker.domain.whereabouts import ARRIVED_BY, Whereabouts
from tracker.ledger.events import Revision, TrialEvent
from tracker.ledger.ledger import Entry, Ledger
from tracker.pipeline.survivors import follow_survivor
from tracker.views.held import HeldTrial, held_trials, held_whereabouts
from tracker.views.rows import RevisionRecorded
from tracker.views.state import VIEWS
from tracker.views.writer import ViewWriter

FIELD = "whereabouts"
_LABELS = {
    Whereabouts.VISIBLE: "Record reappeared",
    Whereabouts.WITHHELD: "Record withheld",
    Whereabouts.MERGED: "Record merged",
    Whereabouts.DISAPPEARED: "Record disappeared",
}


def record_whereabouts(
    transaction: Transaction,
    *,
    trial_id: str,
    now: Whereabouts,
    into: str | None,
    data_on: date,
    observed_at: datetime,
    run_id: str,
    source: str,
    is_migration: bool = False,
) -> int:
    """Record where the trial's record was seen to be, and answer how many events follow.

    ``into``: the trial that it was merged into, None unless ``now`` is MERGED. ``data_on``: of the release that showed
    it. ``is_migration``: the registry moved many records at once, and nobody is to be alerted.
    """
    was = held_whereabouts(transaction.connection, trial_id)
    count = 0
    if was is not None and was != (now, into):
        held = held_trials(transaction, [trial_id])[trial_id]
        newest = held.timeline[-1]
        revision = Revision(
            trial_id=trial_id,
            number=newest.number,
            predecessor=newest.number,
            snapshot=newest.snapshot,
            observed=newest.snapshot,
            origin=Origin.REGISTRY,
            posted_on=None,
            data_on=data_on,
            holds_from=data_on,
            observed_at=require_aware(observed_at, what="observed_at"),
            source=source,
        )
        change = _change(was[0], now, into, is_migration=is_migration)
        count = _append(transaction, held, TrialEvent(revision=revision, change=change, origin=Origin.REGISTRY), run_id)
    if into is not None:
        count += follow_survivor(transaction, trial_id, into=into, run_id=run_id)
    return count


def _append(transaction: Transaction, held: HeldTrial, event: TrialEvent, run_id: str) -> int:
    entry = Entry(
        trial_id=held.trial_id,
        events=[event],
        before=event.revision.snapshot,
        expected_version=held.stream_version,
    )
    recorded = Ledger(transaction).append([entry], run_id=run_id)
    ViewWriter(transaction.connection).apply([RevisionRecorded(events=recorded, facts=None)])
    transaction.checkpoints.move(VIEWS, recorded[-1].position)
    return len(recorded)


def _change(was: Whereabouts, now: Whereabouts, into: str | None, *, is_migration: bool) -> Change:
    detail: dict[str, Json] = {} if into is None else {"into": into}
    if is_migration:
        detail["migration"] = True
    return Change(
        type=ARRIVED_BY[now],
        field=FIELD,
        label=_LABELS[now],
        category=Category.STATUS,
        significance=Significance.ADMINISTRATIVE if is_migration else Significance.MAJOR,
        step=Step.REPLACE,
        path="",
        old=was.value,
        new=now.value,
        detail=detail,
    )
