"""What a subscription would have sent, as people read it: how much of what and when, then the messages.

It promises that the counts are of all messages, also where not all are shown. It chooses nothing.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from tracker.alerts.backtesting import Backtest, PastMessage
from tracker.alerts.content import Kind
from tracker.cli.item_page import show_item
from tracker.cli.page import Page
from tracker.domain.safe_text import one_line
from tracker.domain.wording import count

_ITEMS_SHOWN = 5  # of a message
_KINDS = (Kind.CHANGES, Kind.CONDITION, Kind.OVER, Kind.DIGEST)


@dataclass(slots=True, kw_only=True)
class BacktestPage:
    """Takes messages in their order, keeps the first ``limit``, and shows them once all have been taken.

    ``in_full``: the command that with a day lists every item of it.
    """

    limit: int
    in_full: str
    counts: Counter[tuple[str, Kind]] = field(default_factory=Counter)
    shown: list[PastMessage] = field(default_factory=list)

    def take(self, message: PastMessage) -> None:
        """One more message."""
        self.counts[f"{message.on:%Y-%m}", message.kind] += 1
        if len(self.shown) < self.limit:
            self.shown.append(message)

    def show(self, tested: Backtest) -> None:
        """Show what a backtest came to."""
        page, messages_count = Page(), self.counts.total()
        told = count(messages_count, "message")
        about = f" about {count(len(tested.trial_ids), 'trial')}" if tested.trial_ids else ""
        span = _span(tested.since, tested.until)
        page.line(f"{tested.subscription.name} would have sent {told}{about} {span}", style="bold")
        if tested.left_out_count:
            left_out = count(tested.left_out_count, "change")
            page.line(
                f"{left_out} from the registry's history left out; --include-backfill tells them too.", style="dim"
            )
        if not messages_count:
            return
        page.line()
        self._by_month(page)
        for message in self.shown:
            page.line()
            self._show(page, message, is_all=tested.in_full_on is not None)
        if messages_count > len(self.shown):
            page.line()
            page.line(f"{len(self.shown):,} of {messages_count:,}; --limit {messages_count} shows all.", style="dim")

    def _show(self, page: Page, message: PastMessage, *, is_all: bool) -> None:
        page.line(f"{message.on}  {message.kind}, {count(message.items_count, 'item')}", style="bold")
        shown = message.items if is_all else message.items[:_ITEMS_SHOWN]
        for item in shown:
            show_item(page, item, indent=2)
        more_count = message.items_count - len(shown)
        if more_count:
            lists = one_line(f"{self.in_full} {message.on}")
            page.line(f"and {more_count:,} more: {lists}", indent=2, hang=2, style="dim")

    def _by_month(self, page: Page) -> None:
        kinds = [kind for kind in _KINDS if any(kind is other for _, other in self.counts)]
        months = sorted({month for month, _ in self.counts})
        rows = [[month, *(f"{self.counts[month, kind]:,}" for kind in kinds)] for month in months]
        page.table(("Month", *(kind.value for kind in kinds)), rows)


def _span(since: date, until: date) -> str:
    return f"on {since}" if since == until else f"from {since} to {until}"
