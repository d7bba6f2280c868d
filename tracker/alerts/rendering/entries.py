"""Items as entries, each for itself: one that cannot be rendered is a line with its key and trial, and is logged.

Promises an entry for every item, whatever it is.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

import structlog

from tracker.alerts.items import Item
from tracker.alerts.rendering.changed import change_entry
from tracker.alerts.rendering.conditions import holding_entry, over_entry
from tracker.alerts.rendering.page import Entry, Told, Trial
from tracker.domain.record import Json
from tracker.domain.safe_text import one_line, shortened

_LOG = structlog.get_logger()
_URL = re.compile(r"https?://[!-~]+")  # of other schemes none is followed
_MOST_KEY_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Makes entries for one message. ``most_chars``: about so many of each value of a change;
    ``today`` is the message's."""

    delivery_id: str
    today: date
    public_url: str | None
    most_chars: int

    def entries(self, items: Sequence[Json]) -> list[Entry]:
        """The entries of ``items``, in their order."""
        return [self._entry(item) for item in items]

    def _entry(self, item: Json) -> Entry:
        try:
            trial = self._trial(item)
            if "over" in item:
                return over_entry(item, trial)
            if "condition" in item:
                return holding_entry(item, trial, today=self.today)
            return change_entry(item, trial, most_chars=self.most_chars)
        except Exception as err:  # noqa: BLE001  # whatever a record brings, the others are told
            key, trial_id = _named(item, "key"), _named(item, "trial_id")
            _LOG.warning("item_not_rendered", delivery=self.delivery_id, key=key, trial=trial_id, error=repr(err)[:200])
            return Entry(
                told=Told.NOTHING,
                key=key,
                trial=Trial(trial_id=trial_id),
                label=f"{key or 'an item'} of {trial_id or 'an unknown trial'} could not be shown here",
            )

    def _trial(self, item: Item) -> Trial:
        trial_id, url = item["trial_id"], item["registry_url"]
        return Trial(
            trial_id=one_line(trial_id),
            title=one_line(item["title"] or ""),
            registry_url=url if _URL.fullmatch(url) else None,
            our_url=None if self.public_url is None else f"{self.public_url.rstrip('/')}/trials/{quote(trial_id)}",
        )


def _named(item: Json, name: str) -> str:
    value = item.get(name) if isinstance(item, dict) else None
    return shortened(value, _MOST_KEY_CHARS) if isinstance(value, str) else ""
