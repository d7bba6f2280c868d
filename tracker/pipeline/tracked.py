"""What is tracked, as people and programs are told: with a query's members as soon as it was listed, and not before."""

from dataclasses import replace

from store.unit_of_work import Transaction
from tracker.domain.watching import Watched
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.scope import cursor_name, query_part
from tracker.views.answers import AnsweredTracking
from tracker.views.watch_list import tracked


def what_is_tracked(transaction: Transaction) -> list[AnsweredTracking]:
    """The whole registry, then queries, then trials; a query without members has 0 where a complete listing said so."""
    return [
        replace(one, members=0) if one.members is None and _was_listed(transaction, one) else one
        for one in tracked(transaction.connection)
    ]


def _was_listed(transaction: Transaction, one: AnsweredTracking) -> bool:
    if one.kind != Watched.QUERY or one.name is None:
        return False
    cursor = transaction.cursors.get(cursor_name(Leg.SWEEP, query_part(one.name)))
    return cursor is not None and cursor["since"] == one.position
