"""Checks of the ledger that are kept: of what is new since the last one, and of everything.

It promises that a check of what is new begins where the last sound one ended, whichever that was, and that one which
found a fault moves nothing: the next begins at the same place and finds it again.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from store.hash_chain import BEGINNING, ChainMark
from store.unit_of_work import Database
from store.verifications import Verification
from tracker.pipeline.verifying import verify_since

NEW, ALL = "new", "all"


def check(database: Database, *, scope: str, now: Callable[[], datetime]) -> Verification:
    """Check what is ``NEW`` or ``ALL``, keep what came of it, and answer that. Raises the store's Transient."""
    since = _last_sound(database) if scope == NEW else None
    found = verify_since(database, since=since, show=lambda _position, _head: None)
    mark = found.mark or since or BEGINNING
    kept = Verification(
        scope=scope,
        ok=found.report.ok,
        checked_to=mark.position,
        checked_hash=mark.hash,
        checked_at=now(),
        position=found.report.position,
        reason=found.report.reason,
    )
    with database.writing() as transaction:
        transaction.verifications.put(kept)
        if scope == ALL and kept.ok:  # it speaks of what is new as well
            transaction.verifications.put(replace(kept, scope=NEW))
    return kept


def _last_sound(database: Database) -> ChainMark:
    """Up to where the ledger was found right last."""
    with database.reading() as transaction:
        last = transaction.verifications.last(NEW)
    if last is None or last.checked_hash is None:
        return BEGINNING
    return ChainMark(position=last.checked_to, hash=last.checked_hash)
