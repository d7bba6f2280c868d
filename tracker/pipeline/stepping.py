"""Steps from revision to revision: what changes, what the next one is, and which events say so. Pure.

A step compares inside what both sides cover; what a thin observation cannot see stays as it was, and so does what of an
observation is not to be recorded.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from tracker.diffing.canonical import with_derived
from tracker.diffing.catalogue import Catalogue
from tracker.diffing.compare import changes_between
from tracker.diffing.folding import fold
from tracker.diffing.overlay import overlay
from tracker.domain.change import Change
from tracker.domain.coverage import Coverage
from tracker.domain.events import Origin
from tracker.domain.record import Json, posted_on, submitted_on
from tracker.ledger.events import Revision, TrialEvent
from tracker.pipeline.placing import Place, Sight
from tracker.pipeline.share import Share
from tracker.pipeline.transitions import Observed, Transition, earlier_version, holds_from, widened
from tracker.views.held import HeldRevision

RecordOf = Callable[[str], Json]
AddressOf = Callable[[Json], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a step begins at: a revision, held or planned, and its record."""

    number: int
    snapshot: str
    coverage: Coverage
    record: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A step to an observation from the revision before it."""

    changes: list[Change]
    record: Json
    is_observed: bool  # the record is the observation's own
    coverage: Coverage
    widens: bool
    dates_moved: bool
    post_moved: bool

    @property
    def says_nothing(self) -> bool:
        """Whether there is nothing new in the observation."""
        return not self.changes and not self.widens


class Steps:
    """Steps with one catalogue; ``record_of`` fetches a held snapshot, ``address_of`` names a content."""

    def __init__(self, *, catalogue: Catalogue, record_of: RecordOf, address_of: AddressOf) -> None:
        self._catalogue = catalogue
        self.record_of = record_of
        self._address_of = address_of

    def step(self, before: Content, observed: Observed) -> Step:
        """Compare inside what both cover; what a thin observation cannot see stays as it was."""
        old = before.record
        scope = before.coverage & observed.coverage
        shown = record = observed.read()
        changes = self.changes(scope, old, shown)
        if observed.share is not None and not all(observed.share.takes(change.path) for change in changes):
            return self._partly(before, observed, changes, observed.share)
        if not observed.coverage >= before.coverage:
            record = overlay(fold(old, changes), shown, catalogue=self._catalogue)
            changes = self.changes(scope, old, record)
        post_moved, submission_moved = _dates_moved(scope, old, record)
        return Step(
            changes=changes,
            record=record,
            is_observed=record is shown,
            coverage=before.coverage | observed.coverage,
            widens=not before.coverage >= observed.coverage,
            dates_moved=post_moved or submission_moved,
            post_moved=post_moved,
        )

    def _partly(self, before: Content, observed: Observed, told: list[Change], share: Share) -> Step:
        """Of the changes ``told``, those that ``share`` takes; nothing where they cannot be made without the others.

        Such are changes of one place from a list to an object or a single value, which no registry is known to make.
        What is not recorded for that reason is found by the next reading after a release.
        """
        old, shown, scope = before.record, observed.read(), before.coverage & observed.coverage
        try:
            record = with_derived(fold(old, [change for change in told if share.takes(change.path)]), shown)
        except ValueError:
            record = old
        changes = self.changes(before.coverage, old, record)
        rest = self.changes(scope, record, shown) if changes else []
        if not all(share.takes(one.path) for one in changes) or any(share.takes(one.path) for one in rest):
            changes = []
        post_moved, submission_moved = _dates_moved(before.coverage, old, record)
        return Step(
            changes=changes,
            record=record,
            is_observed=False,
            coverage=before.coverage,
            widens=False,
            dates_moved=post_moved or submission_moved,
            post_moved=post_moved,
        )

    def to(self, number: int, observed: Observed, before: Content, step: Step, origin: Origin) -> Transition:
        """The step to a new revision."""
        posted = posted_on(step.record)
        revision = Revision(
            trial_id=observed.trial_id,
            number=number,
            predecessor=before.number,
            snapshot=observed.snapshot if step.is_observed else self._address_of(step.record),
            observed=observed.snapshot,
            origin=origin if step.changes or origin is Origin.BACKFILL else Origin.BASELINE,
            posted_on=posted if step.dates_moved else None,
            data_on=observed.data_on,
            holds_from=holds_from(step.post_moved, posted, observed.data_on, observed.observed_at.date()),
            observed_at=observed.observed_at,
            source=observed.source,
            registry_version=observed.registry_version,
        )
        events = [TrialEvent(revision=revision, change=change, origin=origin) for change in step.changes]
        if step.widens:
            events.append(widened(revision, step.coverage))
        record = None if step.is_observed else step.record
        return Transition(before=before.snapshot, events=events, record=record)

    def link(self, revision: Revision, at: Content, after: HeldRevision) -> Transition:
        """The step from a newly placed revision to the one behind it, which was held already.

        At the joint from the registry's history to what the registry showed, a step on which neither date moved is
        the registry's own doing: it tells of no older version.
        """
        later = self.record_of(after.snapshot)
        scope = at.coverage & after.coverage
        post_moved, submission_moved = _dates_moved(scope, at.record, later)
        linked = replace(
            revision,
            number=after.number,
            predecessor=at.number,
            snapshot=after.snapshot,
            posted_on=after.posted_on if post_moved or submission_moved else None,
            data_on=after.data_on,
            holds_from=holds_from(
                post_moved, after.posted_on, after.data_on, date.fromisoformat(after.observed_at[:10])
            ),
            replaces=None,
            registry_version=after.registry_version,
        )
        is_joint = revision.registry_version is not None and after.registry_version is None
        origin = Origin.REGISTRY if is_joint and not (post_moved or submission_moved) else Origin.BACKFILL
        changes = self.changes(scope, at.record, later)
        events = [TrialEvent(revision=linked, change=change, origin=origin) for change in changes]
        if not at.coverage >= after.coverage:
            events.append(widened(linked, after.coverage))
        return Transition(before=at.snapshot, events=events, record=None)

    def content(self, held: HeldRevision) -> Content:
        return Content(
            number=held.number,
            snapshot=held.snapshot,
            coverage=held.coverage,
            record=self.record_of(held.snapshot),
        )

    def sight(self, sight: Sight, trial_id: str) -> Observed:
        """A further sight of a held content, as an observation."""
        record = self.record_of(sight.revision.snapshot)
        return Observed(
            trial_id=trial_id,
            read=lambda: record,
            snapshot=sight.revision.snapshot,
            coverage=sight.revision.coverage,
            posted_on=posted_on(record),
            submitted_on=submitted_on(record),
            data_on=sight.data_on,
            observed_at=sight.observed_at,
            source=sight.source,
            registry_version=sight.revision.registry_version,
        )

    def changes(self, scope: Coverage, old: Json, new: Json) -> list[Change]:
        return changes_between(scope.project(old), scope.project(new), catalogue=self._catalogue)


class Path:
    """New revisions, each from the one before it, from a held one or from the beginning of the timeline."""

    def __init__(self, steps: Steps, number: int, before: Content | None) -> None:
        self._steps = steps
        self._number = number
        self.at = before
        self.transitions: list[Transition] = []

    @property
    def holds_from(self) -> date:
        """Since when the last of them holds by its own dates."""
        return self.transitions[-1].revision.holds_from

    def go(self, observed: Observed, step: Step | None = None) -> None:
        """On to ``observed``, by ``step`` where that is known; stay where it says nothing new."""
        if self.at is None:
            self._add(earlier_version(observed, number=self._number + 1), observed.coverage, observed.read())
            return
        step = step or self._steps.step(self.at, observed)
        if not step.says_nothing:
            transition = self._steps.to(self._number + 1, observed, self.at, step, Origin.BACKFILL)
            self._add(transition, step.coverage, step.record)

    def joined(self, place: Place) -> list[Transition]:
        """The transitions, and the step to the revision behind them, which begins with the first sight of it."""
        after = place.after
        assert self.at is not None
        if after is None:
            return self.transitions
        made, last = self.transitions[:-1], self.transitions[-1]
        link = self._steps.link(last.revision, self.at, after)
        if not link.events:  # the same was seen to begin here
            return [*made, replacing(last, after)]
        if place.seen_next is not None:
            self.go(self._steps.sight(place.seen_next, last.revision.trial_id))
            if self.holds_from < link.revision.holds_from:
                return [*made, last, replacing(self.transitions[-1], after)]
        return [*made, last, link]

    def _add(self, transition: Transition, coverage: Coverage, record: Json) -> None:
        self._number += 1
        self.transitions.append(transition)
        self.at = Content(number=self._number, snapshot=transition.revision.snapshot, coverage=coverage, record=record)


def _dates_moved(scope: Coverage, old: Json, new: Json) -> tuple[bool, bool]:
    """Whether the post date and the submission date moved; one that only came into view has not."""
    was, now = scope.project(old), scope.project(new)
    return posted_on(was) != posted_on(now), submitted_on(was) != submitted_on(now)


def replacing(transition: Transition, after: HeldRevision) -> Transition:
    """The step to a revision of the content of ``after``, which was seen to begin earlier."""
    events = [replace(told, revision=replace(told.revision, replaces=after.number)) for told in transition.events]
    return replace(transition, events=events)
