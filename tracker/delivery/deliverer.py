"""Delivers what is due: claims lanes, lets threads send them, and settles what came of it, in one thread.

It promises that it ends when nothing is due and nothing under way, or, told to stop, when what is under way is done;
that no transaction is open while anything is sent; that what it holds is leased until it is settled; and that a
channel which is hindered by a setting of ours stops alone. Several may run on one database. It evaluates nothing.
"""

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import groupby

import structlog

from store.claiming import Claim
from store.deliveries import WAITING, Claimed, DeliveryFilter
from store.errors import Transient
from store.unit_of_work import Database
from tracker.delivery.connections import Channels, Connections
from tracker.delivery.disabling import DisabledAddress
from tracker.delivery.findings import Findings
from tracker.delivery.lane import Lanes
from tracker.delivery.rendering import Render
from tracker.delivery.sending import Sender
from tracker.delivery.settlements import Tally, settle
from tracker.delivery.unsubscribing import WayOut
from tracker.delivery.verdicts import Schedule, Verdict

_LOG = structlog.get_logger()
_GATHER_S = 0.02  # how long verdicts gather before they are settled
_LOOK_AGAIN = timedelta(seconds=1)  # for what has become due, while some lanes are free and others busy
_PATIENCE = 3  # more tries of a settlement that the database was too busy for
_EXTENSIONS = 3  # of a lease in the time of one


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How much at once: ``lanes_most`` endpoints with ``per_lane_most`` deliveries each, leased for ``lease_s``."""

    lease_s: float = 60.0
    lanes_most: int = 16
    per_lane_most: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Hindrance:
    """A channel that a setting of ours keeps from sending anything; the reason names the setting."""

    channel: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What one run did. ``failed``: attempts that will be repeated; ``waiting``: what is to be sent, now or later."""

    sent: int
    failed: int
    dead: int
    waiting: int
    hindrances: tuple[Hindrance, ...] = ()
    disabled: tuple[DisabledAddress, ...] = ()

    @property
    def is_well(self) -> bool:
        """Whether no attempt failed, and nothing of ours is amiss."""
        return not (self.failed or self.dead or self.hindrances)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deliverer:
    """Delivers on one database.

    ``holder`` names this process among all that hold leases, ``is_gone`` tells of another one whether it has ended.
    ``only``: the ids of what is to be sent, out of turn; nothing else is.
    """

    database: Database
    channels: Channels
    render: Render
    way_out: WayOut
    schedule: Schedule
    now: Callable[[], datetime]
    holder: str
    is_gone: Callable[[str], bool]
    pace: Pace = field(default_factory=Pace)
    only: Collection[str] | None = None

    def only_these(self, ids: Collection[str]) -> "Deliverer":
        """The same for these deliveries alone."""
        return replace(self, only=ids)

    def deliver(self, stop: threading.Event | None = None, *, hindrances: Sequence[Hindrance] = ()) -> Delivered:
        """Send what is due; once ``stop`` is set, begin nothing more. Raises the store's errors.

        ``hindrances`` are known already: their channels are not tried, and are told again.
        """
        with self.database.working() as transaction:
            released_count = transaction.outbox.release_gone(self.is_gone, self.now())
        if released_count:
            _LOG.info("leases_released", deliveries=released_count)
        run = _Run(self, stop or threading.Event())
        run.hindrances.update((one.channel, one.reason) for one in hindrances)
        run.go()
        with self.database.reading() as transaction:
            waiting = transaction.outbox.counts(DeliveryFilter(states=WAITING)).waiting
        return Delivered(
            sent=run.tally.sent_count,
            failed=run.tally.failed_count,
            dead=run.tally.dead_count,
            waiting=waiting,
            hindrances=tuple(Hindrance(channel=name, reason=why) for name, why in sorted(run.hindrances.items())),
            disabled=tuple(run.tally.disabled),
        )


class _Run:
    """One run: the lanes under way, and what came of those before."""

    def __init__(self, deliverer: Deliverer, stop: threading.Event) -> None:
        self._deliverer = deliverer
        self._stop = stop
        self._is_broken = threading.Event()
        self._findings = Findings()
        self._under_way: Counter[str] = Counter()  # deliveries that are not settled, by endpoint
        self._lanes: dict[str, Future[None]] = {}
        self._avoided: set[str] = set()
        self._looked_at: datetime | None = None
        self._leased_until = deliverer.now()
        self._extends_at = self._extension_due(self._leased_until)
        self.hindrances: dict[str, str] = {}
        self.tally = Tally()

    def go(self) -> None:
        """Run to the end."""
        pace = self._deliverer.pace
        connections = Connections(self._deliverer.channels, idle_most=2 * pace.lanes_most)
        lanes = Lanes(
            sender=Sender(render=self._deliverer.render, way_out=self._deliverer.way_out),
            connections=connections,
            schedule=self._deliverer.schedule,
            now=self._deliverer.now,
            may_send=self._may_send,
        )
        try:
            with ThreadPoolExecutor(max_workers=pace.lanes_most, thread_name_prefix="lane") as pool:
                self._work(pool, lanes)
        finally:
            connections.close()

    def _work(self, pool: ThreadPoolExecutor, lanes: Lanes) -> None:
        try:
            while self._begin(pool, lanes) or self._under_way:
                self._settle(self._findings.gathered(wait_s=_GATHER_S))
                self._extend()
        except BaseException:
            self._is_broken.set()
            pool.shutdown()
            self._settle(self._findings.gathered(most=self._under_way.total()))
            raise

    def _begin(self, pool: ThreadPoolExecutor, lanes: Lanes) -> bool:
        """Begin what lanes there is room for; whether any was begun."""
        begun = False
        for claimed in _lanes_of(self._claimed()):
            first = claimed[0].delivery
            if first.channel in self.hindrances:
                self._avoided.add(first.endpoint)  # its lane gives everything back
            self._under_way[first.endpoint] = len(claimed)
            self._lanes[first.endpoint] = pool.submit(lanes.send, claimed, self._findings.tell)
            begun = True
        return begun

    def _claimed(self) -> list[Claimed]:
        pace, now = self._deliverer.pace, self._deliverer.now()
        free = pace.lanes_most - len(self._under_way)
        is_early = self._looked_at is not None and now - self._looked_at < _LOOK_AGAIN
        if self._stop.is_set() or not free or is_early:
            return []
        claim = Claim(
            holder=self._deliverer.holder,
            now=now,
            lease_s=pace.lease_s,
            endpoints_most=free,
            per_endpoint_most=pace.per_lane_most,
            besides=self._avoided,
            first_wait_s=self._deliverer.schedule.waits_s[0],
            only=self._deliverer.only,
        )
        with self._deliverer.database.working() as transaction:
            claimed = transaction.outbox.claim(claim)
        self._looked_at = now
        return claimed

    def _may_send(self, claimed: Claimed) -> bool:
        """Whether a lane goes on; asked by its thread before each delivery."""
        if self._stop.is_set() or self._is_broken.is_set() or claimed.delivery.channel in self.hindrances:
            return False
        return self._deliverer.now() < max(claimed.lease_until, self._leased_until)

    def _settle(self, verdicts: Sequence[Verdict]) -> None:
        if not verdicts:
            return
        self._settle_patiently(verdicts)
        for verdict in verdicts:
            delivery = verdict.claimed.delivery
            if verdict.hinders is not None:
                self._hinder(delivery.channel, verdict.hinders)
            self._under_way[delivery.endpoint] -= 1
            if not self._under_way[delivery.endpoint]:
                del self._under_way[delivery.endpoint]
                self._lanes.pop(delivery.endpoint).result()  # raises what its thread raised
                self._looked_at = None

    def _settle_patiently(self, verdicts: Sequence[Verdict]) -> None:
        """Settle also where the database is busy for a while: what was sent would be sent again."""
        for _ in range(_PATIENCE):
            try:
                settle(self._deliverer.database, verdicts, now=self._deliverer.now(), tally=self.tally)
            except Transient as err:
                _LOG.warning("settlement_waits", reason=str(err))
                self._stop.wait(err.retry_after_s)
            else:
                return
        settle(self._deliverer.database, verdicts, now=self._deliverer.now(), tally=self.tally)

    def _hinder(self, channel: str, reason: str) -> None:
        if self.hindrances.setdefault(channel, reason) == reason:
            _LOG.error("channel_hindered", channel=channel, reason=reason)

    def _extend(self) -> None:
        """Hold what is under way for longer, well before its lease ends."""
        pace, now = self._deliverer.pace, self._deliverer.now()
        if now < self._extends_at or not self._under_way:
            return
        with self._deliverer.database.working() as transaction:
            extended_count = transaction.outbox.extend(self._deliverer.holder, now=now, lease_s=pace.lease_s)
        if extended_count >= self._under_way.total():  # else others took some over: lanes stop with their leases
            self._leased_until = now + timedelta(seconds=pace.lease_s)
        self._extends_at = self._extension_due(now)

    def _extension_due(self, now: datetime) -> datetime:
        return now + timedelta(seconds=self._deliverer.pace.lease_s / _EXTENSIONS)


def _lanes_of(claimed: Sequence[Claimed]) -> Iterator[list[Claimed]]:
    for _, lane in groupby(claimed, key=lambda one: one.delivery.endpoint):
        yield list(lane)
