"""The items of messages as people read them: a line for each, with its trial.

It promises that nothing of a record reaches the terminal raw. It chooses nothing.
"""

from collections.abc import Iterable

from tracker.alerts.item_words import item_in_words
from tracker.alerts.items import Item
from tracker.cli.page import Page
from tracker.domain.wording import count


def show_items(items: Iterable[Item]) -> None:
    """A line for each item, and how many there are."""
    page, items_count = Page(), 0
    for item in items:
        items_count += 1
        show_item(page, item)
    page.line(f"{count(items_count, 'item')} in all.", style="dim")


def show_item(page: Page, item: Item, *, indent: int = 0) -> None:
    """An item on a line."""
    page.line(f"{item['trial_id'] or '-'} {item_in_words(item)}", indent=indent, hang=2)
