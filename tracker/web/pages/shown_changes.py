"""Changes as pages show them: each with its marked words and its own address, those of a revision together. Pure.

It promises lists that stay small, whatever changed at once: of a revision of thousands of changes the first are shown,
major ones in front, and how many are not.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.alerts.items import Item, change_item
from tracker.alerts.rendering.entries import Reader
from tracker.alerts.rendering.page import Entry
from tracker.domain.events import Significance
from tracker.domain.wording import ORIGINS
from tracker.views.answers import AnsweredChange
from tracker.views.latest import Together

MOST_CHARS = 600  # of each value in a list; the page of a change has all of it
MOST_LINES = 60  # of a revision in a list; its comparison has all of them
_MOST_OF_ALL, _LEAST_LINES = 300, 6  # on one page, and of each revision however many there are


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    """A change; ``entry`` holds its label, its pieces and what is noted."""

    change: AnsweredChange
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownGroup:
    """Changes of one revision of a trial. ``day``: when the registry had them; ``source``: who brought them about."""

    trial_id: str
    title: str
    day: str
    source: str
    revision: int | None
    predecessor: int | None
    changes: Sequence[ShownChange]
    left_out: int

    @property
    def is_major(self) -> bool:
        """Whether any of it is."""
        return any(one.entry.is_major for one in self.changes)


def shown(
    changes: Iterable[AnsweredChange],
    *,
    title: str | None,
    most_chars: int = MOST_CHARS,
    includes_people: bool = True,
) -> list[ShownChange]:
    """The changes, major ones first; without people, what is of people alone is left out."""
    told = _told(changes, title=title, includes_people=includes_people)
    return _read(told, most_chars=most_chars)


def _told(
    changes: Iterable[AnsweredChange], *, title: str | None, includes_people: bool
) -> list[tuple[AnsweredChange, Item]]:
    told = [(one, change_item(one, title=title, includes_people=includes_people)) for one in changes]
    made = [(one, item) for one, item in told if item is not None]
    return sorted(made, key=lambda both: both[0].significance != Significance.MAJOR)


def _read(told: Iterable[tuple[AnsweredChange, Item]], *, most_chars: int) -> list[ShownChange]:
    reader = Reader(delivery_id="page", today=date.max, public_url=None, most_chars=most_chars)
    return [ShownChange(change=one, entry=reader.entries([item])[0]) for one, item in told]


def shown_groups(
    found: Iterable[Together], *, most_chars: int = MOST_CHARS, includes_people: bool = True
) -> Iterator[ShownGroup]:
    """The groups, so many lines of each that the page stays small."""
    room = _MOST_OF_ALL
    for together in found:
        told = _told(together.changes, title=together.title, includes_people=includes_people)
        most = max(_LEAST_LINES, min(room, MOST_LINES))
        group = _group(together, _read(told[:most], most_chars=most_chars), left_out=max(0, len(told) - most))
        room -= len(group.changes)
        yield group


def _group(together: Together, changes: Sequence[ShownChange], *, left_out: int) -> ShownGroup:
    first = together.changes[0]
    return ShownGroup(
        trial_id=together.trial_id,
        title=together.title or "",
        day=first.posted_on or first.data_on or (first.observed_at or "")[:10],
        source=ORIGINS.get(first.origin, first.origin),
        revision=first.revision,
        predecessor=first.predecessor,
        changes=changes,
        left_out=left_out,
    )
