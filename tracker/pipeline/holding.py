"""What a poll observed and does not record until a person says so, as the store holds it, and back.

Promises: what is read back is what was held, record and move alike. When to hold is for
``tracker.pipeline.polling.accidents`` to say, what becomes of it for ``tracker.pipeline.settling``.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from store.held import HeldObservation, Kept
from store.json_text import decode
from store.snapshots import unpack
from store.unit_of_work import Transaction
from tracker.domain.coverage import WHOLE, Coverage
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.preparing import Prepared
from tracker.pipeline.share import Share
from tracker.views.held import HeldTrial
from tracker.views.rows import columns_read


class Reason(StrEnum):
    """Why something is held, in words that people are shown."""

    DIFFERS = "differs on many records without a new date"
    MISSING = "missing with many others"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldMove:
    """Where a trial's record was seen to be; the arguments of ``record_whereabouts``."""

    trial_id: str
    now: Whereabouts
    into: str | None
    data_on: date
    observed_at: datetime
    source: str


def held_record(prepared: Prepared, *, observed_at: datetime, paths: Collection[str]) -> HeldObservation:
    """A record that differs in ``paths`` (patterns) as many do; it is kept whole, and these paths of it wait."""
    patterns = prepared.coverage.patterns
    return HeldObservation(
        subject=prepared.trial_id,
        reason=Reason.DIFFERS.value,
        paths=tuple(sorted(paths)),
        told={
            "coverage": None if patterns is None else sorted(patterns),
            "data_on": None if prepared.data_on is None else prepared.data_on.isoformat(),
            "source": prepared.source,
        },
        packed=prepared.packed,
        observed_at=observed_at,
    )


def held_move(move: HeldMove) -> HeldObservation:
    """A record that is missing as many are."""
    return HeldObservation(
        subject=move.trial_id,
        reason=Reason.MISSING.value,
        paths=(),
        told={
            "now": move.now.value,
            "into": move.into,
            "data_on": move.data_on.isoformat(),
            "source": move.source,
        },
        packed=None,
        observed_at=move.observed_at,
    )


def read_back(kept: Kept) -> Prepared | HeldMove:
    """What was held."""
    held, told = kept.observation, kept.observation.told
    if held.packed is None:
        return HeldMove(
            trial_id=held.subject,
            now=Whereabouts(told["now"]),
            into=told["into"],
            data_on=date.fromisoformat(told["data_on"]),
            observed_at=held.observed_at,
            source=told["source"],
        )
    return Prepared(
        trial_id=held.subject,
        snapshot=held.packed.sha256,
        packed=held.packed,
        facts=columns_read(decode(unpack(held.packed))),
        coverage=WHOLE if told["coverage"] is None else Coverage(patterns=frozenset(told["coverage"])),
        data_on=None if told["data_on"] is None else date.fromisoformat(told["data_on"]),
        source=told["source"],
    )


def held_paths(transaction: Transaction, trial_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """The patterns of the paths that wait of each of ``trial_ids`` (some hundreds at most)."""
    waiting = transaction.held.waiting(trial_ids)
    return {
        trial_id: frozenset(path for kept in waiting.get(trial_id, ()) for path in kept.observation.paths)
        for trial_id in trial_ids
    }


def without_held(transaction: Transaction, prepared: Prepared, trial: HeldTrial | None) -> Prepared:
    """``prepared`` without the paths that wait of it, unless its trial, as far as it is known, has a new date.

    Of what is recorded whatever else changed: a record that is back, the live record behind a history.
    """
    if trial is None or trial.has_new_date(prepared.posted_on, prepared.facts["submitted_on"]):
        return prepared
    waiting = held_paths(transaction, [prepared.trial_id])[prepared.trial_id]
    return replace(prepared, share=Share(without=waiting)) if waiting else prepared


def held_away(transaction: Transaction, trial_ids: Collection[str]) -> set[str]:
    """Those of ``trial_ids`` (some hundreds at most) of which it waits that they are missing."""
    waiting = transaction.held.waiting(trial_ids)
    return {trial_id for trial_id, all_kept in waiting.items() if any(not one.observation.packed for one in all_kept)}
