"""The registry's content: records that are edited, and releases that make the edits public.

It promises that nothing edited shows before ``publish``; that a release never changes afterwards; that each
``publish`` asks the UNKNOWN rule on its data date and flips statuses both ways, silently; and that
``net_changes`` says what truly changed. Its ``clock`` stands at the release's data time or, if that is later, at
midnight (UTC) of ``today``, and runs on from there; edits and releases go by ``today`` alone. It knows nothing of
HTTP. All methods may be called from any thread.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta

from tracker.domain.record import Json, nct_id, text_at, value_at
from tracker.domain.staleness import staleness_of
from tracker.simulator import edits
from tracker.simulator.draft import ALIASES, NAMED_BY, Draft
from tracker.simulator.edits import Edit
from tracker.simulator.histories import Histories, Version
from tracker.simulator.net_changes import VISIBLE, NetChange
from tracker.simulator.published import VERSION_HOLDER, Published, Release, copied, withheld_stub
from tracker.simulator.truth import Truth
from tracker.simulator.world_clock import WorldClock

_STAMP_AT = "/derivedSection/miscInfoModule/versionHolder"


class World:
    """A registry. ``data_time`` is the instant of its first release, aware; records are whole studies.

    ``today`` is the day on which edits are made and the data date of the next release; ``advance`` moves it.
    ``lock`` keeps a reader's view of one release together. ``monotonic``: how time passes by itself, see `WorldClock`.
    """

    def __init__(
        self, records: Iterable[Json], *, data_time: datetime, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.lock = threading.RLock()
        self.clock = WorldClock(data_time, monotonic=monotonic)
        self.today = data_time.date()
        self._working: dict[str, Json] = {}
        self._owned: set[str] = set()
        self._lapses: dict[str, date | None] = {}
        self._first_names: dict[str, dict[tuple[str, str], str]] = {}
        self._whereabouts: dict[str, str] = {}
        self._dirty: set[str] = set()
        self.published = Published()
        self.truth = Truth()
        self.histories = Histories()
        for record in records:
            self._take_in(copied(record))
        self._publish(data_time)

    @property
    def release(self) -> Release:
        """The release that is public now."""
        return self.published.release

    def trial_ids(self) -> list[str]:
        """The trials that can be edited: those that are neither withheld, removed nor merged; sorted."""
        with self.lock:
            return sorted(trial_id for trial_id, where in self._whereabouts.items() if where == VISIBLE)

    def hidden_ids(self) -> list[str]:
        """The trials that ``restore`` brings back, sorted."""
        with self.lock:
            return sorted(trial_id for trial_id, where in self._whereabouts.items() if where != VISIBLE)

    def is_merged(self, trial_id: str) -> bool:
        """Whether the trial is an alias of another."""
        with self.lock:
            return self._whereabouts[trial_id].startswith("merged:")

    def working(self, trial_id: str) -> Json:
        """The record with all edits so far; to be read, never changed."""
        with self.lock:
            return self._working[trial_id]

    # Time

    def advance(self, days: int = 1) -> None:
        """Let days pass."""
        self.set_today(self.today + timedelta(days=days))

    def set_today(self, day: date) -> None:
        """Move the clock; it never goes back."""
        if day < self.today:
            raise ValueError(f"the clock stands at {self.today} and does not go back to {day}")
        self.today = day
        self.clock.move_to(datetime.combine(day, datetime.min.time(), UTC))

    def publish(self) -> Release:
        """Make all edits public, as of today; statuses follow the UNKNOWN rule without a word."""
        with self.lock:
            at = datetime(self.today.year, self.today.month, self.today.day, 9, 0, 5, tzinfo=UTC)
            return self._publish(max(at, self.release.data_time + timedelta(seconds=1)))

    # Edits

    def edit(self, trial_id: str, *changes: Edit, silent: bool = False, posted_on: str | None = None) -> None:
        """Change a record.

        A sponsor's edit is one new version, verified and submitted today and posted on ``posted_on`` (today). A
        ``silent`` one moves no date and makes no version.
        """
        with self.lock:
            draft = self._draft(trial_id)
            for change in changes:
                change(draft)
            if not silent:
                today = self.today.isoformat()
                edits.submission(submitted_on=today, posted_on=posted_on or today)(draft)
            self._keep(trial_id, draft)
            if not silent:
                places = [write.place for write in draft.writes]
                self.histories.add(trial_id, self._working[trial_id], places, release=self.release.number + 1)

    def migrate(self, place: str, change: Callable[[Json], Json], *, trial_ids: Iterable[str] | None = None) -> int:
        """Silently change one place of many records; returns how many differ.

        ``place`` is a leaf, or a value of a list's items, such as ``.../locations/*/zip``. ``change`` is given the
        value, never None. Hidden records are left alone.
        """
        changed = 0
        with self.lock:
            there = self.trial_ids()
            for trial_id in there if trial_ids is None else sorted({*trial_ids}.intersection(there)):
                found = _migration(Draft(record=self._working[trial_id]), place, change)
                if found:
                    self.edit(trial_id, *found, silent=True)
                    changed += 1
        return changed

    def add(self, record: Json) -> str:
        """A new trial, posted today unless the record says otherwise; returns its id."""
        with self.lock:
            return self._take_in(copied(record))

    def withhold(self, trial_id: str) -> None:
        """Show only a stub with the status WITHHELD."""
        self._hide(trial_id, "withheld")

    def remove(self, trial_id: str) -> None:
        """Show nothing: 404."""
        self._hide(trial_id, "removed")

    def merge(self, trial_id: str, *, into: str) -> None:
        """Make ``trial_id`` an alias of ``into``: 301 there, and in its ``nctIdAliases``."""
        with self.lock:
            aliases = [trial_id, *(value_at(self._draft(trial_id).record, *_keys(ALIASES)) or ())]
            self._hide(trial_id, f"merged:{into}")
            self.edit(into, *(edits.alias(name) for name in aliases), silent=True)

    def restore(self, trial_id: str) -> None:
        """Show the whole record again, as it was."""
        with self.lock:
            where = self._whereabouts[trial_id]
            if where == VISIBLE:
                raise ValueError(f"{trial_id} is not hidden")
            if where.startswith("merged:"):
                survivor = where.removeprefix("merged:")
                self.edit(survivor, edits.item_removed(ALIASES, trial_id), silent=True)
            self._move(trial_id, VISIBLE)

    # What was public, and what truly changed

    def net_changes(self, since: int, until: int) -> list[NetChange]:
        """What differs between two releases, given by their numbers."""
        with self.lock:
            return self.truth.between(since, until)

    def record_at(self, trial_id: str, release: int) -> Json:
        """The record as it was public in a release, without its stamp; None where it was not there."""
        with self.lock:
            return self.published.record_at(trial_id, release)

    def versions(self, trial_id: str) -> Sequence[Version]:
        """The public versions of a trial, the first being number 0."""
        with self.lock:
            return self.histories.versions(trial_id, release=self.release.number)

    # Work

    def _take_in(self, record: Json) -> str:
        trial_id = nct_id(record)
        if trial_id is None or trial_id in self._working:
            raise ValueError(f"a record needs an id of its own, not {trial_id}")
        Draft(record=record).place(_STAMP_AT, VERSION_HOLDER)
        record["hasResults"] = bool(record.get("resultsSection"))
        self._working[trial_id] = record
        self._owned.add(trial_id)
        self._lapses[trial_id] = staleness_of(record).lapses_on
        self._first_names[trial_id] = {}
        self._move(trial_id, VISIBLE)
        number = self.published.next_number
        self.histories.begin(trial_id, record, release=number)
        return trial_id

    def _draft(self, trial_id: str) -> Draft:
        if self._whereabouts.get(trial_id) != VISIBLE:
            raise ValueError(f"{trial_id} is {self._whereabouts.get(trial_id, 'not here')} and cannot be edited")
        if trial_id not in self._owned:
            self._working[trial_id] = copied(self._working[trial_id])
            self._owned.add(trial_id)
        return Draft(record=self._working[trial_id], first_names=self._first_names[trial_id])

    def _keep(self, trial_id: str, draft: Draft) -> None:
        self.truth.note(trial_id, draft.writes, release=self.release.number + 1)
        self._dirty.add(trial_id)
        self._lapses[trial_id] = staleness_of(draft.record).lapses_on

    def _hide(self, trial_id: str, where: str) -> None:
        with self.lock:
            self._draft(trial_id)
            self._move(trial_id, where)

    def _move(self, trial_id: str, where: str) -> None:
        self._whereabouts[trial_id] = where
        self._dirty.add(trial_id)
        self.truth.note_whereabouts(trial_id, where, release=self.published.next_number)

    def _publish(self, data_time: datetime) -> Release:
        self.clock.move_to(data_time)  # before anybody sees data of then
        for trial_id, lapses_on in self._lapses.items():
            if self._whereabouts[trial_id] == VISIBLE:
                self._follow_the_rule(trial_id, lapses_on is not None and lapses_on <= self.today)
        changed: dict[str, Json] = {}
        aliases: dict[str, str | None] = {}
        for trial_id in self._dirty:
            where = self._whereabouts[trial_id]
            changed[trial_id] = self._shown(trial_id, where)
            aliases[trial_id] = where.removeprefix("merged:") if where.startswith("merged:") else None
        release = self.published.publish(changed, aliases, data_time=data_time)
        self._dirty.clear()
        self._owned.clear()
        return release

    def _follow_the_rule(self, trial_id: str, is_unknown: bool) -> None:
        shown = text_at(self._working[trial_id], "protocolSection", "statusModule", "overallStatus")
        if is_unknown == (shown == "UNKNOWN"):
            return
        draft = self._draft(trial_id)
        edits.shown_status(is_unknown)(draft)
        if draft.writes:
            self.truth.note(trial_id, draft.writes, release=self.published.next_number)
            self._dirty.add(trial_id)

    def _shown(self, trial_id: str, where: str) -> Json:
        if where == VISIBLE:
            return self._working[trial_id]
        return withheld_stub(self._working[trial_id]) if where == "withheld" else None


def _migration(draft: Draft, place: str, change: Callable[[Json], Json]) -> list[Edit]:
    """The edits that a migration is for one record; none where it changes nothing."""
    above, star, key = place.partition("/*/")
    if not star:
        old = draft.value(place)
        new = None if old is None else change(old)
        return [edits.value(place, new)] if new != old else []
    if above not in NAMED_BY:
        raise ValueError(f"the items of {above} have no names here")
    items = zip(draft.names(above), draft.value(above) or (), strict=True)
    return [
        edits.item_changed(above, name, **{key: change(item[key])})
        for name, item in items
        if item.get(key) is not None and change(item[key]) != item[key]
    ]


def _keys(place: str) -> list[str]:
    return place.split("/")[1:]
