"""What a backtest came to, counted: how many messages about how many trials, and the first of them.

It promises that the counts are of all messages that were reached, also where not all are told.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tracker.alerts.backtesting import Backtest, PastMessage
from tracker.alerts.content import Kind

LIMIT_S = 5.0
"""How long a backtest behind a door may take: whoever waits for a page gives up not much later, and nine in ten of one
year end far earlier. What is cut is said to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestSummary:
    """``complete``: False where the time was over; the counts are then of what was reached.

    ``by_month``: how many messages of each kind, by ``YYYY-MM``. ``left_out_count``: changes known from the registry's
    history only, which are not told unless they are asked for.
    """

    messages_count: int
    trials_count: int
    messages: Sequence[PastMessage]
    by_month: Counter[tuple[str, Kind]]
    left_out_count: int
    complete: bool


def summary_of(tested: Backtest, *, most: int) -> BacktestSummary:
    """Run a backtest to its end; ``most``: how many messages are kept, the earliest."""
    kept, by_month = list[PastMessage](), Counter[tuple[str, Kind]]()
    for message in tested.messages():
        by_month[f"{message.on:%Y-%m}", message.kind] += 1
        if len(kept) < most:
            kept.append(message)
    return BacktestSummary(
        messages_count=by_month.total(),
        trials_count=len(tested.trial_ids),
        messages=kept,
        by_month=by_month,
        left_out_count=tested.left_out_count,
        complete=tested.is_complete,
    )


def timed(tested: Backtest, *, elapsed_s: Callable[[], float], limit_s: float = LIMIT_S) -> Backtest:
    """The same backtest, which ends early once ``limit_s`` seconds are over."""
    ends_s = elapsed_s() + limit_s
    return replace(tested, is_over=lambda: elapsed_s() > ends_s)


def message_object(message: PastMessage) -> dict[str, Any]:
    """A message for programs; ``more_count``: items that its body counts and does not list."""
    return {
        "kind": message.kind.value,
        "on": message.on.isoformat(),
        "items": list(message.items),
        "more_count": message.items_count - len(message.items),
    }
