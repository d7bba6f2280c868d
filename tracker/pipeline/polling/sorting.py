"""Sorts what was read by what it means for the ledger: held already, changed by its sponsor, or changed silently.

It promises to write nothing, and to look at each observation as recording will. What is held is looked up for some
hundreds of observations at once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from store.json_text import decode
from store.unit_of_work import Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.events import Origin
from tracker.domain.pointer import pattern_of
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import without_held
from tracker.pipeline.planning import Planner
from tracker.pipeline.polling.silent import SilentSight
from tracker.pipeline.preparing import LaterSight, Prepared, address_of, prepare
from tracker.pipeline.reading import unchanged
from tracker.pipeline.transitions import Transition
from tracker.source import Observation
from tracker.views.held import heads, held_trials
from tracker.views.polled import known_trials


@dataclass(slots=True, kw_only=True)
class Sorted:
    """Observations of trials that differ from each other, sorted.

    ``at_once`` and ``sights`` can be recorded, ``silent`` changed though no date of their own moved; the others are
    held as they are. ``back`` are trials that were hidden; ``differing`` has, of each trial that was held, the patterns
    of the paths in which it differs.
    """

    at_once: list[Prepared] = field(default_factory=list)
    sights: list[LaterSight] = field(default_factory=list)
    silent: list[SilentSight] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    differing: dict[str, frozenset[str]] = field(default_factory=dict)

    def left(self) -> dict[str, frozenset[str]]:
        """The paths in which each trial differs still when ``at_once`` is recorded."""
        whole = [prepared.trial_id for prepared in self.at_once if prepared.share is None]
        return self.differing | {trial_id: frozenset() for trial_id in whole if trial_id in self.differing}


def sort_out(
    transaction: Transaction, observations: Sequence[Observation], *, catalogue: Catalogue, observed_at: datetime
) -> Sorted:
    """Sort whole observations, made at ``observed_at``; a trial that is back is recorded at once."""
    found = Sorted()
    changed = _changed(transaction, observations, found)
    planner = Planner(
        catalogue=catalogue,
        record_of=lambda snapshot: decode(transaction.snapshots.get(snapshot)),
        address_of=address_of,
    )
    held = held_trials(transaction, [prepared.trial_id for prepared in changed])
    for prepared in changed:
        trial = held.get(prepared.trial_id)
        if trial is None:
            found.at_once.append(prepared)
            continue
        steps = planner.plan(trial, prepared.observed(observed_at)).transitions
        paths = found.differing[prepared.trial_id] = _paths(steps)
        is_silent = all(step.revision.origin is Origin.REGISTRY for step in steps)
        if paths and is_silent and prepared.trial_id not in found.back:
            found.silent.append(SilentSight(prepared=prepared, observed_at=observed_at, paths=paths))
        else:
            found.at_once.append(without_held(transaction, prepared, trial))
    return found


def _changed(transaction: Transaction, observations: Sequence[Observation], found: Sorted) -> list[Prepared]:
    """Those whose content is not that of the newest revision; the others are sorted here."""
    ids = [one.trial_id for one in observations]
    known, newest = known_trials(transaction.connection, ids), heads(transaction, ids)
    found.back = [
        trial_id for trial_id in ids if trial_id in known and known[trial_id].whereabouts is not Whereabouts.VISIBLE
    ]
    changed: list[Prepared] = []
    for one in observations:
        address = address_of(one.record, one.sections)
        head = newest.get(one.trial_id)
        same = unchanged(one, head) if head and head.snapshot == address else None
        if same is None:
            changed.append(prepare(one, address=address))
            continue
        found.differing[one.trial_id] = frozenset()
        if same.sight:
            found.sights.append(same.sight)
    return changed


def _paths(transitions: Iterable[Transition]) -> frozenset[str]:
    """The patterns of the paths that change."""
    told = (event for step in transitions for event in step.events if event.coverage is None)
    return frozenset(pattern_of(event.change.path) for event in told)
