"""What a feed tells: an entry for each trial and revision, for each move or lapse, and for each condition. Pure.

It promises an id that never changes, whatever a feed is filtered by and wherever it is served: it is made from the hash
of the revision's first event, or of the condition's key, which no other ledger shares.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby

from tracker.alerts.items import Item, change_item
from tracker.alerts.rendering.entries import Reader
from tracker.alerts.rendering.page import Entry
from tracker.domain.events import BESIDE_REVISIONS
from tracker.domain.safe_text import one_line, shortened
from tracker.domain.wording import count
from tracker.views.latest import Together

MOST_CHARS = 2_000  # of each value
MOST_CHANGES = 100  # of each entry, major ones first where there are more; its page leads to all
_NAMED_MOST = 3
_TITLE_CHARS = 120
_IDS = uuid.UUID("6b1c1f0e-5d0a-4b5e-9a53-6a1d8f2f7c11")  # ours, made once


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """An entry. ``told_at`` and ``updated_at`` are RFC 3339, UTC; ``path`` leads to our page about it."""

    id: str
    title: str
    trial_id: str
    path: str
    told_at: str
    updated_at: str
    changes: Sequence[Entry]
    left_out: int
    categories: Sequence[str] = ()


def of_changes(found: Iterable[Together], *, includes_people: bool = False) -> Iterator[FeedEntry]:
    """An entry for each group of changes that has anything to show."""
    for one in found:
        told = [change_item(change, title=one.title, includes_people=includes_people) for change in one.changes]
        items = [item for item in told if item is not None]
        if items:
            yield _of_items(items, mark=one.mark)


def of_messages(told: Iterable[tuple[date, Sequence[Item]]], marks: dict[tuple[str, int], str]) -> Iterator[FeedEntry]:
    """Entries of the items that a subscription was told on days, in their order; ``marks`` are those of revisions."""
    for on, items in told:
        for key, group in groupby(items, key=_together):
            together = list(group)
            mark = marks.get(key) if isinstance(key, tuple) else None
            yield _of_items(together, mark=mark or str(together[0]["key"]), on=on)


def revision_keys(items: Iterable[Item]) -> set[tuple[str, int]]:
    """The revisions that items speak of."""
    return {key for key in map(_together, items) if isinstance(key, tuple)}


def _together(item: Item) -> tuple[str, int] | str:
    number = item.get("revision")
    if isinstance(number, int) and item["type"] not in BESIDE_REVISIONS:
        return str(item["trial_id"]), number
    return str(item["key"])


def _of_items(items: Sequence[Item], *, mark: str, on: date | None = None) -> FeedEntry:
    first = items[0]
    trial_id = str(first["trial_id"])
    today = on or date.fromisoformat(str(first["observed_at"])[:10])
    entries = Reader(delivery_id="feed", today=today, public_url=None, most_chars=MOST_CHARS).entries(list(items))
    instants = [str(item["recorded_at"]) for item in items if item.get("recorded_at")]
    at = [f"{datetime(on.year, on.month, on.day, tzinfo=UTC):%Y-%m-%dT%H:%M:%SZ}"] if on and not instants else instants
    path = f"/trials/{trial_id}"
    if "position" in first:
        path = f"/changes/{first['position']}"
    return FeedEntry(
        id=uuid.uuid5(_IDS, mark).urn,
        title=_title(entries, trial_id, str(first["title"] or "")),
        trial_id=trial_id,
        path=path,
        told_at=min(at),
        updated_at=max(at),
        changes=entries if len(entries) <= MOST_CHANGES else _first(entries)[:MOST_CHANGES],
        left_out=max(0, len(entries) - MOST_CHANGES),
        categories=sorted({str(item["category"]) for item in items if item.get("category")}),
    )


def _first(entries: Sequence[Entry]) -> list[Entry]:
    return sorted(entries, key=lambda entry: not entry.is_major)


def _title(entries: Sequence[Entry], trial_id: str, title: str) -> str:
    first = _first(entries)
    if len(first) == 1:
        label, short = first[0].label, first[0].short
        said = label if short in ("", label) else f"{label}: {short}"
    else:
        labels = list(dict.fromkeys(entry.label for entry in first))
        more = len(labels) - _NAMED_MOST
        said = ", ".join(labels[:_NAMED_MOST]) + (f" and {count(more, 'other')}" if more > 0 else "")
    return one_line(f"{trial_id}: {said} - {shortened(title, _TITLE_CHARS)}" if title else f"{trial_id}: {said}")
