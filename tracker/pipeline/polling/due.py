"""The due leg: trials that are UNKNOWN by the registry's rule as of today's data, and do not show it yet.

They are asked for by id. One that still shows another status disagrees with the rule: that is kept in the cursor, and
it is asked for again with every release until it has been seen to.
"""

from tracker.pipeline.polling.work import Work
from tracker.views.polled import due_trials

CURSOR = "due"


def read(work: Work) -> str | None:
    """Ask for all that is due; it is complete whoever disagrees."""
    due = _due(work)
    work.expect(len(due))
    work.saw(len(due) - len(work.take_whole(due)))
    work.intake.settle()
    work.move_all(CURSOR, disagree=_due(work))
    return None


def _due(work: Work) -> list[str]:
    with work.database.reading() as transaction:
        due = due_trials(transaction.connection, on=work.release.data_on)
    return work.in_scope(due)
