"""Three daemons on one PostgreSQL through many misfortunes: ``python -m tests.chaos_daemons`` (``make chaos``).

A registry lives from release to release; in each round one misfortune befalls the daemons or their database at a random
moment (`tests.misfortunes`). Then the same registry is followed by one daemon whom nothing befalls. Both ledgers must
say the same, up to the order of recording, and have told everybody the same, everything under one id.
``docs/campaigns.md`` keeps what came of the large ones.
"""

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random

import structlog

from tests.accounts import Account, account_of, faults_of, faults_of_runs, repeated_count
from tests.contract.pipeline.lab import silent
from tests.endpoints import Answer, Endpoint, Received
from tests.fleet import Fleet, folder_of_logs, sailing
from tests.followed import Followed, followed
from tests.misfortunes import Fate, Trouble
from tests.postgres import OwnServer, fresh_database, own_server
from tests.unit.simulator.worlds import made_world
from tracker.daemon.presence import LEASE
from tracker.domain.conditions import parse_condition
from tracker.domain.digest_times import parse_digest_times
from tracker.domain.events import Significance
from tracker.domain.subscription import Scope, Subscription, Wanted, When
from tracker.pipeline.verifying import verify

LEASE_S = 2.0
DAEMONS = 3
ENDPOINTS = 3
HURRIED = {
    "TRIALOG_DAEMON__LEASE_S": str(LEASE_S),
    "TRIALOG_POLL__LEASE_S": str(LEASE_S),
    "TRIALOG_DELIVERY__LEASE_S": str(LEASE_S),
    "TRIALOG_DELIVERY__RETRY_WAITS_S": ", ".join(["0", *["1"] * 30]),
    "TRIALOG_SCHEDULE__RELEASE": "every 1s",
    "TRIALOG_SCHEDULE__DELIVER": "every 2s",
    "TRIALOG_SCHEDULE__DIGESTS": "every 1s",
}
_QUIET = 50  # above every level: what goes wrong is what is wanted here
_FAILS_EACH = 9  # of the requests at an endpoint
_SHOWN = 12
_PAST_MIDNIGHT = timedelta(minutes=2)  # past the time of the clock's job
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A campaign: so many rounds of so many trials, drawn from a seed."""

    rounds: int
    trials: int = 120
    seed: int = 1


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a campaign."""

    account: Account
    faults: list[str]
    deliveries_count: int
    repeated_count: int
    seconds: float
    takeovers_count: int = 0
    misfortunes: Counter[str] = field(default_factory=Counter)


@contextmanager
def _subscribed(url: str, course: Course) -> Iterator[Followed]:
    """A ledger that nobody works on yet, and who asks for what."""
    world = made_world(course.trials, seed=course.seed)
    with followed(url, world, seed=course.seed, endpoints=ENDPOINTS) as place:
        for number, (name, request) in enumerate(_requests().items()):
            targets = [place.target(number + more, f"{name}-{more}") for more in range(2)]
            place.subscribe(request, *targets)
        for endpoint in place.endpoints:
            endpoint.otherwise = _failing_now_and_then(endpoint)
        yield place


def _requests() -> dict[str, Subscription]:
    conditions = tuple(map(parse_condition, ("unknown", "lapsing:60d", "unverified:12mo")))
    digest = When(digest=parse_digest_times("daily", at="20:00"))
    minor = Wanted(significance=Significance.MINOR)
    return {
        "major": Subscription(name="major"),
        "everything": Subscription(name="everything", wanted=Wanted(significance=Significance.ADMINISTRATIVE)),
        "phase3": Subscription(name="phase3", scope=Scope(phases=("PHASE3",)), wanted=minor),
        "lapses": Subscription(name="lapses", wanted=Wanted(origins=("clock",), significance=Significance.MINOR)),
        "stale": Subscription(name="stale", wanted=Wanted(when=conditions, from_now=True)),
        "evening": Subscription(name="evening", wanted=minor, when=digest),
    }


def _failing_now_and_then(endpoint: Endpoint) -> Callable[[Received], Answer]:
    return lambda _: Answer(status=503) if len(endpoint.received) % _FAILS_EACH == 0 else Answer()


def live(url: str, course: Course, *, daemons: int, folder: Path, fate: Fate | None, say: Say) -> Outcome:
    """Go through all rounds; each ends when nothing is left to do. ``fate``: what befalls them, if anything does."""
    began_s, befell = time.monotonic(), Counter[str]()
    with _subscribed(url, course) as place:
        with sailing(url, daemons, folder=folder, **HURRIED | place.variables) as fleet:
            place.settle(meanwhile=fleet.require_alive)
            for number in range(1, course.rounds + 1):
                told = _round(place, fleet, fate)
                befell.update([told.kind] if told else [])
                say(f"round {number} of {course.rounds}, {told or 'nothing'}: {time.monotonic() - began_s:,.0f} s")
            fleet.wait_until_started()
            place.world.advance()
            place.world.clock.move_to(place.now() + _PAST_MIDNIGHT)
            place.deliver_all(meanwhile=fleet.require_alive)
            fleet.end()
        outcome = _outcome(place)
        outcome.seconds, outcome.misfortunes = time.monotonic() - began_s, befell
        outcome.takeovers_count = fleet.count("took_over_as_poller")
        return outcome


def _round(place: Followed, fleet: Fleet, fate: Fate | None) -> Trouble | None:
    """A day: its beginning, then its release, with a misfortune at some moment of them."""
    fleet.wait_until_started()
    happening = None if fate is None else fate.next(fleet, poller_pid=_poller_pid(place))
    if happening is not None:
        happening.begin()
    try:
        world = place.world
        world.advance(3 if world.today.weekday() == 4 else 1)
        world.clock.move_to(place.now() + _PAST_MIDNIGHT)
        place.settle(meanwhile=lambda: None)
        with world.lock:
            place.evolution.live()
        world.publish()
        place.settle(meanwhile=lambda: None)
    except AssertionError as err:
        err.add_note(f"with {happening}")
        raise
    finally:
        if happening is not None:
            happening.join()
    place.settle(meanwhile=lambda: None)
    return happening


def _poller_pid(place: Followed) -> int | None:
    with place.database.reading() as transaction:
        lease = transaction.leases.current(LEASE)
    return None if lease is None else lease.holder.pid


def _outcome(place: Followed) -> Outcome:
    with place.database.reading() as transaction:
        deliveries, runs = transaction.outbox.list(), transaction.runs.list()
    faults = [*faults_of(deliveries, place.received), *faults_of_runs(runs[::-1])]
    report = verify(place.database, show=silent)
    if not report.ok:
        faults.append(f"the ledger: {report.reason}")
    return Outcome(
        account=account_of(place.database),
        faults=faults,
        deliveries_count=len(deliveries),
        repeated_count=repeated_count(place.received),
        seconds=0.0,
    )


def compared(server: OwnServer, course: Course, *, say: Say) -> tuple[Outcome, list[str]]:
    """Go through ``course`` with misfortunes and without; answers the first, and what is wrong with it."""
    fate = Fate(random=Random(course.seed), lease_s=LEASE_S, restart_database=server.restart)
    with folder_of_logs() as folder:
        with fresh_database(server.url) as url:
            troubled = live(url, course, daemons=DAEMONS, folder=folder, fate=fate, say=say)
        say("the same with one daemon, whom nothing befalls")
        with fresh_database(server.url) as url:
            quiet = live(url, course, daemons=1, folder=folder, fate=None, say=say)
    wrong = [*troubled.faults, *(f"undisturbed: {one}" for one in quiet.faults)]
    return troubled, [*wrong, *troubled.account.differences(quiet.account)]


def main() -> int:
    """Go through what is asked for; 1 where the ledgers or what was told differ."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nobody is left behind
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_QUIET))
    parser = argparse.ArgumentParser(description="Follow a registry with daemons that misfortunes befall.")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--trials", type=int, default=120)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    course = Course(rounds=given.rounds, trials=given.trials, seed=given.seed)
    with own_server() as server:
        found, wrong = compared(server, course, say=_say)
    _say("\n".join(wrong[:_SHOWN]))
    kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(found.misfortunes.items()))
    account = found.account
    _say(
        f"seed {course.seed}, {course.rounds} rounds ({kinds}): {'NOT EQUAL' if wrong else 'equal'}, "
        f"{found.takeovers_count} other pollers, {account.events.total():,} events, {found.deliveries_count:,} "
        f"deliveries of {account.told.total():,} items, {found.repeated_count} sent once more, "
        f"{len(wrong)} differences, {found.seconds:,.0f} s"
    )
    return 1 if wrong else 0


def _say(line: str) -> None:
    if line:
        print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
