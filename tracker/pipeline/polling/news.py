"""Whether there is anything new to read, before anything is read.

It promises the answer that the legs themselves give when they begin; nothing is asked of the registry here.
"""

from store.unit_of_work import Transaction
from tracker.pipeline.polling import due, missing, refresh
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.scope import Scope, cursor_name, is_behind
from tracker.registry import Release

CURSORS = {Leg.DUE: due.CURSOR, Leg.MISSING: missing.CURSOR, Leg.REFRESH: refresh.CURSOR}
"""Of the legs that leave one cursor for all parts."""


def is_news(transaction: Transaction, leg: Leg, scope: Scope, release: Release) -> bool:
    """Whether the leg would read anything of this release."""
    name = CURSORS.get(leg)
    if name is not None:
        return is_behind(transaction.cursors.get(name), release, since=scope.since)
    cursors = ((part, transaction.cursors.get(cursor_name(leg, part.name))) for part in scope.parts(leg))
    return any(part.has_news(cursor, release) for part, cursor in cursors)
