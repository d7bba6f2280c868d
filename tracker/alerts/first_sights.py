"""What held of trials on the day on which they were seen for the first time: with ``--from-now`` that is known.

Promises the day of the first sight, however much later somebody looks: what came true since then is news. It reads
only.
"""

from collections.abc import Collection, Iterable
from datetime import date

from store.unit_of_work import Transaction
from tracker.alerts.tellings import Held
from tracker.views.holdings import holdings
from tracker.views.touched import first_sights

_PAGE_TRIALS = 200


def held_at_first_sight(
    transaction: Transaction, held: Iterable[Held], seen: Collection[str], *, looked_on: date | None
) -> set[str]:
    """The keys of those of ``held`` that held already when their trial, one of ``seen``, was seen first.

    That was not before ``looked_on``, the day of the last look without it, also where the record was fetched sooner.
    """
    new = [one for one in held if one.holding.trial_id in seen]
    sights = first_sights(transaction.connection, {one.holding.trial_id for one in new})
    days = {trial_id: max(day, looked_on or day) for trial_id, day in sights.items()}
    found: set[str] = set()
    for condition, day in dict.fromkeys((one.condition, days[one.holding.trial_id]) for one in new):
        same = [one.holding.trial_id for one in new if one.condition == condition]
        trial_ids = [trial_id for trial_id in same if days[trial_id] == day]
        for at in range(0, len(trial_ids), _PAGE_TRIALS):
            page = trial_ids[at : at + _PAGE_TRIALS]
            holding = holdings(transaction.connection, condition, on=day, trial_ids=page)
            found.update(Held(condition=condition, holding=one).key for one in holding)
    return found
