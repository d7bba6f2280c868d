"""Which events follow from an observation, given what is held of its trial. Pure.

Promises:
- the first sight of a trial is one event; a later observation is a revision only where the content differs inside
  what both cover, or where it shows more of the record than was known;
- an observation older than the newest held takes its place in the registry's timeline: the changes to it and from it
  are said anew, and nothing recorded is rewritten;
- nothing follows from an observation that says what is held already.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from tracker.diffing.catalogue import Catalogue
from tracker.diffing.compare import changes_between
from tracker.diffing.folding import fold
from tracker.diffing.overlay import overlay
from tracker.domain.change import Change
from tracker.domain.coverage import Coverage
from tracker.domain.events import Origin
from tracker.domain.record import Json, posted_on, submitted_on
from tracker.ledger.events import Revision, TrialEvent
from tracker.pipeline.placing import is_tied, place_of
from tracker.pipeline.transitions import Observed, Transition, earlier_version, first_sight, holds_from, widened
from tracker.views.held import HeldRevision, HeldTrial

RecordOf = Callable[[str], Json]
AddressOf = Callable[[Json], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """A step to an observation from the revision before it."""

    changes: list[Change]
    record: Json
    is_observed: bool  # the record is the observation's own
    coverage: Coverage
    widens: bool
    dates_moved: bool
    post_moved: bool


class Planner:
    """Plans transitions with one catalogue; ``record_of`` fetches a held snapshot, ``address_of`` names a content."""

    def __init__(self, *, catalogue: Catalogue, record_of: RecordOf, address_of: AddressOf) -> None:
        self._catalogue = catalogue
        self._record_of = record_of
        self._address_of = address_of

    def plan(self, held: HeldTrial | None, observed: Observed) -> list[Transition]:
        """The transitions to be recorded, in order; none where nothing new was seen."""
        if held is None:
            return [first_sight(observed)]
        place = place_of(observed, held.timeline)
        before = held.timeline[place - 1] if place else None
        after = held.timeline[place] if place < len(held.timeline) else None
        if before is None:
            assert after is not None
            return self._at_the_beginning(held, observed, after)
        if before.snapshot == observed.snapshot:
            return []
        step = self._step(before, observed)
        if not step.changes and not step.widens:
            return []
        if after is None:
            return [self._newest(held, observed, before, step)]
        return self._between(held, observed, before, after, step)

    def is_known(self, held: HeldTrial, observed: Observed) -> bool:
        """Whether the same was held with the same date, or ``observed`` says what those it ties with say.

        Among those is the one before them, since a sight that says nothing new leaves no revision of its own.
        """
        if any((one.snapshot, one.data_on) == (observed.snapshot, observed.data_on) for one in held.timeline):
            return True
        end = start = place_of(observed, held.timeline)
        while start and is_tied(observed, held.timeline[start - 1]):
            start -= 1
        said = held.timeline[max(start - 1, 0) : end] if start < end else ()
        return any(self._says_the_same(revision, observed) for revision in said)

    def _says_the_same(self, held: HeldRevision, observed: Observed) -> bool:
        return held.snapshot == observed.snapshot or (
            held.coverage >= observed.coverage
            and not self._changes(observed.coverage, self._record_of(held.snapshot), observed.read())
        )

    def _step(self, before: HeldRevision, observed: Observed) -> _Step:
        """Compare inside what both cover; what a thin observation cannot see stays as it was."""
        old = self._record_of(before.snapshot)
        scope = before.coverage & observed.coverage
        shown = record = observed.read()
        changes = self._changes(scope, old, shown)
        if not observed.coverage >= before.coverage:
            record = overlay(fold(old, changes), shown, catalogue=self._catalogue)
            changes = self._changes(scope, old, record)
        was, now = scope.project(old), scope.project(record)  # a date that came into view has not moved
        post_moved = posted_on(was) != posted_on(now)
        return _Step(
            changes=changes,
            record=record,
            is_observed=record is shown,
            coverage=before.coverage | observed.coverage,
            widens=not before.coverage >= observed.coverage,
            dates_moved=post_moved or submitted_on(was) != submitted_on(now),
            post_moved=post_moved,
        )

    def _newest(self, held: HeldTrial, observed: Observed, before: HeldRevision, step: _Step) -> Transition:
        origin = Origin.SPONSOR if step.dates_moved else Origin.REGISTRY
        revision = self._revision(held, observed, before, step, origin if step.changes else Origin.BASELINE)
        events = [TrialEvent(revision=revision, change=change, origin=origin) for change in step.changes]
        if step.widens:
            events.append(widened(revision, step.coverage))
        return _transition(before.snapshot, events, step)

    def _between(
        self, held: HeldTrial, observed: Observed, before: HeldRevision, after: HeldRevision, step: _Step
    ) -> list[Transition]:
        revision = self._revision(held, observed, before, step, Origin.BACKFILL)
        following = self._changes(step.coverage & after.coverage, step.record, self._record_of(after.snapshot))
        if not following and step.coverage >= after.coverage:
            if _says_no_more(step.coverage, revision.holds_from, after):
                return []
            revision = replace(revision, replaces=after.number)
        events = [TrialEvent(revision=revision, change=change, origin=Origin.BACKFILL) for change in step.changes]
        if step.widens:
            events.append(widened(revision, step.coverage))
        to_it = _transition(before.snapshot, events, step)
        if revision.replaces is not None:
            return [to_it]
        return [to_it, self._link(revision, step.record, step.coverage, after, following)]

    def _at_the_beginning(self, held: HeldTrial, observed: Observed, after: HeldRevision) -> list[Transition]:
        record = observed.read()
        following = self._changes(observed.coverage & after.coverage, record, self._record_of(after.snapshot))
        if not following and _says_no_more(observed.coverage, observed.holds_from, after):
            return []
        is_same = not following and observed.coverage >= after.coverage
        to_it = earlier_version(observed, number=held.revisions_count + 1, replaces=after.number if is_same else None)
        if is_same:
            return [to_it]
        return [to_it, self._link(to_it.revision, record, observed.coverage, after, following)]

    def _link(
        self, revision: Revision, record: Json, coverage: Coverage, after: HeldRevision, changes: list[Change]
    ) -> Transition:
        """The step from a newly placed revision to the one behind it, which was held already."""
        later = self._record_of(after.snapshot)
        post_moved = posted_on(record) != after.posted_on
        linked = replace(
            revision,
            number=after.number,
            predecessor=revision.number,
            snapshot=after.snapshot,
            posted_on=after.posted_on if post_moved or submitted_on(record) != submitted_on(later) else None,
            data_on=after.data_on,
            holds_from=holds_from(
                post_moved, after.posted_on, after.data_on, date.fromisoformat(after.observed_at[:10])
            ),
            replaces=None,
        )
        events = [TrialEvent(revision=linked, change=change, origin=Origin.BACKFILL) for change in changes]
        if not coverage >= after.coverage:
            events.append(widened(linked, after.coverage))
        return Transition(before=revision.snapshot, events=events, record=None)

    def _revision(
        self, held: HeldTrial, observed: Observed, before: HeldRevision, step: _Step, origin: Origin
    ) -> Revision:
        posted = posted_on(step.record)
        return Revision(
            trial_id=observed.trial_id,
            number=held.revisions_count + 1,
            predecessor=before.number,
            snapshot=observed.snapshot if step.is_observed else self._address_of(step.record),
            observed=observed.snapshot,
            origin=origin,
            posted_on=posted if step.dates_moved else None,
            data_on=observed.data_on,
            holds_from=holds_from(step.post_moved, posted, observed.data_on, observed.observed_at.date()),
            observed_at=observed.observed_at,
            source=observed.source,
        )

    def _changes(self, scope: Coverage, old: Json, new: Json) -> list[Change]:
        return changes_between(scope.project(old), scope.project(new), catalogue=self._catalogue)


def _transition(before: str, events: Sequence[TrialEvent], step: _Step) -> Transition:
    record = None if step.is_observed else step.record
    return Transition(before=before, events=events, record=record)


def _says_no_more(coverage: Coverage, holds_from: date, held: HeldRevision) -> bool:
    """Whether an earlier sight of a held content shows no more of the record, and holds from no earlier day."""
    return held.coverage >= coverage and holds_from >= held.holds_from
