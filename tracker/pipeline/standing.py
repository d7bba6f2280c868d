"""Where a difference that waits has its place among what was recorded meanwhile. Pure.

While a path waits, polls record what else happens to the record, each such revision with that path as it was. A
difference that is released comes behind them: the last of them is the newest that lacks it. Of several differences
that wait, the one that was observed first comes first, whichever is released first. Whatever else shows the path
changed, such as a sponsor's version, stays behind the difference; where that version brought the same value, there is
nothing to release.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from store.held import Released
from store.json_text import decode
from store.snapshots import unpack
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
    after: HeldRevision | None
    is_last: bool
    is_moved: bool


class Standings:
    """Finds places, with one catalogue.

    ``record_of`` fetches a held snapshot; ``released_of`` what waited of a trial and was released.
    """

    def __init__(
        self,
        *,
        catalogue: Catalogue,
        record_of: Callable[[str], Json],
        released_of: Callable[[str], Sequence[Released]],
    ) -> None:
        self._catalogue = catalogue
        self._record_of = record_of
        self._released_of = released_of

    def standing(self, trial: HeldTrial, prepared: Prepared, observed_at: datetime, paths: Collection[str]) -> Standing:
        """The place of the differences in ``paths`` that ``prepared`` shows."""
        first = place_of(prepared.observed(observed_at), trial)
        before = first.before and self._last_without(trial, first.before, observed_at, paths)
        if before is not first.before:
            assert before is not None
            moved = replace(prepared, share=Share(behind=before.number), data_on=_later(prepared, before))
            place = place_of(moved.observed(observed_at), trial)
        else:
            place = first
        return Standing(
            before=before,
            after=place.after,
            is_last=place.after is None and place.seen_later is None,
            is_moved=before is not first.before,
        )

    def known(self, standing: Standing, prepared: Prepared, paths: Collection[str]) -> frozenset[str]:
        """Those of ``paths`` that came into the ledger as ``prepared`` shows them, by a version with a new date."""
        before, after = standing.before, standing.after
        if before is None or after is None or _dates(before) == _dates(after):
            return frozenset()
        came = self._differing(before, after, paths)
        scope = prepared.coverage & after.coverage
        shown, now = scope.project(decode(unpack(prepared.packed))), scope.project(self._record_of(after.snapshot))
        return came - self.differ(shown, now, came) if came else came

    def is_undone(self, trial: HeldTrial, standing: Standing, prepared: Prepared, paths: Collection[str]) -> bool:
        """Whether ``paths`` were later seen to be again as they were before the observation."""
        if standing.before is None or standing.is_last:
            return False
        return self.is_as_before(trial, standing, prepared, paths)

    def is_as_before(self, trial: HeldTrial, standing: Standing, prepared: Prepared, paths: Collection[str]) -> bool:
        """Whether the newest revision has ``paths`` as they were before the observation."""
        newest = trial.timeline[-1]
        if standing.before is None:
            return False
        scope = standing.before.coverage & newest.coverage & prepared.coverage
        before, now = (scope.project(self._record_of(one.snapshot)) for one in (standing.before, newest))
        return not self.differ(before, now, paths)

    def differ(self, old: Json, new: Json, paths: Collection[str]) -> frozenset[str]:
        """Those of ``paths`` in which two records differ."""
        changes = changes_between(old, new, catalogue=self._catalogue)
        return frozenset(paths).intersection(pattern_of(change.path) for change in changes)

    def _last_without(
        self, trial: HeldTrial, before: HeldRevision, observed_at: datetime, paths: Collection[str]
    ) -> HeldRevision:
        """The last of the revisions that polls recorded with ``paths`` as they were before this was observed.

        What was observed earlier and has been released counts as that; what was observed later does not.
        """
        released = _Releases(self._released_of(trial.trial_id), observed_at)
        start = trial.timeline.index(before)
        while start and released.has_later(trial.timeline[start]):
            start -= 1
        last = trial.timeline[start]
        for one, following in pairwise(trial.timeline[start:]):
            if following.source not in _POLLED:
                break
            if not released.has_earlier(following) and self._differing(one, following, paths):
                break
            last = following
        return last

    def _differing(self, old: HeldRevision, new: HeldRevision, paths: Collection[str]) -> frozenset[str]:
        scope = old.coverage & new.coverage
        was, now = (scope.project(self._record_of(one.snapshot)) for one in (old, new))
        return self.differ(was, now, paths)


class _Releases:
    """What waited of a trial and was released, set against what was observed at ``observed_at``."""

    def __init__(self, released: Sequence[Released], observed_at: datetime) -> None:
        self._earlier = {one.sha256 for one in released if one.observed_at <= observed_at}
        self._later = {one.sha256 for one in released if one.observed_at > observed_at}

    def has_earlier(self, revision: HeldRevision) -> bool:
        """Whether a revision may come of what was observed earlier, and of nothing later."""
        return revision.observed in self._earlier - self._later

    def has_later(self, revision: HeldRevision) -> bool:
        """Whether a revision may come of what was observed later."""
        return revision.observed in self._later


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


def _dates(revision: HeldRevision) -> tuple[date | None, str | None]:
    return revision.posted_on, revision.submitted_on
