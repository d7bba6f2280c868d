"""A trial's events before and after they are recorded.

An event is one change of one revision. All events of a revision say the same of it: its number, its predecessor, its
snapshot and its three times. ``posted_on`` is the registry's date (None for a silent change), ``data_on`` the data
release that showed it, ``holds_from`` the first day for which the registry said so, by these dates alone (in the
timeline it holds no earlier than the revision before it), ``observed_at`` when it was fetched; ``recorded_at`` comes
with recording.

A move (``tracker.domain.events.MOVES``) says where the record is and leads to no revision: it names the newest one as
its revision and as its own predecessor, and its times are those of the move. A lapse (``LAPSES``) does the same: time
has passed over the record. Its ``detail`` names the cause, the day that it lapsed on; each cause is told once.
"""

from dataclasses import dataclass
from datetime import date, datetime

from tracker.domain.change import Change
from tracker.domain.coverage import Coverage
from tracker.domain.events import BESIDE_REVISIONS, MOVES, Origin


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """A numbered content of a trial.

    ``number`` counts from 1 in the order of recording; ``predecessor`` is the revision before it in the registry's
    timeline, None for the earliest known. ``snapshot`` is the content's address; ``observed`` that of the record as
    the source showed it, which differs where a thin observation was laid over what was known. ``replaces`` names the
    revision that has the same content and was thought to begin later. ``registry_version`` is its number in the
    registry's own history, from 0, where the history is where it was seen.
    """

    trial_id: str
    number: int
    predecessor: int | None
    snapshot: str
    observed: str
    origin: Origin
    posted_on: date | None
    data_on: date | None
    holds_from: date
    observed_at: datetime
    source: str
    replaces: int | None = None
    registry_version: int | None = None

    @property
    def is_link(self) -> bool:
        """Whether the revision was known before and only its way from a newly placed predecessor is told.

        A predecessor with a higher number was recorded later, so it took its place behind the revision's back.
        """
        return self.predecessor is not None and self.predecessor > self.number


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialEvent:
    """One change of a revision. ``coverage`` is given by the events that set a revision's coverage, else None."""

    revision: Revision
    change: Change
    origin: Origin
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTrialEvent:
    """A trial's event as the ledger holds it."""

    position: int
    stream_version: int
    recorded_at: datetime
    event: TrialEvent

    @property
    def is_move(self) -> bool:
        """Whether it says where the record is, not what it says."""
        return self.event.change.type in MOVES

    @property
    def is_beside_revisions(self) -> bool:
        """Whether no revision follows from it."""
        return self.event.change.type in BESIDE_REVISIONS
