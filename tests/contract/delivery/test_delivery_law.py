"""Whatever happens, in whatever order: nothing is lost, nothing out of order, each message under one id."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import delete, select

from store.deliveries import DeliveryFilter, DeliveryState
from store.instants import instant_of
from store.tables import ADDRESSES, ATTEMPTS, DELIVERIES, ENDPOINTS
from store.unit_of_work import Database, Transaction
from tests.contract.delivery.post_office import NOW, PostOffice, hook, ids_of, keys_of
from tests.contract.delivery.postal_model import WAITS_S, Place, PostalModel
from tests.endpoints import Answer, Endpoint
from tests.laws import tries
from tracker.delivery.deliverer import Pace
from tracker.delivery.disabling import ADDRESS_DISABLED

STATUS = {"ok": 204, "down": 503, "refuses": 422, "gone": 410}
NAMES = st.sampled_from(("a", "b", "c"))
SECONDS = st.sampled_from((0, 1, 10, 100, 86_400, 3 * 86_400))


class Died(BaseException):
    """The process is gone."""


class Dying(Database):
    """A database whose process dies before it begins one transaction more than it is given."""

    lives = 0

    @contextmanager
    def working(self) -> Iterator[Transaction]:
        """As ever, or the end."""
        self.lives -= 1
        if self.lives < 0:
            raise Died
        with super().working() as transaction:
            yield transaction

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """As ever, or the end."""
        self.lives -= 1
        if self.lives < 0:
            raise Died
        with super().writing() as transaction:
            yield transaction


class PostOffices(RuleBasedStateMachine):
    """A post office and the model, told the same."""

    def __init__(self, office: PostOffice, endpoints: dict[str, Endpoint]) -> None:
        super().__init__()
        self.office = office
        self.endpoints = endpoints
        self.office.now, self.office.waits_s = NOW, WAITS_S
        shared = {"a": "first", "b": "first", "c": "second"}
        self.model = PostalModel(
            {name: Place(endpoint=where) for name, where in shared.items()}, dict.fromkeys(endpoints, "ok")
        )
        self.posted = 0
        self.crashes = 0
        for endpoint in endpoints.values():
            endpoint.received.clear()
            endpoint.otherwise = lambda received: Answer()
        for name, where in shared.items():
            office.subscribe(name, hook(endpoints[where]))

    @property
    def now(self) -> float:
        """Seconds since the start."""
        return (self.office.now - NOW).total_seconds()

    def teardown(self) -> None:
        with self.office.acting() as acting:
            for name in "abc":
                acting.unsubscribe(name)
        with self.office.database.writing() as transaction:
            for table in (ATTEMPTS, DELIVERIES, ENDPOINTS, ADDRESSES):
                transaction.connection.execute(delete(table))

    @rule(name=NAMES, count=st.integers(1, 4))
    def post(self, name: str, count: int) -> None:
        """New messages."""
        for _ in range(count):
            self.posted += 1
            self.office.post(name, f"event:{self.posted}")
            self.model.post(name, f"event:{self.posted}", self.now)

    @rule(endpoint=st.sampled_from(("first", "second")), way=st.sampled_from(("ok", "ok", "down", "refuses", "gone")))
    def change(self, endpoint: str, way: str) -> None:
        """An endpoint fails, or recovers."""
        self.model.ways[endpoint] = way
        self.endpoints[endpoint].otherwise = lambda received: Answer(status=STATUS[way])

    @rule(seconds=SECONDS, lanes_most=st.integers(1, 2), per_lane_most=st.integers(1, 5))
    def deliver(self, seconds: int, lanes_most: int, per_lane_most: int) -> None:
        """Time passes, and somebody delivers."""
        self.office.later(seconds=seconds)
        self.office.deliver(pace=Pace(lanes_most=lanes_most, per_lane_most=per_lane_most))
        self.model.deliver(self.now, per_lane_most=per_lane_most)

    @rule(way=st.sampled_from(("down", "refuses", "gone")), spans=st.lists(SECONDS, min_size=1, max_size=4))
    def fail(self, way: str, spans: list[int]) -> None:
        """An endpoint fails for a while, in which messages come and somebody delivers now and then."""
        self.change("first", way)
        for seconds in spans:
            self.post("a", 1)
            self.deliver(seconds, 2, 3)
            self.same()

    @rule(lives=st.integers(1, 6), per_lane_most=st.integers(1, 5))
    def crash(self, lives: int, per_lane_most: int) -> None:
        """Somebody delivers and dies on the way; another one sees it, and takes what there is for what was."""
        database = Dying(self.office.database._engine, clock=lambda: NOW)
        database.lives = lives
        self.crashes += 1
        holder = f"crash {self.crashes}"
        with suppress(Died):
            self.office.deliver(database=database, holder=holder, pace=Pace(per_lane_most=per_lane_most))
        with self.office.database.working() as transaction:
            transaction.outbox.release_gone(holder.__eq__, self.office.now)
        self._take_over()

    @rule(name=NAMES)
    def pause(self, name: str) -> None:
        """A subscription is paused."""
        with self.office.acting() as acting:
            acting.pause(name)
        self.model.pause(name)

    @rule(name=NAMES)
    def resume(self, name: str) -> None:
        """A subscription goes on."""
        with self.office.acting() as acting:
            acting.resume(name)
        self.model.resume(name, self.now)

    @rule(state=st.sampled_from(("sent", "dead")))
    def redeliver(self, state: str) -> None:
        """All that is sent or dead is delivered again."""
        with self.office.database.writing() as transaction:
            transaction.outbox.redeliver(DeliveryFilter(states=[DeliveryState(state)]), self.office.now)
        self.model.redeliver(state, self.now)

    @invariant()
    def same(self) -> None:
        """Every message is where the model says, and what arrived did so as often, in the order of first attempts."""
        assert [one.told() for one in self.model.letters] == self._told()
        for name, endpoint in self.endpoints.items():
            found = keys_of(endpoint.received)
            if not self.crashes:
                assert self.model.arrived.get(name, []) == found
            ids: dict[str, set[str]] = {}
            for key, one in zip(found, ids_of(endpoint.received), strict=True):
                ids.setdefault(key, set()).add(one)
            assert all(len(each) == 1 for each in ids.values())
        self._taken()

    def _taken(self) -> None:
        """What counts as sent was taken, and first attempts of an address came in the order of the outbox."""
        arrived = {key for endpoint in self.endpoints.values() for key in keys_of(endpoint.received)}
        for name in self.model.places:
            letters = [one for one in self.model.letters if one.address == name]
            assert {one.key for one in letters if one.state == "sent"} <= arrived
            first = list(dict.fromkeys(keys_of(self.endpoints[self.model.places[name].endpoint].received)))
            numbers = [int(key.removeprefix("event:")) for key in first if key in {one.key for one in letters}]
            assert sorted(numbers) == numbers

    def _told(self) -> list[tuple[str, str, int, float | None, bool]]:
        return [
            (
                one.items[0],
                one.state.value,
                one.attempts_count,
                None if one.next_attempt_at is None else (one.next_attempt_at - NOW).total_seconds(),
                one.is_held,
            )
            for one in self.office.deliveries()
            if one.kind == "changes"
        ]

    def _take_over(self) -> None:
        """Let the model be what is stored, of which nothing may be missing."""
        stored = {one.items[0]: one for one in self.office.deliveries()}
        assert Counter(one.key for one in self.model.letters) == Counter(list(stored))
        with self.office.database.reading() as transaction:
            addresses = {name: transaction.addresses.get(stored[key].address_id) for name, key in self._keys().items()}
            resting = select(ENDPOINTS).where(ENDPOINTS.c.rests_until.is_not(None))
            rests = {row.endpoint: row for row in transaction.connection.execute(resting)}
        for letter in self.model.letters:
            one = stored[letter.key]
            letter.state, letter.attempts, letter.is_held = one.state.value, one.attempts_count, one.is_held
            letter.is_lost = one.reason == ADDRESS_DISABLED
            if one.next_attempt_at is not None:
                letter.due = (one.next_attempt_at - NOW).total_seconds()
        for name, address in addresses.items():
            place = self.model.places[name]
            place.is_active = address.is_active
            since = address.failing_since
            place.failing_since = None if since is None else (since - NOW).total_seconds()
        letters = {stored[letter.key].id: letter for letter in self.model.letters}
        self.model.rests = {
            where: ((instant_of(row.rests_until) - NOW).total_seconds(), letters[row.resting_for])
            for where, endpoint in self.endpoints.items()
            if (row := rests.get(hook(endpoint).endpoint)) is not None
        }

    def _keys(self) -> dict[str, str]:
        """A message of each address that has one."""
        return {one.address: one.key for one in self.model.letters}


def test_nothing_is_lost_doubled_or_out_of_order(
    office: PostOffice, endpoint: Endpoint, other_endpoint: Endpoint
) -> None:
    """After any of: post, deliver, fail, recover, crash, wait, pause, resume, deliver again."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    chosen = settings(max_examples=tries(12), stateful_step_count=25, deadline=None, suppress_health_check=checks)
    endpoints = {"first": endpoint, "second": other_endpoint}
    make: Any = lambda: PostOffices(office, endpoints)  # noqa: E731 - typed as the class that it stands for
    run_state_machine_as_test(make, settings=chosen)
