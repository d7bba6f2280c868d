"""What an item of a message tells, in one safe line. Pure."""

from collections.abc import Sequence

from tracker.alerts.items import Item
from tracker.domain.change import is_pointer
from tracker.domain.safe_text import one_line, shortened
from tracker.domain.values import brief


def item_in_words(item: Item) -> str:
    """What an item tells, and the title of its trial."""
    title = f", {shortened(item['title'], 90)}" if item["title"] else ""
    if "condition" not in item and "label" not in item:
        return one_line(item["key"])
    if "over" in item:
        return f"{item['condition']} is over: {one_line(item['over'])}{title}"
    if "condition" in item:
        return f"{item['condition']} ({one_line(item['cause'])}){title}"
    values = [_value(item[side]) for side in ("old", "new")]
    return f"{one_line(item['label'])}{_step(values)}{title}"


def _step(values: Sequence[str | None]) -> str:
    old, new = values
    if old is None and new is None:
        return ""
    if old is None or new is None:
        return f": added {new}" if old is None else f": removed {old}"
    return f": {old} -> {new}"


def _value(value: object) -> str | None:
    return None if value is None or is_pointer(value) else brief(value)
