"""Accidents in a registry's life: migrations and vanishings that a poll holds, and the person who releases them."""

from random import Random

from tests.following import Follower
from tracker.diffing.catalogue import default_catalogue
from tracker.pipeline.releasing import release
from tracker.simulator.draft import PROTOCOL, STATUS

RATE = 0.3  # of the releases have an accident
VANISHED_SHARE = 0.25
WAIT_RELEASES = 3
_IN_ROWS = f"{STATUS}/primaryCompletionDateStruct/type"
_NOT_IN_ROWS = f"{PROTOCOL}/identificationModule/organization/class"


class Accidents:
    """What befalls the world that ``follower`` follows, drawn from ``seed``.

    ``waits``: what is held is released some releases later, and nothing vanishes.
    """

    def __init__(self, follower: Follower, *, seed: int, waits: bool) -> None:
        self._follower = follower
        self._world = follower.world
        self._random = Random(f"accidents {seed}")
        self._waits = waits
        self._count = 0
        self._vanished: list[str] = []
        self._waiting: dict[str, int] = {}
        self.held = 0

    def happen(self) -> None:
        """Perhaps let something happen before the next release."""
        self._return()
        if self._count and self._random.random() >= RATE:
            return
        self._count += 1
        if self._waits or self._count % 2:
            self._migrate()
        else:
            self._vanish()

    def release(self) -> None:
        """Release what has waited long enough."""
        with self._follower.lab.database.reading() as transaction:
            open_runs = transaction.held.open_runs()
        self._waiting = {run: self._waiting.get(run, 0) + 1 for run in open_runs}
        for run, waited in self._waiting.items():
            if not self._waits or waited > WAIT_RELEASES:
                self._release(run)

    def release_all(self) -> None:
        """Release what still waits."""
        with self._follower.lab.database.reading() as transaction:
            open_runs = transaction.held.open_runs()
        for run in open_runs:
            self._release(run)

    def _release(self, run: str) -> None:
        as_migration = self._random.random() < 0.5
        done = release(self._follower.lab.database, default_catalogue(), run, as_migration=as_migration)
        self.held += done.released + done.nothing

    def _migrate(self) -> None:
        name = f"MIGRATED_{self._count}"
        for place in (_IN_ROWS, _NOT_IN_ROWS):
            self._world.migrate(place, lambda _: name)

    def _vanish(self) -> None:
        there = self._world.trial_ids()
        self._vanished = self._random.sample(there, round(len(there) * VANISHED_SHARE))
        for trial_id in self._vanished:
            self._world.remove(trial_id)

    def _return(self) -> None:
        """Those who vanished are back a release later, but for those who came back by themselves."""
        hidden = set(self._world.hidden_ids())
        for trial_id in self._vanished:
            if trial_id in hidden:
                self._world.restore(trial_id)
        self._vanished = []
