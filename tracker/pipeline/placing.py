"""Where an observation belongs in the registry's timeline. Pure.

Order: by the data date, else by the post date, on which the first release that shows it comes later; of two that
cannot be told apart, the later seen is the later. What has neither date ties with everything.

Versions of the registry's history have numbers, and are in their order whatever their dates. No release tells when one
became public, which may be days after its post date; so it is set against any other sight by what that one shows: a
record with an earlier post date, or with the same and an earlier submission, is an earlier version. With both alike,
the version is the earlier, since what the registry does to a record comes after it.

A content is often seen again, and such a sight leaves no revision. It counts here all the same: what arrives between
two sights of one content takes its place between them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from store.sightings import Sighting
from tracker.domain.record import Dated
from tracker.pipeline.transitions import Observed
from tracker.views.held import HeldRevision, HeldTrial


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """A sight of the whole content of ``revision``, other than the one that the revision tells of."""

    revision: HeldRevision
    dated: Dated
    data_on: date | None
    observed_at: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Between which revisions an observation falls; both None is no place of a held trial.

    ``seen_later``: the first sight of ``before`` that is later than the observation. ``seen_earlier``: the first
    sight of ``after``, where that is not later; ``seen_next``: the first that is, other than its revision's own.
    """

    before: HeldRevision | None
    after: HeldRevision | None
    seen_later: Sight | None
    seen_earlier: Sight | None
    seen_next: Sight | None


def place_of(observed: Observed, held: HeldTrial) -> Place:
    """Behind the last revision that is not later than the observation."""
    at = _index(observed, held.timeline)
    before = held.timeline[at - 1] if at else None
    after = held.timeline[at] if at < len(held.timeline) else None
    sights = sorted(_sights(held), key=lambda sight: sight.dated) if observed.dated else []
    of_before = [sight for sight in sights if sight.revision is before]
    of_after = [sight for sight in sights if sight.revision is after]
    return Place(
        before=before,
        after=after,
        seen_later=next((sight for sight in of_before if _is_sight_later(sight, observed)), None),
        seen_earlier=next((sight for sight in of_after if not _is_sight_later(sight, observed)), None),
        seen_next=next((sight for sight in of_after if _is_sight_later(sight, observed)), None),
    )


def shown_as(observed: Observed, held: HeldTrial) -> Iterator[HeldRevision]:
    """The revisions that may be a version of the history as it was public: of its dates, and next to its place."""
    if observed.registry_version is None:
        return
    for revision in held.timeline[_index(observed, held.timeline) :]:
        if revision.registry_version is not None or _published(revision) != _published(observed):
            return
        yield revision


def is_known(observed: Observed, held: HeldTrial) -> bool:
    """Whether the same content is held with the same date."""
    sights = [(one.snapshot, one.dated) for one in held.timeline]
    sights += [(one.observed, one.dated) for one in held.timeline]
    sights += [(one.snapshot, one.dated) for one, _ in held.replaced.values()]
    sights += [(one.content, _dated(one)) for one in held.sightings]
    return (observed.snapshot, observed.dated) in sights


def tied_with(observed: Observed, held: HeldTrial) -> tuple[HeldRevision, ...]:
    """The revisions whose date is that of the observation, and the one before them; none where no date ties.

    The one before them may have been seen on that date too.
    """
    end = start = _index(observed, held.timeline)
    while start and held.timeline[start - 1].dated == observed.dated:
        start -= 1
    return held.timeline[max(start - 1, 0) : end] if start < end else ()


def _index(observed: Observed, timeline: tuple[HeldRevision, ...]) -> int:
    if observed.share is not None and observed.share.behind is not None:
        return 1 + [revision.number for revision in timeline].index(observed.share.behind)
    at = len(timeline)
    while at and _is_later(timeline[at - 1], timeline[at - 1].dated, observed):
        at -= 1
    return at


def _is_sight_later(sight: Sight, observed: Observed) -> bool:
    return _is_later(sight.revision, sight.dated, observed)


def _is_later(revision: HeldRevision, seen: Dated | None, observed: Observed) -> bool:
    """Whether a sight of ``revision``, of the date ``seen``, is later than the observation."""
    version, other = revision.registry_version, observed.registry_version
    if version is not None and other is not None:
        return version > other
    if version is None and other is None:
        return seen is not None and observed.dated is not None and seen > observed.dated
    if revision.posted_on and observed.posted_on and revision.posted_on != observed.posted_on:
        return revision.posted_on > observed.posted_on
    if revision.submitted_on and observed.submitted_on and revision.submitted_on != observed.submitted_on:
        return revision.submitted_on > observed.submitted_on
    return version is None


def _published(one: HeldRevision | Observed) -> tuple[date | None, str | None]:
    return one.posted_on, one.submitted_on


def _sights(held: HeldTrial) -> Iterator[Sight]:
    """The sights that no revision of the timeline tells of, each with the revision whose content it shows."""
    for sighting in held.sightings:
        dated = _dated(sighting)
        if sighting.is_full and dated:
            yield _sight(
                held,
                sighting.revision,
                dated=dated,
                data_on=date.fromisoformat(sighting.data_on) if sighting.data_on else None,
                observed_at=sighting.observed_at,
                source=sighting.source,
            )
    for number, (revision, by) in held.replaced.items():
        if revision.dated and revision.coverage >= _present(held, by).coverage:
            yield _sight(
                held,
                number,
                dated=revision.dated,
                data_on=revision.data_on,
                observed_at=revision.observed_at,
                source=revision.source,
            )


def _sight(held: HeldTrial, number: int, *, dated: Dated, data_on: date | None, observed_at: str, source: str) -> Sight:
    """The sight of a revision by number: of whichever revision of the same content was there on that date."""
    said = _present(held, number)
    same = [one for one in held.timeline if (one.snapshot, one.coverage) == (said.snapshot, said.coverage)]
    begun = [one for one in same if one.dated is None or one.dated <= dated]
    return Sight(
        revision=begun[-1] if begun else same[0],
        dated=dated,
        data_on=data_on,
        observed_at=datetime.fromisoformat(observed_at),
        source=source,
    )


def _dated(sighting: Sighting) -> Dated | None:
    return (date.fromisoformat(sighting.dated), sighting.data_on is not None) if sighting.dated else None


def _present(held: HeldTrial, number: int) -> HeldRevision:
    """The revision of the timeline that has the place of revision ``number``."""
    while number in held.replaced:
        number = held.replaced[number][1]
    return next(revision for revision in held.timeline if revision.number == number)
