"""Whatever is done to an outbox, in whatever order, it is what a plain model says."""

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import delete, select

from store.deliveries import Claimed, Delivery, DeliveryFilter, DeliveryState
from store.instants import instant_text
from store.settling import Settlement
from store.tables import ADDRESSES, ATTEMPTS, DELIVERIES, ENDPOINTS
from store.unit_of_work import Database
from tests.contract.store.mailroom import (
    NOW,
    claim,
    dead,
    dedups,
    failed,
    later,
    new_address,
    new_delivery,
    sent,
    settle,
)
from tests.contract.store.outbox_model import WAITING, Entry, Model, Place
from tests.laws import tries

ADDRESSED = {"a1": ("s-a", "e-1"), "a2": ("s-a", "e-2"), "b1": ("s-b", "e-1"), "c3": ("s-c", "e-3")}
NAMES = st.sampled_from(sorted(ADDRESSED))
SUBSCRIPTIONS = st.sampled_from(("s-a", "s-b", "s-c"))
INTERVENTIONS = ("hold", "let go", "let go", "skip", "kill", "disable", "enable", "enable", "sent", "dead", "failed")
SECONDS = st.integers(0, 90)


class Outboxes(RuleBasedStateMachine):
    """The outbox of a database and the model, told the same."""

    def __init__(self, database: Database) -> None:
        super().__init__()
        self.database = database
        self.model = Model({name: Place(subscription=where[0], endpoint=where[1]) for name, where in ADDRESSED.items()})
        self.now = 0
        self.claims: list[Claimed] = []
        self.addresses = {
            name: new_address(name, endpoint=endpoint, subscription=subscription)
            for name, (subscription, endpoint) in ADDRESSED.items()
        }
        with database.writing() as transaction:
            transaction.addresses.add_many(list(self.addresses.values()), NOW)

    def teardown(self) -> None:
        with self.database.writing() as transaction:
            for table in (ATTEMPTS, DELIVERIES, ENDPOINTS, ADDRESSES):
                transaction.connection.execute(delete(table))

    @initialize(names=st.lists(NAMES, min_size=4, max_size=12))
    def begin(self, names: list[str]) -> None:
        """There is something to do."""
        self.enqueue(names, False, 0)

    @rule(
        names=st.lists(NAMES, min_size=1, max_size=6),
        is_held=st.sampled_from((False, False, False, True)),
        due=st.sampled_from((0, 0, 0, 20)),
    )
    def enqueue(self, names: list[str], is_held: bool, due: int) -> None:
        """New deliveries."""
        due_at, made = self.now + due, []
        for name in names:
            dedup = f"{len(self.model.entries)}"
            made.append(new_delivery(self.addresses[name], dedup, is_held=is_held, due_at=later(due_at)))
            self.model.entries[dedup] = Entry(
                number=len(self.model.entries), address=name, due=due_at, is_held=is_held, came_held=is_held
            )
        with self.database.writing() as transaction:
            assert len(made) == transaction.outbox.enqueue(made, later(self.now))

    @rule(seconds=SECONDS)
    def wait(self, seconds: int) -> None:
        """Time passes."""
        self.now += seconds

    @rule(holder=st.sampled_from("hij"), endpoints_most=st.integers(1, 3), per_endpoint_most=st.integers(1, 3))
    def claim(self, holder: str, endpoints_most: int, per_endpoint_most: int) -> None:
        """Somebody claims."""
        sizes = {"endpoints_most": endpoints_most, "per_endpoint_most": per_endpoint_most}
        claimed = claim(self.database, holder, now=later(self.now), **sizes)
        expected = self.model.claim(holder, self.now, **sizes)
        by_number = {id(entry): dedup for dedup, entry in self.model.entries.items()}
        assert [by_number[id(entry)] for entry in expected] == dedups(claimed)
        self.claims += claimed

    @rule(data=st.data(), seconds=SECONDS)
    def turn(self, data: Any, seconds: int) -> None:
        """Somebody claims, and settles some of it after a while."""
        self.claim("h", 3, 3)
        self.now += seconds // 9
        if self.claims:
            self.settle(data)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def settle(self, data: Any) -> None:
        """Some of what was ever claimed and not settled is settled at once, whoever holds it now."""
        many = data.draw(
            st.lists(st.sampled_from(self.claims), min_size=1, max_size=4, unique_by=lambda one: one.delivery.id)
        )
        settlements, lost = [], []
        for place, claimed in enumerate(many):
            ending = data.draw(st.sampled_from(("sent", "failed", "rests", "dead", "returned")))
            at = later(self.now) + place * (later(0.001) - NOW)
            again = self.now + 1 + data.draw(SECONDS)
            settlements.append(self._settlement(claimed, ending, at, again))
            entry = self.model.entries[claimed.delivery.dedup]
            if entry.state == "leased" and entry.lease == (claimed.holder, claimed.lease):
                self.model.settle(entry, ending, self.now + place * 0.001, again)
            else:
                lost.append(claimed.delivery.id)
            self.claims.remove(claimed)
        assert sorted(lost) == sorted(settle(self.database, *settlements, now=later(self.now)).lost)

    @staticmethod
    def _settlement(claimed: Claimed, ending: str, at: Any, again: float) -> Settlement:
        match ending:
            case "sent":
                return sent(claimed, at=at)
            case "dead":
                return dead(claimed, at=at)
            case "returned":
                return Settlement.returned(claimed)
        return failed(claimed, at=at, again_s=again, rests=ending == "rests")

    @rule(holder=st.sampled_from("hijx"))
    def release_gone(self, holder: str) -> None:
        """A holder is gone."""
        with self.database.working() as transaction:
            released = transaction.outbox.release_gone(holder.__eq__, later(self.now))
        found = [
            one
            for one in self.model.entries.values()
            if one.lease is not None and (one.lease[0] == holder or one.until <= self.now)
        ]
        for one in found:
            one.give_back()
        assert len(found) == released

    @rule(what=st.sampled_from(INTERVENTIONS), subscription=SUBSCRIPTIONS, name=NAMES)
    def intervene(self, what: str, subscription: str, name: str) -> None:
        """A person does something."""
        at = later(self.now)
        with self.database.writing() as transaction:
            outbox = transaction.outbox
            match what:
                case "hold":
                    outbox.hold(subscription)
                case "let go" | "skip":
                    outbox.let_go(subscription, at, skip=what == "skip")
                case "kill":
                    outbox.kill(subscription, what, at)
                case "disable":
                    transaction.addresses.disable(name, now=at, reason="410")
                    outbox.kill_address(name, what, at)
                case "enable":
                    transaction.addresses.enable(name)
                case state:
                    outbox.redeliver(DeliveryFilter(states=[DeliveryState(state)]), at)
        self.model.intervene(what, subscription, name, now=self.now)

    @invariant()
    def same(self) -> None:
        """Deliveries, attempts, counts, endpoints at rest and failing addresses are those of the model."""
        with self.database.reading() as transaction:
            found = transaction.outbox.list()
            counts = transaction.outbox.counts()
            attempts = transaction.outbox.attempts_of([one.id for one in found])
            at_rest = select(ENDPOINTS.c.endpoint).where(ENDPOINTS.c.rests_until > instant_text(later(self.now)))
            rests = transaction.connection.scalars(at_rest).all()
            addresses = transaction.addresses.get_many(ADDRESSED)
        entries = self.model.entries
        assert [_told(entry) for entry in entries.values()] == [_found(one) for one in found]
        assert [list(range(1, entries[one.dedup].attempts_ever + 1)) for one in found] == [
            [each.number for each in attempts.get(one.id, [])] for one in found
        ]
        assert len(found) == counts.total
        assert sum(entry.state in (*WAITING, "leased") for entry in entries.values()) == counts.waiting
        assert self.model.at_rest(self.now) == sorted(rests)
        assert {name: place.failing_since for name, place in self.model.places.items()} == {
            name: None if one.failing_since is None else (one.failing_since - NOW).total_seconds()
            for name, one in addresses.items()
        }


def _told(entry: Entry) -> tuple[Any, ...]:
    due = None if entry.due is None else later(entry.due)
    return (entry.address, entry.state, due, entry.reason, entry.attempts, entry.is_held)


def _found(one: Delivery) -> tuple[Any, ...]:
    return (one.address_id, str(one.state), one.next_attempt_at, one.reason, one.attempts_count, one.is_held)


def test_an_outbox_is_what_the_model_says(database: Database) -> None:
    """After any of: enqueue, wait, claim, settle, lose a holder, hold, let go, kill, disable, enable, deliver again."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    chosen = settings(max_examples=tries(20), stateful_step_count=50, deadline=None, suppress_health_check=checks)
    make: Any = lambda: Outboxes(database)  # noqa: E731 - typed as the class that it stands for
    run_state_machine_as_test(make, settings=chosen)
