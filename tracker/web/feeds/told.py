"""What a subscription's feed tells: what it would have been told lately, from the same evaluation as a backtest."""

import time
from datetime import date, timedelta

from store.unit_of_work import Transaction
from tracker.alerts.backtesting import Backtest
from tracker.alerts.items import Item
from tracker.alerts.subscribing import require_subscription
from tracker.views.latest import marks_of
from tracker.web.feeds.entries import FeedEntry, of_messages, revision_keys

LOOKS_BACK = timedelta(days=60)
_LONGEST_S = 5.0


def told_entries(transaction: Transaction, name: str, *, today: date, most: int) -> list[FeedEntry]:
    """The newest ``most`` entries, newest first, since the subscription was made, sixty days at most.

    Raises NotFound where there is no subscription of that name.
    """
    asked = require_subscription(transaction, name)
    ends_at = time.monotonic() + _LONGEST_S
    tested = Backtest(
        transaction=transaction,
        subscription=asked,
        since=min(today, max(date.fromisoformat(asked.created_at[:10]), today - LOOKS_BACK)),
        until=today,
        is_over=lambda: time.monotonic() > ends_at,
    )
    told: list[tuple[date, list[Item]]] = [(message.on, list(message.items)) for message in tested.messages()]
    marks = marks_of(transaction.connection, revision_keys(item for _, items in told for item in items))
    newest = list({entry.id: entry for entry in of_messages(told, marks)}.values())
    return newest[::-1][:most]
