"""Where a difference that waits has its place among what was recorded meanwhile. Pure.

While a path waits, polls record what else happens to the record, each such revision with that path as it was. A
difference that is released comes behind them: the last of them is the newest that lacks it. Whatever shows the path
changed, such as a sponsor's version, stays behind the difference.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from tracker.diffing.catalogue import Catalogue
from tracker.diffing.compare import changes_between
from tracker.domain.pointer import pattern_of
from tracker.domain.record import Json
from tracker.pipeline.placing import place_of
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.preparing import Prepared
from tracker.pipeline.share import Share
from tracker.views.held import HeldRevision, HeldTrial


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Between which revisions a difference stands; ``is_last``: nothing later was seen that speaks of it.

    ``is_moved``: revisions that lack the difference were recorded since it was observed.
    """

    before: HeldRevision | None
    is_last: bool
    is_moved: bool


class Standings:
    """Finds places, with one catalogue; ``record_of`` fetches a held snapshot."""

    def __init__(self, *, catalogue: Catalogue, record_of: Callable[[str], Json]) -> None:
        self._catalogue = catalogue
        self._record_of = record_of

    def standing(self, trial: HeldTrial, prepared: Prepared, observed_at: datetime, paths: Collection[str]) -> Standing:
        """The place of the differences in ``paths`` that ``prepared`` shows."""
        first = place_of(prepared.observed(observed_at), trial)
        before = first.before and self._last_without(trial, first.before, paths)
        if before is not first.before:
            assert before is not None
            moved = replace(prepared, share=Share(behind=before.number), data_on=_later(prepared, before))
            place = place_of(moved.observed(observed_at), trial)
        else:
            place = first
        return Standing(
            before=before,
            is_last=place.after is None and place.seen_later is None,
            is_moved=before is not first.before,
        )

    def is_undone(self, trial: HeldTrial, standing: Standing, prepared: Prepared, paths: Collection[str]) -> bool:
        """Whether ``paths`` were later seen to be again as they were before the observation."""
        if standing.before is None or standing.is_last:
            return False
        newest = trial.timeline[-1]
        scope = standing.before.coverage & newest.coverage & prepared.coverage
        before, now = (scope.project(self._record_of(one.snapshot)) for one in (standing.before, newest))
        return not self.differ(before, now, paths)

    def differ(self, old: Json, new: Json, paths: Collection[str]) -> frozenset[str]:
        """Those of ``paths`` in which two records differ."""
        changes = changes_between(old, new, catalogue=self._catalogue)
        return frozenset(paths).intersection(pattern_of(change.path) for change in changes)

    def _last_without(self, trial: HeldTrial, before: HeldRevision, paths: Collection[str]) -> HeldRevision:
        """The last of the revisions that polls recorded behind ``before`` with ``paths`` as they were."""
        rest = trial.timeline[trial.timeline.index(before) :]
        last = before
        for one, following in pairwise(rest):
            if following.source not in _POLLED or self._content_differs(one, following, paths):
                break
            last = following
        return last

    def _content_differs(self, old: HeldRevision, new: HeldRevision, paths: Collection[str]) -> bool:
        scope = old.coverage & new.coverage
        was, now = (scope.project(self._record_of(one.snapshot)) for one in (old, new))
        return bool(self.differ(was, now, paths))


_POLLED = frozenset(leg.value for leg in Leg)


def placed(prepared: Prepared, standing: Standing, *, paths: Collection[str]) -> Prepared:
    """The differences in ``paths`` alone, at their place."""
    share = Share(only=frozenset(paths))
    if not standing.is_moved or standing.before is None:
        return replace(prepared, share=share)
    share = replace(share, behind=standing.before.number)
    return replace(prepared, share=share, data_on=_later(prepared, standing.before))


def seen_at(standing: Standing, observed_at: datetime) -> datetime:
    """When the differences were seen together with what they stand behind."""
    if not standing.is_moved or standing.before is None:
        return observed_at
    return max(observed_at, datetime.fromisoformat(standing.before.observed_at))


def _later(prepared: Prepared, before: HeldRevision) -> Json:
    days = [day for day in (prepared.data_on, before.data_on) if day is not None]
    return max(days, default=None)
