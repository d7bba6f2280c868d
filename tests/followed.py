"""A simulated registry, an empty ledger on PostgreSQL that tracks all of it, and endpoints: what daemons work with.

Time is the registry's alone: it stands where a release or a test puts it, and runs on from there. It promises that
`settle` returns when there is nothing left to do, hurrying the minutes that something rests, and says what there is
left where that takes too long.
"""

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from store.unit_of_work import Database
from tests.contract.delivery.post_office import hook
from tests.contract.pipeline.lab import silent
from tests.endpoints import Endpoint, Received, listening_endpoint
from tests.stillness import Stillness
from tracker.alerts.subscribing import Acting
from tracker.alerts.targets import Target
from tracker.domain.subscription import Subscription, checked
from tracker.pipeline.replaying import ensure_views
from tracker.pipeline.tracking import track_registry
from tracker.simulator.evolution import Evolution
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World

SETTLES_WITHIN_S = 240.0
_LOOK_S = 0.1
_PATIENCE_S = 6.0  # then what rests for a minute of the registry's time need not
_HOURS_MOST = 96  # longer than all attempts of a delivery take
_REST = timedelta(seconds=61)


@dataclass(frozen=True, slots=True, kw_only=True)
class Followed:
    """Everything but the daemons."""

    world: World
    evolution: Evolution
    server: SimulatedRegistry
    database: Database
    endpoints: Sequence[Endpoint]

    @property
    def variables(self) -> dict[str, str]:
        """Where the daemons find registry and time."""
        return {"TRIALOG_CTGOV__BASE_URL": self.server.url, "TRIALOG_CLOCK__URL": f"{self.server.url}/clock"}

    @property
    def received(self) -> list[Received]:
        """All that the endpoints got."""
        return [one for endpoint in self.endpoints for one in endpoint.received]

    def now(self) -> datetime:
        """The time."""
        return self.world.clock.now()

    def target(self, number: int, name: str) -> Target:
        """An address at one of the endpoints."""
        return hook(self.endpoints[number % len(self.endpoints)], name=f"/{name}")

    def subscribe(self, request: Subscription, *targets: Target) -> None:
        """Make a subscription."""
        with self.database.writing() as transaction:
            acting = Acting(transaction=transaction, now=self.now(), new_id=lambda: str(uuid.uuid4()))
            acting.subscribe(checked(request), targets)

    def settle(self, *, meanwhile: Callable[[], None]) -> None:
        """Return when nothing is left to do; ``meanwhile`` is called again and again, and may object."""
        stillness = Stillness(database=self.database, world=self.world)
        ends_at_s = time.monotonic() + SETTLES_WITHIN_S
        patient_until_s = time.monotonic() + _PATIENCE_S
        while (left := stillness.left()) is not None:
            meanwhile()
            assert time.monotonic() < ends_at_s, f"at {self.now()}, after {SETTLES_WITHIN_S:g} s, there is left: {left}"
            if time.monotonic() > patient_until_s:
                self._hurry()
                patient_until_s = time.monotonic() + _PATIENCE_S
            time.sleep(_LOOK_S)

    def deliver_all(self, *, meanwhile: Callable[[], None]) -> None:
        """Let hours pass until no delivery waits for its next attempt."""
        for _ in range(_HOURS_MOST):
            self.settle(meanwhile=meanwhile)
            with self.database.reading() as transaction:
                if not transaction.outbox.counts().waiting:
                    return
            self.world.clock.move_to(self.now() + timedelta(hours=1))

    def _hurry(self) -> None:
        later = self.now() + _REST
        if later.date() == self.now().date():
            self.world.clock.move_to(later)


@contextmanager
def followed(url: str, world: World, *, seed: int, endpoints: int) -> Iterator[Followed]:
    """A world that lives by a seed, and an empty ledger at ``url``."""
    with ExitStack() as stack:
        server = stack.enter_context(SimulatedRegistry(StudyAnswers(world), pause=lambda _: None))
        database = Database.open(url, clock=world.clock.now)
        stack.callback(database.close)
        ensure_views(database, show=silent)
        with database.writing() as transaction:
            track_registry(transaction, run_id="made")
        yield Followed(
            world=world,
            evolution=Evolution(world, seed=seed),
            server=server,
            database=database,
            endpoints=[stack.enter_context(listening_endpoint()) for _ in range(endpoints)],
        )
