"""Which items of a subscription a reader of its feed wants: the filters of changes, on what it is told anyway. Pure.

A condition of time is no change: it is told unless something is asked for that only changes have.
"""

from collections.abc import Callable
from datetime import datetime

from tracker.alerts.items import Item
from tracker.domain.events import Significance
from tracker.views.trails import FeedFilter

_FALLING = [level.value for level in Significance]


def admitting(wanted: FeedFilter) -> Callable[[Item], bool]:
    """Whether an item is wanted."""
    among = {"field": wanted.fields, "type": wanted.types, "category": wanted.categories, "origin": wanted.origins}
    is_of_changes = any(among.values()) or any((wanted.significance, wanted.since, wanted.until))

    def admits(item: Item) -> bool:
        if wanted.trials and item["trial_id"] not in wanted.trials:
            return False
        if "condition" in item:
            return not is_of_changes
        return (
            all(not names or item[key] in names for key, names in among.items())
            and _is_significant(str(item["significance"]), wanted.significance)
            and _is_seen_between(item["observed_at"], wanted.since, wanted.until)
        )

    return admits


def _is_significant(level: str, least: Significance | None) -> bool:
    return least is None or _FALLING.index(level) <= _FALLING.index(least.value)


def _is_seen_between(instant: object, since: datetime | None, until: datetime | None) -> bool:
    if since is None and until is None:
        return True
    seen_at = datetime.fromisoformat(str(instant)) if instant else None
    return seen_at is not None and (since is None or since <= seen_at) and (until is None or seen_at < until)
