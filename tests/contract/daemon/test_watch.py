"""The watch of one daemon, look by look, while others keep it from writing."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from notifiers.notifier import Outcome, OutcomeKind
from store.alarms import Alarm
from store.deliveries import Delivery, DeliveryFilter
from store.unit_of_work import Database
from tracker.alerts.targets import Target
from tracker.daemon.past_outbox import PastOutbox
from tracker.daemon.presence import Presence
from tracker.daemon.watch import Watch
from tracker.posting import Telling
from tracker.services import Services
from tracker.setting_groups import Settings
from tracker.settings import read_settings

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TO = {"TRIALOG_OPERATOR__TO": "mailto:operator@example.org"}
PATIENCE_S = 54.0
SENT = Outcome(kind=OutcomeKind.SENT, took_ms=1)
FAILED = Outcome(kind=OutcomeKind.ENDPOINT_FAILED, took_ms=1, reason="no connection")
GONE = Outcome(kind=OutcomeKind.ADDRESS_GONE, took_ms=1, reason="answered 410 Gone")


@dataclass(slots=True)
class Tower:
    """A watch on one database; ``told`` is what went past the outbox, of which ``outcomes`` come first."""

    database: Database
    settings: Settings
    seconds: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)
    told: list[tuple[str, bool]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    presence: Presence = field(init=False)
    watch: Watch = field(init=False)

    def __post_init__(self) -> None:
        self.presence = Presence(database=self.database, version="1", lasts_s=lambda: 60.0)
        numbers = itertools.count()
        services = Services(
            database=self.database, settings=self.settings, now=lambda: NOW, new_id=lambda: f"id{next(numbers)}"
        )
        past = PastOutbox(patience_s=PATIENCE_S, tell=self.tell, monotonic=lambda: self.seconds)
        self.watch = Watch(
            services=lambda: replace(services, settings=self.settings), presence=self.presence, past_outbox=past
        )

    def tell(self, settings: Settings, target: Target, content: Mapping[str, Any], *, told: Telling) -> Outcome:
        """In the place of what sends."""
        outcome = self.outcomes.pop(0) if self.outcomes else SENT
        self.ids.append(told.delivery_id)
        if outcome is SENT:
            self.told.append((content["alarm"]["code"], content["alarm"]["over_at"] is not None))
        return outcome

    def look(self, count: int = 1) -> None:
        """Look so many times, a minute apart."""
        for _ in range(count):
            self.watch.look()
            self.seconds += 60.0

    def job_fails(self, times: int = 3) -> None:
        """A job fails in a row; with 0, it is done."""
        with self.database.writing() as transaction:
            for _ in range(times):
                transaction.jobs.fail("prune", at=NOW, reason="no")
            if not times:
                transaction.jobs.succeed("prune", started_at=NOW, at=NOW, reason=None)

    def alarms(self) -> list[Alarm]:
        """What is kept as going on."""
        with self.database.reading() as transaction:
            return transaction.alarms.going_on()

    def deliveries(self) -> list[Delivery]:
        """What is in the outbox."""
        with self.database.reading() as transaction:
            return transaction.outbox.list(DeliveryFilter())


@pytest.fixture
def database(own_url: str) -> Iterator[Database]:
    """A ledger whose writers wait for nobody long."""
    opened = Database.open(own_url, clock=lambda: NOW, lock_wait_s=0.2)
    yield opened
    opened.close()


@pytest.fixture
def tower(database: Database) -> Iterator[Tower]:
    """A watch of the poller."""
    made = Tower(database, read_settings(options={}, environment=TO))
    made.presence.look()
    yield made
    made.presence.end()


@contextmanager
def nobody_else_writes(database: Database) -> Iterator[None]:
    """Hold the lock of writers."""
    other = Database.open_present(database.url, clock=lambda: NOW)
    with other.writing():
        yield
    other.close()


def test_what_comes_and_goes_within_a_look_does_not_flap(tower: Tower) -> None:
    """Two deliveries: it is so, and it is over; not one for each time that it went."""
    tower.job_fails()
    tower.look()
    tower.job_fails(0)
    tower.look()
    tower.job_fails()
    tower.look(2)
    assert 1 == len(tower.deliveries())
    tower.job_fails(0)
    tower.look(3)
    assert (2, [], []) == (len(tower.deliveries()), tower.alarms(), tower.told)


def test_what_cannot_be_written_is_told_directly_after_a_minute(tower: Tower) -> None:
    """Once each; when it can be again, the outbox takes over what goes on, and what is over is told directly."""
    tower.look()
    tower.job_fails()
    with nobody_else_writes(tower.database):
        tower.look()
        assert [] == tower.told
        tower.look(3)
    assert [("database_unreachable", False), ("job_failing", False)] == tower.told
    tower.look(4)
    assert [("database_unreachable", True)] == tower.told[2:]
    assert (["job_failing"], []) == ([one.code for one in tower.alarms()], tower.deliveries())
    tower.job_fails(0)
    tower.look(2)
    assert (1, 3) == (len(tower.deliveries()), len(tower.told))


def test_a_short_hindrance_is_no_alarm(tower: Tower) -> None:
    """A restart of the database between two looks, again and again, is told nobody."""
    for _ in range(3):
        tower.look()
        tower.job_fails()
        with nobody_else_writes(tower.database):
            tower.look()
        tower.job_fails(0)
        tower.look(2)
    assert [] == tower.told


def test_what_was_enqueued_before_is_not_told_directly(tower: Tower) -> None:
    """The outbox has it, and will tell it."""
    tower.job_fails()
    tower.look()
    with nobody_else_writes(tower.database):
        tower.settings = replace(tower.settings)  # read anew, so something is to be written
        tower.look(3)
    assert [("database_unreachable", False)] == tower.told


def test_a_telling_that_fails_is_repeated_and_one_to_nobody_is_not(tower: Tower) -> None:
    """Under one id until it is taken; where the address is gone, it is given up. The poller needs no look before."""
    tower.job_fails()
    tower.outcomes = [FAILED, GONE, FAILED, SENT]
    with nobody_else_writes(tower.database):
        tower.look(6)
    assert [("database_unreachable", False)] == tower.told
    (first, gone, *others) = tower.ids
    assert ([first, first], True) == (others, first != gone)


def test_who_is_not_the_poller_keeps_and_tells_nothing(own_url: str, tower: Tower, dialect: str) -> None:
    """Where the database fails it as well; but a file has one daemon, which tells also where it could never begin."""
    tower.look()
    second = Database.open(own_url, clock=lambda: NOW, lock_wait_s=0.2)
    other = Tower(second, tower.settings)
    other.presence.holder = replace(other.presence.holder, holder_id="other")
    other.presence.look()
    assert None is other.presence.poller_database
    tower.job_fails()
    other.look(3)
    assert ([], []) == (other.alarms(), other.told)
    other.presence.failure = "no connection"
    other.look(3)
    told = [("database_unreachable", False), ("job_failing", False)]
    assert (told if dialect == "sqlite" else []) == other.told
    other.presence.end()
    second.close()
