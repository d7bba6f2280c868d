"""The log of what was done to the registry, by release, and the net changes that follow from it.

It promises that each write and each appearance is kept with the number of the release that made it public.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from tracker.domain.events import EventType, Origin
from tracker.domain.record import Json
from tracker.simulator.draft import Write
from tracker.simulator.net_changes import (
    VISIBLE,
    WHEREABOUTS_EVENTS,
    WHEREABOUTS_LEGS,
    Leg,
    NetChange,
    net_of,
)

_EVERY_LEG_THAT_LISTS = frozenset({Leg.DELTA, Leg.SWEEP, Leg.REFRESH})


class Truth:
    """What happened. Releases are numbers; a trial is absent before its first whereabouts."""

    def __init__(self) -> None:
        self._writes: dict[str, list[tuple[int, Write]]] = defaultdict(list)
        self._whereabouts: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._touched: dict[int, set[str]] = defaultdict(set)

    def note(self, trial_id: str, writes: Sequence[Write], *, release: int) -> None:
        """Changes of content that ``release`` makes public."""
        if writes:
            self._writes[trial_id] += [(release, write) for write in writes]
            self._touched[release].add(trial_id)

    def note_whereabouts(self, trial_id: str, where: str, *, release: int) -> None:
        """From ``release`` on the trial is visible, withheld, removed or merged."""
        self._whereabouts[trial_id].append((release, where))
        self._touched[release].add(trial_id)

    def touched(self, since: int, until: int) -> set[str]:
        """The trials to which anything was done in the releases after ``since`` and up to ``until``."""
        return {trial_id for number in range(since + 1, until + 1) for trial_id in self._touched.get(number, ())}

    def between(self, since: int, until: int) -> list[NetChange]:
        """The net changes from one release to a later one, by trial."""
        touched = sorted(self.touched(since, until))
        return [change for trial_id in touched for change in self.of_trial(trial_id, since, until)]

    def of_trial(self, trial_id: str, since: int, until: int, *, read_at: int | None = None) -> list[NetChange]:
        """The net changes of one trial.

        What is hidden has no content: who reappears differs from what was last visible, or from what was read at
        ``read_at``; who was never visible before is seen for the first time.
        """
        before, after = self.where(trial_id, since), self.where(trial_id, until)
        if before is None:
            return [arrival(trial_id)] if after == VISIBLE else []
        if after is not None and after != VISIBLE:
            return [] if before == after else [_moved(trial_id, before, after)]
        if before == VISIBLE:
            return net_of(trial_id, self._between(trial_id, since, until))
        last_visible = self._last_visible(trial_id, since) if read_at is None else read_at
        if last_visible is None:
            return [arrival(trial_id)]
        return [_moved(trial_id, before, VISIBLE), *net_of(trial_id, self._between(trial_id, last_visible, until))]

    def is_visible(self, trial_id: str, release: int) -> bool:
        """Whether a release shows the trial's own record."""
        return self.where(trial_id, release) == VISIBLE

    def where(self, trial_id: str, release: int) -> str | None:
        """Where a release has the trial; None where it was never shown or hidden yet."""
        found = None
        for number, where in self._whereabouts[trial_id]:
            if number <= release:
                found = where
        return found

    def _between(self, trial_id: str, since: int, until: int) -> Iterable[Write]:
        return (write for number, write in self._writes.get(trial_id, ()) if since < number <= until)

    def _last_visible(self, trial_id: str, release: int) -> int | None:
        """The last release up to ``release`` in which the trial was to be seen."""
        return next((number for number in range(release, -1, -1) if self.where(trial_id, number) == VISIBLE), None)


def arrival(trial_id: str) -> NetChange:
    """That a trial is seen for the first time."""
    return NetChange(
        trial_id=trial_id,
        type=EventType.TRIAL_FIRST_OBSERVED,
        path="",
        item=None,
        old=None,
        new=None,
        origin=Origin.BASELINE,
        legs=_EVERY_LEG_THAT_LISTS,
    )


def _moved(trial_id: str, before: str, after: str) -> NetChange:
    """A record that was withheld, merged or removed, or came back; a merged one's ``new`` is the survivor."""
    kind, _, survivor = after.partition(":")
    new: Json = survivor or None
    return NetChange(
        trial_id=trial_id,
        type=WHEREABOUTS_EVENTS[kind],
        path="",
        item=None,
        old=None,
        new=new,
        origin=Origin.REGISTRY,
        legs=WHEREABOUTS_LEGS[kind],
    )
