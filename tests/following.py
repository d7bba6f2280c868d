"""Follows a simulated registry by real polls over HTTP, and says what the ledger made of it."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from store.errors import StoreError
from store.holders import Holder, this_process
from store.instants import Clock
from store.json_text import decode
from store.runs import Run
from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab, ticking_clock
from tests.records import Json
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.change import is_pointer
from tracker.domain.errors import TrackerError
from tracker.domain.events import EventType
from tracker.domain.pointer import resolve
from tracker.domain.query import Query
from tracker.ledger.events import RecordedTrialEvent
from tracker.ledger.ledger import Ledger
from tracker.ledger.watch_events import Membership
from tracker.ledger.watch_ledger import WatchLedger
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.poll import Poller
from tracker.pipeline.tracking import track_query, track_registry, track_trials
from tracker.simulator.evolution import Evolution
from tracker.simulator.net_changes import Leg as SeenBy
from tracker.simulator.net_changes import NetChange
from tracker.simulator.scopes import MemberChange, Scope
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.sightings import seen_changes
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World
from tracker.sources.ctgov.courtesy import Courtesy, Surroundings
from tracker.sources.ctgov.live import CtgovRegistry
from tracker.sources.ctgov.manners import Manners
from tracker.sources.ctgov.opening import make_transport

MANNERS = Manners(request_interval_s=0.0, history_interval_s=0.0)
DAILY = (Leg.DELTA, Leg.SWEEP, Leg.DUE, Leg.MISSING)
_MOST_POLLS = 30

Told = tuple[str, str, str, str, str, str]
ToldOfMember = tuple[str, str, str, str]


@dataclass(slots=True, kw_only=True)
class Follower:
    """A ledger, a registry on this machine, and what polls the one into the other."""

    lab: Lab
    world: World
    server: SimulatedRegistry
    registry: CtgovRegistry
    holder: Holder = field(default_factory=this_process)
    done: Callable[[Run], None] = lambda _: None

    @property
    def poller(self) -> Poller:
        """The poller."""
        return Poller(
            database=self.lab.database,
            registry=self.registry,
            catalogue=default_catalogue(),
            now=self.lab.clock,
            holder=self.holder,
        )

    def track_all(self) -> None:
        """Track the whole registry."""
        with self.lab.database.writing() as transaction:
            track_registry(transaction, run_id="made")

    def track(self, *trial_ids: str) -> None:
        """Track trials."""
        with self.lab.database.writing() as transaction:
            track_trials(transaction, [(trial_id, None) for trial_id in trial_ids], run_id="made")

    def track_query(self, name: str, query: Query) -> None:
        """Track a query."""
        with self.lab.database.writing() as transaction:
            track_query(transaction, name=name, query=query, run_id="made")

    def poll(self, *legs: Leg, force: bool = False) -> list[Run]:
        """Poll once; all legs if none is named."""
        return self.poller.poll(legs or tuple(Leg), force=force, done=self.done)

    def poll_until_complete(self, *legs: Leg, force: bool = False) -> None:
        """Poll until every leg is complete, as a daemon would that has the whole day."""
        for _ in range(_MOST_POLLS):
            if all(run.complete for run in self.poll(*legs, force=force)):
                return
        raise AssertionError(f"still not complete after {_MOST_POLLS} polls")

    def told(self) -> Counter[Told]:
        """What the ledger says that happened."""
        return Counter(told for _, told in self.events())

    def events(self) -> list[tuple[RecordedTrialEvent, Told]]:
        """The events of trials in the order of recording, each with what it says."""
        with self.lab.database.reading() as transaction:

            def value(of: Json) -> Json:
                if not is_pointer(of):
                    return of
                return resolve(decode(transaction.snapshots.get(of["snapshot"])), of["pointer"])

            return [
                (event, _told(event, value(event.event.change.old), value(event.event.change.new)))
                for event in Ledger(transaction).read()
            ]

    def told_of_members(self) -> Counter[ToldOfMember]:
        """What the ledger says of the members of queries."""
        with self.lab.database.reading() as transaction:
            told = (recorded.event for recorded in WatchLedger(transaction).read())
            return Counter(
                (event.name, event.trial_id, str(event.data_on), event.type.value)
                for event in told
                if isinstance(event, Membership)
            )


def _told(recorded: RecordedTrialEvent, old: Json, new: Json) -> Told:
    event, change = recorded.event, recorded.event.change
    if change.field == "whereabouts":
        old, new = None, change.detail.get("into")
    elif change.type is EventType.TRIAL_FIRST_OBSERVED:
        old = new = None
    seen_on = str(event.revision.data_on)
    return event.revision.trial_id, seen_on, change.type.value, _text(old), _text(new), event.origin.value


def expected(world: World, changes: Iterable[tuple[int, NetChange]]) -> Counter[Told]:
    """The simulator's own list, of releases and changes, in the same form."""
    days = _days(world)
    return Counter(
        (one.trial_id, days[release], str(one.type), _text(one.old), _text(one.new), one.origin.value)
        for release, one in changes
    )


def expected_members(world: World, changes: Iterable[MemberChange]) -> Counter[ToldOfMember]:
    """The simulator's own list of who entered and left, in the same form."""
    days = _days(world)
    return Counter((one.name, one.trial_id, days[one.release], one.type.value) for one in changes)


def firsts(world: World, scope: Scope | None = None) -> Counter[Told]:
    """The first sights of a world's trials; where a scope is given, of those it follows."""
    event_type, day = EventType.TRIAL_FIRST_OBSERVED.value, str(world.release.data_on)
    followed = world.trial_ids()
    if scope is not None:
        scope.move_to(world.release.number)
        followed = [trial_id for trial_id in followed if scope.is_followed(trial_id)]
    return Counter((trial_id, day, event_type, "null", "null", "baseline") for trial_id in followed)


def _days(world: World) -> dict[int, str]:
    return {number: str(world.published.release_of(number).data_on) for number in range(world.release.number + 1)}


def _text(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


@contextmanager
def following(lab: Lab, world: World, *, page_size: int = 50) -> Iterator[Follower]:
    """A follower of ``world`` that waits for nothing, with pages of so many rows."""
    with (
        SimulatedRegistry(StudyAnswers(world), pause=lambda _: None) as server,
        asking(server.url, page_size=page_size) as registry,
    ):
        yield Follower(lab=lab, world=world, server=server, registry=registry)


@contextmanager
def asking(site: str, *, page_size: int = 50) -> Iterator[CtgovRegistry]:
    """A client of a registry on this machine that waits for nothing."""
    transport = make_transport("httpx", timeout_s=20, through_proxy=False)
    courtesy = Courtesy(transport, manners=MANNERS, headers={}, surroundings=Surroundings(wait=lambda _: False))
    try:
        yield CtgovRegistry(courtesy, site=site, manners=MANNERS, page_size=page_size)
    finally:
        transport.close()


def poll_once(url: str, site: str, *, clock: Clock | None = None) -> str:
    """Poll the daily legs of the registry at ``site`` into the ledger at ``url``; answers why that failed, if it did.

    The store reads ``clock`` in the middle of its transactions.
    """
    database = Database.open(url, clock=clock or ticking_clock())
    try:
        with asking(site) as registry:
            poller = Poller(database=database, registry=registry, catalogue=default_catalogue(), now=ticking_clock())
            poller.poll(DAILY)
    except (TrackerError, StoreError) as err:
        return str(err)
    finally:
        database.close()
    return ""


def follow_releases(follower: Follower, poll: Callable[[], None], *, releases: int = 3, seed: int = 6) -> Counter[Told]:
    """Track everything and poll release after release; answers what the ledger should then say."""
    world = follower.world
    follower.track_all()
    first, numbers = firsts(world), [world.release.number]
    poll()
    evolution = Evolution(world, seed=seed)
    for _ in range(releases):
        numbers.append(evolution.step().number)
        poll()
    seen = seen_changes(world, numbers, [SeenBy(leg.value) for leg in DAILY])
    return first + expected(world, seen)


def kinds(runs: Sequence[Run]) -> list[tuple[str, bool, str | None]]:
    """Of each run its leg, whether it is complete, and why not."""
    return [(run.leg, run.complete, run.reason) for run in runs]
