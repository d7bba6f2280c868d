"""Which events follow from an observation, given what is held of its trial. Pure.

Promises:
- the first sight of a trial is one event; a later observation is a revision only where the content differs inside
  what both cover, or where it shows more of the record than was known;
- an observation older than the newest held takes its place in the registry's timeline: the changes to it and from it
  are said anew, and nothing recorded is rewritten;
- nothing follows from an observation that says what is held already, except that it was seen again;
- a version of the registry's history that was seen as it was public is no revision of its own;
- of an observation that is recorded in part, nothing else follows: neither a wider view nor a sight of a content.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tracker.diffing.catalogue import Catalogue
from tracker.domain.events import Origin
from tracker.pipeline.placing import Place, Sight, is_known, place_of, shown_as, tied_with
from tracker.pipeline.stepping import AddressOf, Path, RecordOf, Step, Steps, replacing
from tracker.pipeline.transitions import Observed, Transition, first_sight
from tracker.views.held import HeldRevision, HeldTrial


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenAgain:
    """A revision whose content was seen again; ``is_full``: all that is known of it."""

    revision: int
    is_full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What follows from an observation: transitions in their order, else what was seen again, else nothing."""

    transitions: Sequence[Transition] = ()
    seen_again: SeenAgain | None = None


class Planner:
    """Plans transitions with one catalogue; ``record_of`` fetches a held snapshot, ``address_of`` names a content."""

    def __init__(self, *, catalogue: Catalogue, record_of: RecordOf, address_of: AddressOf) -> None:
        self._steps = Steps(catalogue=catalogue, record_of=record_of, address_of=address_of)

    def plan(self, held: HeldTrial | None, observed: Observed) -> Plan:
        """What is to be recorded."""
        if held is None:
            return Plan(transitions=[first_sight(observed)])
        place = place_of(observed, held)
        if any(self._says_the_same(revision, observed) for revision in shown_as(observed, held)):
            return Plan()
        if place.seen_earlier is not None:
            return self._inside_of_later(held, observed, place, place.seen_earlier)
        if place.before is None:
            return Plan() if observed.share else self._between(held, observed, place, None)
        before = self._steps.content(place.before)
        step = self._steps.step(before, observed)
        if step.says_nothing:
            return _seen_again(place.before, observed)
        if place.seen_later is not None:
            path = Path(self._steps, held.revisions_count, before)
            path.go(observed, step)
            path.go(self._steps.sight(place.seen_later, held.trial_id))
            return Plan(transitions=path.joined(place))
        if place.after is None:
            return Plan(
                transitions=[self._steps.to(held.revisions_count + 1, observed, before, step, _origin(observed, step))]
            )
        return self._between(held, observed, place, step)

    def is_known(self, held: HeldTrial, observed: Observed) -> bool:
        """Whether the same was held with the same date, or ``observed`` says what those it ties with say."""
        return is_known(observed, held) or any(
            self._says_the_same(revision, observed) for revision in tied_with(observed, held)
        )

    def _says_the_same(self, held: HeldRevision, observed: Observed) -> bool:
        return held.snapshot == observed.snapshot or (
            held.coverage >= observed.coverage
            and not self._steps.changes(observed.coverage, self._steps.record_of(held.snapshot), observed.read())
        )

    def _inside_of_later(self, held: HeldTrial, observed: Observed, place: Place, sight: Sight) -> Plan:
        """Among sights of ``place.after``, earlier than the one that its revision tells of."""
        assert place.after is not None
        if self._steps.step(self._steps.content(place.after), observed).says_nothing:
            return _seen_again(place.after, observed)
        path = Path(self._steps, held.revisions_count, self._steps.content(place.before) if place.before else None)
        path.go(self._steps.sight(sight, held.trial_id))
        path.go(observed)
        return Plan(transitions=path.joined(place))

    def _between(self, held: HeldTrial, observed: Observed, place: Place, step: Step | None) -> Plan:
        """Before ``place.after``; ``step`` leads from ``place.before``, None at the beginning of the timeline."""
        before, after = place.before, place.after
        assert after is not None
        if self._is_part_of(after, observed):
            return _seen_again(after, observed)
        path = Path(self._steps, held.revisions_count, self._steps.content(before) if before else None)
        path.go(observed, step)
        assert path.at is not None
        following = self._steps.changes(
            path.at.coverage & after.coverage, path.at.record, self._steps.record_of(after.snapshot)
        )
        if not following and after.coverage >= path.at.coverage and path.holds_from >= after.said_from:
            return _seen_again(after, observed)
        if not following and path.at.coverage >= after.coverage:
            return Plan(transitions=[replacing(transition, after) for transition in path.transitions])
        return Plan(transitions=path.joined(place))

    def _is_part_of(self, after: HeldRevision, observed: Observed) -> bool:
        """Whether a page without a data date shows the publication that ``after`` is known to have the content of."""
        return (
            observed.data_on is None
            and not observed.coverage.is_whole
            and observed.posted_on is not None
            and observed.posted_on == after.posted_on
            and self._says_the_same(after, observed)
        )


def _origin(observed: Observed, step: Step) -> Origin:
    """Whose doing a step to the newest revision is."""
    if observed.registry_version is not None:
        return Origin.BACKFILL
    return Origin.SPONSOR if step.dates_moved else Origin.REGISTRY


def _seen_again(revision: HeldRevision, observed: Observed) -> Plan:
    if observed.registry_version is not None:  # told by its number which place it has: there is nothing to remember
        return Plan()
    if observed.share is not None:  # the observation as a whole says something else
        return Plan()
    return Plan(
        seen_again=SeenAgain(revision=revision.number, is_full=observed.coverage >= revision.coverage),
    )
