"""What a subscription would have sent in the last year, in short: for the form, and for its page."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from store.unit_of_work import Transaction
from tracker.alerts.backtest_summary import timed
from tracker.alerts.backtesting import Backtest, imagined
from tracker.alerts.items import Item
from tracker.alerts.reasons import in_words
from tracker.domain.conditions import parse_condition
from tracker.domain.subscription import Subscription

LOOKS_BACK = timedelta(days=365)
_SHOWN = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that would have been sent: its day, how many items, and the first of them."""

    on: date
    kind: str
    items_count: int
    first: Item | None

    @property
    def about(self) -> str:
        """What its first item tells: the field that changed, or what came true or is over."""
        if self.first is None:
            return ""
        if "condition" in self.first:
            over = " no more" if "over" in self.first else ""
            return f"{in_words(parse_condition(str(self.first['condition'])))}{over}"
        return str(self.first.get("label") or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretaste:
    """``messages`` are the last ones, the newest first; not ``is_complete`` where the time was over."""

    since: date
    messages_count: int
    trials_count: int
    messages: Sequence[Sent]
    is_complete: bool
    left_out_count: int


def foretaste(transaction: Transaction, request: Subscription, *, today: date) -> Foretaste:
    """What it would have sent, had it been made a year ago."""
    asked = Backtest(transaction=transaction, subscription=imagined(request), since=today - LOOKS_BACK, until=today)
    tested = timed(asked, elapsed_s=time.monotonic)
    told = [
        Sent(on=one.on, kind=one.kind.value, items_count=one.items_count, first=next(iter(one.items), None))
        for one in tested.messages()
    ]
    return Foretaste(
        since=tested.since,
        messages_count=len(told),
        trials_count=len(tested.trial_ids),
        messages=told[::-1][:_SHOWN],
        is_complete=tested.is_complete,
        left_out_count=tested.left_out_count,
    )
