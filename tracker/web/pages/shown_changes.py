"""Changes as pages show them: each with its marked words and its own address, those of a revision together. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from tracker.alerts.items import change_item
from tracker.alerts.rendering.entries import Reader
from tracker.alerts.rendering.page import Entry
from tracker.domain.wording import ORIGINS
from tracker.views.answers import AnsweredChange
from tracker.views.latest import Together

MOST_CHARS = 600  # of each value in a list; the page of a change has all of it


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
    reader = Reader(delivery_id="page", today=date.max, public_url=None, most_chars=most_chars)
    told = [(one, change_item(one, title=title, includes_people=includes_people)) for one in changes]
    made = [ShownChange(change=one, entry=reader.entries([item])[0]) for one, item in told if item is not None]
    return sorted(made, key=lambda one: not one.entry.is_major)


def shown_group(together: Together, *, most_chars: int = MOST_CHARS, includes_people: bool = True) -> ShownGroup:
    """The group."""
    first = together.changes[0]
    return ShownGroup(
        trial_id=together.trial_id,
        title=together.title or "",
        day=first.posted_on or first.data_on or (first.observed_at or "")[:10],
        source=ORIGINS.get(first.origin, first.origin),
        revision=first.revision,
        predecessor=first.predecessor,
        changes=shown(together.changes, title=together.title, most_chars=most_chars, includes_people=includes_people),
    )
