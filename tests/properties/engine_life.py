"""The whole engine at work: polls, subscribers, evaluations and deliveries, in any order, told to a plain model too.

The model is a list of what the registry showed and, for each name, which of it was asked for when. Four laws are held
after every step and at the end: nothing lost, nothing unasked, nothing out of order, each message under one id.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from notifiers.notifier import Notifier
from store.deliveries import DeliveryFilter, DeliveryState
from store.unit_of_work import Database
from tests.contract.delivery.post_office import PostOffice, hook, ids_of, webhook
from tests.contract.delivery.test_delivery_law import STATUS, Died, Dying
from tests.contract.pipeline.lab import Lab
from tests.endpoints import Answer, Endpoint
from tests.records import record
from tracker.alerts.evaluating import Evaluator
from tracker.domain.subscription import Subscription, Wanted, checked
from tracker.views.standing import standing_named

TRIALS = ("NCT00000001", "NCT00000002")
STATUSES = ("RECRUITING", "SUSPENDED", "COMPLETED")
NAMES = ("a", "b")
WAITS_S = (0.0, 10.0, 100.0, 1_000.0)
FIRST_ON = date(2020, 1, 1)
Key = tuple[str, str]  # trial and the day of the version that brought the change


@dataclass(slots=True)
class Paper:
    """Who is owed what, as anybody would keep it on paper. ``settled``: what was asked for and is owed no more."""

    shown: dict[str, str] = field(default_factory=dict)
    order: list[Key] = field(default_factory=list)
    owed: dict[str, list[Key]] = field(default_factory=dict)
    settled: dict[str, set[Key]] = field(default_factory=lambda: {name: set() for name in NAMES})

    def poll(self, trial_id: str, status: str, on: date) -> None:
        """The registry shows a version."""
        if self.shown.get(trial_id, status) != status:
            key = (trial_id, on.isoformat())
            self.order.append(key)
            for keys in self.owed.values():
                keys.append(key)
        self.shown[trial_id] = status

    def unsubscribe(self, name: str) -> None:
        """Nothing more is owed."""
        self.settled[name].update(self.owed.pop(name, ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The pieces that a broken engine exchanges. ``before``: done before each run that delivers."""

    channel: Callable[[], Notifier] = webhook
    before: Callable[[PostOffice], object] = lambda office: None


class Engines(RuleBasedStateMachine):
    """An engine and the paper, told the same."""

    def __init__(self, open_ledger: Callable[[], str], endpoints: dict[str, Endpoint], engine: Engine) -> None:
        super().__init__()
        self.endpoints, self.engine = endpoints, engine
        self.url = open_ledger()
        self.office = PostOffice(Lab.open(self.url), waits_s=WAITS_S, channels={"webhook": engine.channel})
        self.paper, self.days, self.crashes, self.ids = Paper(), 0, 0, 0
        for endpoint in endpoints.values():
            endpoint.received.clear()
            endpoint.otherwise = lambda received: Answer()

    @initialize()
    def begin(self) -> None:
        """Every trial is known, and somebody asks."""
        for trial_id in TRIALS:
            self.poll(trial_id, STATUSES[0])
        self.subscribe("a")

    @rule(trial_id=st.sampled_from(TRIALS), status=st.sampled_from(STATUSES))
    def poll(self, trial_id: str, status: str) -> None:
        """A poll brings a version of a trial."""
        self.days += 1
        on = FIRST_ON + timedelta(days=self.days)
        made = record(trial_id, posted_on=on.isoformat(), data_on=on.isoformat(), status=status)
        self.office.lab.see(made, observed_at=datetime(on.year, on.month, on.day, tzinfo=UTC))
        self.paper.poll(trial_id, status, on)

    @rule(name=st.sampled_from(NAMES))
    def subscribe(self, name: str) -> None:
        """Somebody asks, from now on."""
        if name not in self.paper.owed:
            asked = Subscription(name=name, wanted=Wanted(types=("recruitment_status_changed",)))
            with self.office.acting() as acting:
                acting.subscribe(checked(asked), [hook(self.endpoints[name])])
            self.paper.owed[name] = []

    @rule(name=st.sampled_from(NAMES))
    def unsubscribe(self, name: str) -> None:
        """Somebody asks no more."""
        if name in self.paper.owed:
            with self.office.acting() as acting:
                acting.unsubscribe(name)
            self.paper.unsubscribe(name)

    @rule(name=st.sampled_from(NAMES), way=st.sampled_from(("ok", "down", "refuses")))
    def fail(self, name: str, way: str) -> None:
        """An endpoint fails, or recovers."""
        self.endpoints[name].otherwise = lambda received: Answer(status=STATUS[way])

    @rule(seconds=st.sampled_from((1, 20, 200, 90_000)))
    def advance(self, seconds: int) -> None:
        """Time passes."""
        self.office.later(seconds=seconds)

    @rule()
    def deliver(self) -> None:
        """Somebody evaluates and delivers."""
        self._work(self.office.database, "here")

    @rule(name=st.sampled_from(NAMES), way=st.sampled_from(("down", "refuses")), seconds=st.sampled_from((10, 150)))
    def live_through(self, name: str, way: str, seconds: int) -> None:
        """An endpoint fails while versions come and somebody delivers, and recovers."""
        for now, status in ((way, STATUSES[1]), ("ok", STATUSES[2])):
            self.fail(name, now)
            self.poll(TRIALS[0], status)
            self.deliver()
            self.advance(seconds)
        self.deliver()

    @rule(lives=st.integers(0, 9))
    def crash(self, lives: int) -> None:
        """Somebody evaluates and delivers, and dies on the way; the next one sees that it is gone."""
        self.crashes += 1
        database, holder = Dying(self.office.database._engine, clock=lambda: self.office.now), f"gone {self.crashes}"
        database.lives = lives
        with suppress(Died):
            self._work(database, holder)
        self.restart()
        with self.office.database.working() as transaction:
            transaction.outbox.release_gone(holder.__eq__, self.office.now)

    @rule()
    def restart(self) -> None:
        """The process ends, and another opens the ledger."""
        self.office.lab.close()
        self.office.lab = Lab.open(self.url)

    @invariant()
    def lawful(self) -> None:
        """What came so far was asked for, came in order at first, and under one id each."""
        for name in NAMES:
            came = keys_of(self.endpoints[name])
            asked = self.paper.settled[name] | set(self.paper.owed.get(name, ()))
            assert set(came) <= asked, "unasked"
            first = list(dict.fromkeys(came))
            assert sorted(first, key=self.paper.order.index) == first, "out of order"
            under = set(zip(came, ids_of(self.endpoints[name].received), strict=True))
            assert len(under) == len(first), "under several ids"

    def teardown(self) -> None:
        """All is well again, and time passes: then everything that is owed has come."""
        try:
            self._recover()
            self.lawful()
            for name, owed in self.paper.owed.items():
                assert set(owed) <= set(keys_of(self.endpoints[name])), "lost"
        finally:
            self.office.lab.close()

    def _recover(self) -> None:
        for name in self.paper.owed:
            self.fail(name, "ok")
            self._work(self.office.database, "here")
            with self.office.acting() as acting:
                acting.resume(name)
                asked = standing_named(acting.transaction.connection, name)
                assert asked is not None
                dead = DeliveryFilter(subscription_id=asked.subscription_id, states=[DeliveryState.DEAD])
                acting.transaction.outbox.redeliver(dead, self.office.now)
        for _ in WAITS_S:
            self._work(self.office.database, "here")
            self.office.later(days=1)

    def _work(self, database: Database, holder: str) -> None:
        Evaluator(database=database, now=lambda: self.office.now, new_id=self._new_id).evaluate()
        self.engine.before(self.office)
        self.office.deliver(database=database, holder=holder)

    def _new_id(self) -> str:
        self.ids += 1
        return f"run {self.ids}"


def keys_of(endpoint: Endpoint) -> list[Key]:
    """The changes that an endpoint was sent, in order."""
    items: Sequence[Any] = [json.loads(one.body)["data"]["content"]["items"] for one in endpoint.received]
    return [(item["trial_id"], item["posted_on"]) for each in items for item in each]
