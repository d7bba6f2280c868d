"""What tracking means where the registry merges trials: the survivor is followed, and they go together.

Promises: a tracked trial that was merged stays tracked, so that its coming back is seen, and the trial that it was
merged into is tracked as well, in the transaction that records the merger; nobody has to do anything. What a person
asked for by itself is never taken for a stand-in.
"""

from collections.abc import Mapping

from store.unit_of_work import Transaction
from tracker.domain.watching import WatchEventType
from tracker.ledger.watch_events import Tracking
from tracker.pipeline.watching import record_watching
from tracker.views.held import held_whereabouts
from tracker.views.watch_list import TrackedTrial, is_tracked


def follow_survivor(transaction: Transaction, trial_id: str, *, into: str, run_id: str) -> int:
    """Track what ``trial_id`` was merged into, if that one is tracked; answers how many events follow.

    A survivor that is known to be merged itself leads on to its own.
    """
    if not is_tracked(transaction.connection, trial_id):
        return 0
    events: list[Tracking] = []
    passed, survivor = {trial_id}, into
    while survivor not in passed:
        if not is_tracked(transaction.connection, survivor):
            events.append(Tracking(type=WatchEventType.SURVIVOR_TRACKED, name=survivor, alias=trial_id))
        passed.add(survivor)
        place = held_whereabouts(transaction.connection, survivor)
        trial_id, survivor = survivor, (place and place[1]) or survivor
    record_watching(transaction, events, run_id=run_id)
    return len(events)


def untracked_with(trials: Mapping[str, TrackedTrial], trial_id: str) -> list[str]:
    """The tracked trials that are tracked no longer where ``trial_id`` is not: itself, then those merged with it.

    What was merged into it goes, since it is the same trial. What it was merged into goes where that one is followed in
    its place, or was asked for by its old id, and no other tracked trial was merged into it.
    """
    gone = [trial_id]
    for name in gone:  # grows
        gone += [one.name for one in trials.values() if one.name not in gone and one.leads_to(trials[name])]
    while stand_ins := [one.name for one in trials.values() if one.name not in gone and _is_left(one, trials, gone)]:
        gone += stand_ins
    return gone


def _is_left(one: TrackedTrial, trials: Mapping[str, TrackedTrial], gone: list[str]) -> bool:
    """Whether nobody who is still tracked has ``one`` tracked."""
    if one.alias is None or (one.alias in trials and one.alias not in gone):
        return False
    if not one.is_in_place and one.alias not in gone:
        return False
    return not any(other.leads_to(one) for other in trials.values() if other.name not in gone)
