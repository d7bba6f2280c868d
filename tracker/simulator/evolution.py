"""A random life of a registry: in each release some edits of every kind, in plausible shares, from a seed.

It promises the same life for the same seed and the same world, and edits that a reader of two releases can tell
apart without doubt (see `made_trials`). Migrations are made only where asked for.
"""

from collections.abc import Callable, Mapping
from datetime import date
from random import Random
from typing import TypeAlias

from tracker.domain.partial_date import add_months
from tracker.domain.record import posted_on
from tracker.simulator import edits, silent_edits, sponsor_edits
from tracker.simulator.edits import Edit
from tracker.simulator.made_trials import made_trial
from tracker.simulator.published import Release
from tracker.simulator.world import World

Maker: TypeAlias = Callable[..., "list[Edit]"]

_SPONSOR_SHARE = 0.03  # of the trials, each release
_SILENT_SHARE = 0.03
_REVERTED = 0.05  # of the silent edits: taken back before anyone can see them
_LATE_POSTS = 0.1  # of the versions: posted with a date of some days ago
_MOST_EDITS = 4


class Evolution:
    """Lets ``world`` live. ``has_migrations``: now and then one silent change over a tenth of the trials."""

    def __init__(self, world: World, *, seed: int, has_migrations: bool = False) -> None:
        self._world = world
        self._random = Random(seed)
        self._has_migrations = has_migrations
        self._next_number = 80_000_001
        self._migrations = 0

    def step(self) -> Release:
        """One working day: edits, then a release."""
        self._world.advance(3 if self._world.today.weekday() == 4 else 1)
        with self._world.lock:
            self.live()
        return self._world.publish()

    def live(self) -> None:
        """The edits of one release, without publishing."""
        trial_ids = self._world.trial_ids()
        for trial_id in self._chosen(trial_ids, _SPONSOR_SHARE):
            self._submit(trial_id)
        for trial_id in self._chosen(trial_ids, _SILENT_SHARE):
            self._change_silently(trial_id)
        self._come_and_go()
        if self._has_migrations and self._random.random() < 0.1:
            self._migrate(trial_ids)

    def _chosen(self, trial_ids: list[str], share: float) -> list[str]:
        count = round(len(trial_ids) * share * self._random.uniform(0.5, 1.5))
        return self._random.sample(trial_ids, min(max(count, 1), len(trial_ids)))

    def _submit(self, trial_id: str) -> None:
        day = None
        if self._random.random() < _LATE_POSTS:
            day = date.fromordinal(self._world.today.toordinal() - self._random.randrange(1, 5))
        before = posted_on(self._world.working(trial_id))
        changes = self._made(trial_id, sponsor_edits.MAKERS, self._random.randrange(_MOST_EDITS + 1))
        self._world.edit(
            trial_id, *changes, posted_on=day.isoformat() if day and (not before or before < day) else None
        )

    def _change_silently(self, trial_id: str) -> None:
        if self._random.random() < _REVERTED:
            name = self._world.working(trial_id)["protocolSection"]["sponsorCollaboratorsModule"]["leadSponsor"]["name"]
            self._world.edit(trial_id, edits.sponsor("Somebody Else"), silent=True)
            self._world.edit(trial_id, edits.sponsor(name), silent=True)
        self._world.edit(trial_id, *self._made(trial_id, silent_edits.MAKERS, 1), silent=True)

    def _made(self, trial_id: str, makers: Mapping[str, tuple[int, Maker]], count: int) -> list[Edit]:
        """Edits of ``count`` different kinds."""
        names, weights = list(makers), [weight for weight, _ in makers.values()]
        drawn = dict.fromkeys(self._random.choices(names, weights, k=count)) if count else {}
        record = self._world.working(trial_id)
        return [edit for name in drawn for edit in makers[name][1](record, self._random, self._world.today)]

    def _come_and_go(self) -> None:
        random, world = self._random, self._world
        for _ in range(random.randrange(3)):
            record = made_trial(f"NCT{self._next_number:08d}", random=random, on=world.today)
            self._next_number += 1
            _as_new(record, world.today)
            world.add(record)
        there = world.trial_ids()
        if len(there) > 20:
            self._hide_some(there)
        hidden = [trial_id for trial_id in world.hidden_ids() if trial_id not in self._merged()]
        if hidden and random.random() < 0.3:
            world.restore(random.choice(hidden))

    def _hide_some(self, there: list[str]) -> None:
        withheld, removed, dead, survivor = self._random.sample(there, 4)
        if self._random.random() < 0.15:
            self._world.withhold(withheld)
        if self._random.random() < 0.15:
            self._world.remove(removed)
        if self._random.random() < 0.15:
            self._world.merge(dead, into=survivor)

    def _merged(self) -> set[str]:
        return {trial_id for trial_id in self._world.hidden_ids() if self._world.is_merged(trial_id)}

    def _migrate(self, trial_ids: list[str]) -> None:
        self._migrations += 1
        chosen = self._random.sample(trial_ids, len(trial_ids) // 10)
        place = "/protocolSection/identificationModule/organization/class"
        self._world.migrate(place, lambda _: f"OTHER_{self._migrations}", trial_ids=chosen)


def _as_new(record: dict[str, object], today: date) -> None:
    """Dates of a trial that is registered today."""
    protocol = record["protocolSection"]
    assert isinstance(protocol, dict)
    day = today.isoformat()
    protocol["statusModule"] |= {
        "statusVerifiedDate": day[:7],
        "completionDateStruct": {"date": add_months(today, 24).isoformat(), "type": "ESTIMATED"},
        "studyFirstSubmitDate": day,
        "studyFirstPostDateStruct": {"date": day, "type": "ACTUAL"},
        "lastUpdateSubmitDate": day,
        "lastUpdatePostDateStruct": {"date": day, "type": "ACTUAL"},
    }
