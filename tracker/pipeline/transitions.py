"""What planning works with: observations to be placed, and the transitions that follow. Pure.

The transitions built here are arrivals: records that came into view as a whole, rather than changed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from tracker.domain.change import Change, Step, as_pointer
from tracker.domain.coverage import Coverage
from tracker.domain.events import ARRIVALS, Category, EventType, Origin, Significance
from tracker.domain.record import Dated, Json, dated
from tracker.ledger.events import Revision, TrialEvent
from tracker.pipeline.share import Share


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An observation to be placed: the address of its content, its dates, and a way to its record.

    ``share``: which of its differences are recorded; None: all.
    """

    trial_id: str
    read: Callable[[], Json]
    snapshot: str
    coverage: Coverage
    posted_on: date | None
    submitted_on: str | None
    data_on: date | None
    observed_at: datetime
    source: str
    registry_version: int | None = None
    share: Share | None = None

    @property
    def dated(self) -> Dated | None:
        """The date of the sight."""
        return dated(self.data_on, self.posted_on)

    @property
    def holds_from(self) -> date:
        """The first day for which the registry said so, as far as this observation alone can tell."""
        return self.posted_on or self.data_on or self.observed_at.date()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """Events that lead to one revision from its predecessor.

    ``record`` is the revision's content where that is not the observation's own, else None.
    """

    before: str | None
    events: Sequence[TrialEvent]
    record: Json

    @property
    def revision(self) -> Revision:
        """The revision that the events lead to."""
        return self.events[0].revision


def first_sight(observed: Observed) -> Transition:
    """A trial seen for the first time."""
    origin = Origin.BASELINE if observed.registry_version is None else Origin.BACKFILL
    revision = _first_of_timeline(observed, number=1, origin=origin)
    return _arriving(revision, observed, EventType.TRIAL_FIRST_OBSERVED, "First observed")


def earlier_version(observed: Observed, *, number: int) -> Transition:
    """A version older than all that were known."""
    revision = _first_of_timeline(observed, number=number, origin=Origin.BACKFILL)
    return _arriving(revision, observed, EventType.EARLIER_VERSION_OBSERVED, "Earlier version observed")


def widened(revision: Revision, coverage: Coverage) -> TrialEvent:
    """More of the record came into view: from now on ``coverage`` is known."""
    change = _arrival(EventType.COVERAGE_WIDENED, "More of the record observed", revision.snapshot)
    return TrialEvent(revision=revision, change=change, origin=Origin.BASELINE, coverage=coverage)


def migrated(transition: Transition, observed: str) -> Transition:
    """The step to what ``observed`` (its address) showed, as a migration of the registry; other steps as they are."""
    if transition.revision.is_link or transition.revision.observed != observed:
        return transition
    events = [told if told.change.type in ARRIVALS else _migrated(told) for told in transition.events]
    return replace(transition, events=events)


def _migrated(told: TrialEvent) -> TrialEvent:
    change = replace(
        told.change,
        significance=Significance.ADMINISTRATIVE,
        detail=told.change.detail | {"migration": True},
    )
    return replace(told, change=change)


def _arrival(event_type: EventType, label: str, snapshot: str) -> Change:
    """A record that came into view, as a whole; its content is where the pointer says."""
    return Change(
        type=event_type,
        field="record",
        label=label,
        category=Category.ADMINISTRATIVE,
        significance=Significance.ADMINISTRATIVE,
        step=Step.ADD,
        path="",
        new=as_pointer(snapshot, ""),
    )


def holds_from(post_moved: bool, posted: date | None, data_on: date | None, seen_on: date) -> date:
    """The first day for which the registry said so, by the dates of the revision alone.

    The post date if it moved, else the data date, else the post date that did not move, else the day it was seen.
    """
    return (posted if post_moved else None) or data_on or posted or seen_on


def _first_of_timeline(observed: Observed, *, number: int, origin: Origin) -> Revision:
    return Revision(
        trial_id=observed.trial_id,
        number=number,
        predecessor=None,
        snapshot=observed.snapshot,
        observed=observed.snapshot,
        origin=origin,
        posted_on=observed.posted_on,
        data_on=observed.data_on,
        holds_from=observed.holds_from,
        observed_at=observed.observed_at,
        source=observed.source,
        registry_version=observed.registry_version,
    )


def _arriving(revision: Revision, observed: Observed, event_type: EventType, label: str) -> Transition:
    change = _arrival(event_type, label, observed.snapshot)
    event = TrialEvent(revision=revision, change=change, origin=revision.origin, coverage=observed.coverage)
    return Transition(before=None, events=[event], record=None)
