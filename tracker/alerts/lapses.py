"""Records that time has passed over a trial's record: UNKNOWN by the rule, not verified for a year, results overdue.

Promises: each cause is told once per trial, however often it is recorded; nothing that the record says is changed, and
no revision follows. It does not know when something lapses (``tracker.domain.staleness``, ``results_duty``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from store.unit_of_work import Transaction
from tracker.domain.change import Change, Step
from tracker.domain.clock import require_aware
from tracker.domain.events import Category, EventType, Origin, Significance
from tracker.domain.record import Json
from tracker.ledger.events import Revision, TrialEvent
from tracker.ledger.ledger import Entry, Ledger
from tracker.views.held import HeldTrial, held_trials
from tracker.views.rows import RevisionRecorded
from tracker.views.state import VIEWS
from tracker.views.trails import lapses_told
from tracker.views.writer import ViewWriter

FIELD = "lapse"
_BATCH_TRIALS = 256
_KINDS = MappingProxyType(
    {
        EventType.STATUS_LAPSED: ("UNKNOWN by the registry's rule", Category.STATUS, Significance.MAJOR),
        EventType.VERIFICATION_LAPSED: ("Not verified for 12 months", Category.TIMELINE, Significance.MINOR),
        EventType.RESULTS_OVERDUE: (
            "Results appear overdue, absent an unpublished extension",
            Category.RESULTS,
            Significance.MAJOR,
        ),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapse:
    """What lapsed on day ``cause`` of a trial's record; ``old`` and ``new`` say from what to what."""

    trial_id: str
    type: EventType
    cause: date
    old: Json = None
    new: Json = None


def record_lapses(transaction: Transaction, lapses: Sequence[Lapse], *, now: datetime, run_id: str) -> int:
    """Record those of ``lapses`` that were not told yet, of trials that are held; answers how many.

    One that is given twice, by the day and by what changed, is recorded once.
    """
    require_aware(now, what="now")
    count = 0
    by_trial: dict[str, list[Lapse]] = {}
    for lapse in {(one.trial_id, one.type, one.cause): one for one in lapses}.values():
        by_trial.setdefault(lapse.trial_id, []).append(lapse)
    ids = sorted(by_trial)
    for at in range(0, len(ids), _BATCH_TRIALS):
        batch = {trial_id: by_trial[trial_id] for trial_id in ids[at : at + _BATCH_TRIALS]}
        count += _record(transaction, batch, now=now, run_id=run_id)
    return count


def _record(transaction: Transaction, batch: dict[str, list[Lapse]], *, now: datetime, run_id: str) -> int:
    told = lapses_told(transaction.connection, list(batch))
    held = held_trials(transaction, list(batch))
    entries = []
    for trial_id, trial in held.items():
        new = [one for one in batch[trial_id] if (trial_id, one.type.value, one.cause.isoformat()) not in told]
        if new:
            entries.append(_entry(trial, new, now))
    if not entries:
        return 0
    recorded = Ledger(transaction).append(entries, run_id=run_id)
    ViewWriter(transaction.connection).apply([RevisionRecorded(events=[one], facts=None) for one in recorded])
    transaction.checkpoints.move(VIEWS, recorded[-1].position)
    return len(recorded)


def _entry(trial: HeldTrial, lapses: Sequence[Lapse], now: datetime) -> Entry:
    newest = trial.timeline[-1]
    events = []
    for lapse in sorted(lapses, key=lambda one: (one.cause, one.type)):
        revision = Revision(
            trial_id=trial.trial_id,
            number=newest.number,
            predecessor=newest.number,
            snapshot=newest.snapshot,
            observed=newest.snapshot,
            origin=Origin.CLOCK,
            posted_on=None,
            data_on=lapse.cause,
            holds_from=lapse.cause,
            observed_at=now,
            source="clock",
        )
        events.append(TrialEvent(revision=revision, change=_change(lapse), origin=Origin.CLOCK))
    return Entry(trial_id=trial.trial_id, events=events, before=newest.snapshot, expected_version=trial.stream_version)


def _change(lapse: Lapse) -> Change:
    label, category, significance = _KINDS[lapse.type]
    return Change(
        type=lapse.type,
        field=FIELD,
        label=label,
        category=category,
        significance=significance,
        step=Step.REPLACE,
        path="",
        old=lapse.old,
        new=lapse.new,
        detail={"cause": lapse.cause.isoformat()},
    )
