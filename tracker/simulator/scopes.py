"""What a tracker follows, release by release: the whole registry, or tracked ids and what tracked queries find.

It promises the registry's own answer to each query in each release, and what a tracker must say of the members:
who entered, left, came back. Who is hidden has not left a query. It knows nothing of how a tracker asks.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Protocol

from tracker.domain.record import Json, posted_on
from tracker.domain.watching import WatchEventType
from tracker.simulator.selection import matcher
from tracker.simulator.world import World


class Scope(Protocol):
    """What is followed. ``move_to`` comes first, with rising releases; the others speak of the release moved to."""

    def move_to(self, release: int) -> None:
        """Go on to a release, which is listed completely."""

    def is_followed(self, trial_id: str) -> bool:
        """Whether the trial is looked at in this release; one that just left a query is, once more."""

    def is_read(self, trial_id: str) -> bool:
        """Whether the trial is read in full whatever a row of it says: it left a query, or is followed from now on."""

    def is_reread(self, trial_id: str, reread: timedelta) -> bool:
        """Whether what was posted of late has the trial in it: since the latest post date seen before, less that."""


class WholeRegistry:
    """Everything is followed."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._release = 0
        self._watermark: date | None = None

    def move_to(self, release: int) -> None:
        self._watermark = self._world.published.release_of(self._release).posted_until
        self._release = release

    def is_followed(self, trial_id: str) -> bool:
        return True

    def is_read(self, trial_id: str) -> bool:
        return False

    def is_reread(self, trial_id: str, reread: timedelta) -> bool:
        posted = posted_on(self._world.record_at(trial_id, self._release))
        return posted is not None and self._watermark is not None and posted >= self._watermark - reread


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberChange:
    """A trial entered the tracked query called ``name``, left it or came back, as ``release`` shows."""

    release: int
    name: str
    trial_id: str
    type: WatchEventType


@dataclass(slots=True, kw_only=True)
class _Listed:
    """A tracked query: who answers it now, who are its members, who ever was, the latest post date in its answers."""

    params: Mapping[str, str]
    found: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)
    ever: set[str] = field(default_factory=set)
    posted_until: date | None = None
    watermark: date | None = None

    def see(self, records: Mapping[str, Json], *, data_on: date) -> None:
        """Go on to a release in which these records were touched."""
        self.watermark = self.posted_until
        test = matcher(self.params)
        for trial_id, record in records.items():
            if record is None or (test is not None and not test(record)):
                self.found.discard(trial_id)
                continue
            self.found.add(trial_id)
            posted = posted_on(record)
            if posted is not None and posted <= data_on:
                self.posted_until = max(posted, self.posted_until or posted)

    def settle(self, hidden: Collection[str]) -> Iterator[tuple[WatchEventType, str]]:
        """What is to be said of the members, given those of them who are hidden."""
        now = self.found | (self.members & set(hidden))
        yield from ((WatchEventType.MEMBER_ENTERED, one) for one in now - self.ever)
        yield from ((WatchEventType.MEMBER_REENTERED, one) for one in (now & self.ever) - self.members)
        yield from ((WatchEventType.MEMBER_LEFT, one) for one in self.members - now)
        self.members, self.ever = now, self.ever | now


class Tracked:
    """``ids``, and what ``queries`` find (the registry's parameters by name of the query); tracked from the beginning.

    What an id is merged into is followed as well from then on.
    ``member_changes`` has all that is to be said of members up to the release moved to.
    """

    def __init__(self, world: World, *, ids: Collection[str], queries: Mapping[str, Mapping[str, str]]) -> None:
        self._world = world
        self._ids = set(ids)
        self._queries = {name: _Listed(params=params) for name, params in queries.items()}
        self._release = -1
        self._seen_on = date.min
        self._read_on = date.min  # the data date of the release before
        self._read: set[str] = set()  # those who left a query, or stand in for a merged one
        self.member_changes: list[MemberChange] = []

    def move_to(self, release: int) -> None:
        world = self._world
        touched = world.truth.touched(self._release, release)
        records = {trial_id: world.record_at(trial_id, release) for trial_id in sorted(touched)}
        self._read_on, self._seen_on = self._seen_on, world.published.release_of(release).data_on
        self._release = release
        self._read = set()
        for name, listed in self._queries.items():
            listed.see(records, data_on=self._seen_on)
            hidden = [one for one in listed.members - listed.found if not world.truth.is_visible(one, release)]
            for event_type, trial_id in sorted(listed.settle(hidden)):
                change = MemberChange(release=release, name=name, trial_id=trial_id, type=event_type)
                self.member_changes.append(change)
                if event_type is WatchEventType.MEMBER_LEFT:
                    self._read.add(trial_id)
        self._follow_survivors(sorted(touched & self._ids))

    def _follow_survivors(self, trial_ids: Iterable[str]) -> None:
        for trial_id in trial_ids:
            survivor = (self._world.truth.where(trial_id, self._release) or "").partition(":")[2]
            if survivor and survivor not in self._ids:
                self._ids.add(survivor)
                self._read.add(survivor)

    def is_followed(self, trial_id: str) -> bool:
        in_a_query = any(trial_id in listed.members for listed in self._queries.values())
        return in_a_query or trial_id in self._ids or trial_id in self._read

    def is_read(self, trial_id: str) -> bool:
        return trial_id in self._read

    def is_reread(self, trial_id: str, reread: timedelta) -> bool:
        watermarks = [listed.watermark for listed in self._queries.values() if trial_id in listed.found]
        if trial_id in self._ids:
            watermarks.append(self._read_on)
        posted = posted_on(self._world.record_at(trial_id, self._release))
        return posted is not None and any(posted >= one - reread for one in watermarks if one is not None)
