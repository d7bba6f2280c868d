"""A month of simulated time with three daemons on one PostgreSQL: ``python -m tests.month`` (``make month``).

The time moves in steps of hours, and each step ends when the daemons have nothing left to do. On working days the
registry has a release; some of its answers are faulty, some endpoints misbehave. At the end the ledger is held to the
registry's own list of changes, what was told to the pure rules of matching, and the alerts of UNKNOWN to the days of
the rule (`tests.month_truth`). ``docs/campaigns.md`` keeps what came of the large ones.
"""

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from random import Random

import structlog

from tests.accounts import repeated_count
from tests.contract.delivery.post_office import mail
from tests.endpoints import Answer, Endpoint, Fault, Received
from tests.fleet import folder_of_logs, sailing
from tests.followed import Followed, followed
from tests.following import firsts
from tests.mailbox import Mailbox, listening_mailbox
from tests.month_findings import HEAD, Row, rows_of
from tests.month_requests import requests
from tests.month_truth import Watch, wanted_events
from tests.postgres import fresh_database, own_server
from tests.records import Json
from tests.unit.simulator.worlds import FIRST_DAY
from tracker.simulator.made_trials import made_trial, made_trials
from tracker.simulator.world import World

DAEMONS = 3
ENDPOINTS = 6
_MAIL_EACH = 8  # of the subscriptions
_FAULT_RATE = 0.03
_QUIET = 50  # above every level: what goes wrong is what is wanted here
_FIRST_LAPSING = 20_000_001
_RELEASE_AT = time_of_day(9, 0, 5)
_BEHIND_RELEASE = timedelta(hours=1, minutes=1)  # when the registry is asked next
_PATIENT = {
    "TRIALOG_CTGOV__RETRIES": "4",
    "TRIALOG_CTGOV__BLOCKED_WAIT_S": "0",
    "TRIALOG_WEBHOOK__TIMEOUT_S": "1",
    "TRIALOG_EMAIL__HOST": "127.0.0.1",
    "TRIALOG_EMAIL__SECURITY": "none",
    "TRIALOG_EMAIL__SENDER": "trialog@example.org",
}
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A campaign. ``step_h``: hours from step to step; ``quiet_days`` at the end have no release."""

    days: int
    trials: int
    subscriptions: int
    step_h: int = 4
    quiet_days: int = 7
    seed: int = 1


@dataclass(slots=True, kw_only=True)
class _Month:
    """A month under way."""

    course: Course
    place: Followed
    watch: Watch
    look_alive: Callable[[], None]
    releases: list[int] = field(default_factory=lambda: [0])

    def live(self, say: Say) -> None:
        """Let the days pass."""
        began_s = time.monotonic()
        self._settle()
        first_on = self.place.now().date()
        for number in range(1, self.course.days + self.course.quiet_days + 1):
            day = first_on + timedelta(days=number)
            is_working = number <= self.course.days and day.weekday() < 5
            self._day(day, is_working=is_working)
            say(f"{day:%a %Y-%m-%d}{', a release' if is_working else ''}: {time.monotonic() - began_s:,.0f} s")
        self.place.deliver_all(meanwhile=self.look_alive)

    def _day(self, day: date, *, is_working: bool) -> None:
        midnight, world = datetime.combine(day, time_of_day(), UTC), self.place.world
        for hour in range(0, 24, self.course.step_h):
            at = midnight + timedelta(hours=hour, minutes=2)
            if is_working and at.time() > _RELEASE_AT and world.today < day:
                world.set_today(day)
                with world.lock:
                    self.place.evolution.live()
                self.releases.append(world.publish().number)
                self._move(max(at, datetime.combine(day, _RELEASE_AT, UTC) + _BEHIND_RELEASE))
            else:
                self._move(at)

    def _move(self, at: datetime) -> None:
        self.place.world.clock.move_to(at)
        self._settle()

    def _settle(self) -> None:
        self.place.settle(meanwhile=self.look_alive)
        self.watch.look()


def lived(url: str, course: Course, *, folder: Path, say: Say) -> list[Row]:
    """Live through a month on an empty database; answers what came of it."""
    with (
        followed(url, _world(course), seed=course.seed, endpoints=ENDPOINTS) as place,
        listening_mailbox() as mailbox,
    ):
        _subscribe(place, course)
        _spoil(place, mailbox, course)
        first = firsts(place.world)
        here = _PATIENT | place.variables | {"TRIALOG_EMAIL__PORT": str(mailbox.port)}
        with sailing(url, DAEMONS, folder=folder, **here) as fleet:
            month = _Month(course=course, place=place, watch=Watch(world=place.world), look_alive=fleet.require_alive)
            month.live(say)
            fleet.end()
        place.server.faults.stop()
        told = (f"{fleet.count(name)} {name}" for name in ("delivered", "job_done", "job_failed", "leg_incomplete"))
        say(f"log lines: {', '.join(told)}; {repeated_count(place.received)} webhooks came once more")
        wanted = wanted_events(place.world, first, month.releases)
        return list(rows_of(place, mailbox, month.watch, wanted=wanted))


def _world(course: Course) -> World:
    """Made trials, most of which turn UNKNOWN with a month, and one for each day that does so on this day."""
    first_on = FIRST_DAY.date()
    made = made_trials(course.trials, seed=course.seed, on=first_on)
    days = [first_on + timedelta(days=number) for number in range(1, course.days + course.quiet_days + 1)]
    return World([*made, *(_lapsing(number, day) for number, day in enumerate(days))], data_time=FIRST_DAY)


def _lapsing(number: int, day: date) -> Json:
    """A trial that was verified years ago, and turns UNKNOWN on ``day``."""
    record = made_trial(f"NCT{_FIRST_LAPSING + number:08d}", random=Random(number), on=date(2023, 6, 1))
    ended = {"date": (day - timedelta(days=1)).isoformat(), "type": "ESTIMATED"}
    record["protocolSection"]["statusModule"] |= {
        "overallStatus": "RECRUITING",
        "statusVerifiedDate": "2023-05",
        "primaryCompletionDateStruct": ended,
        "completionDateStruct": ended,
    }
    return record


def _subscribe(place: Followed, course: Course) -> None:
    made = requests(course.subscriptions, trials=place.world.trial_ids(), seed=course.seed)
    for number, request in enumerate(made):
        is_mail = number % _MAIL_EACH == _MAIL_EACH - 1
        target = mail(f"{request.name}@example.org") if is_mail else place.target(number, request.name)
        place.subscribe(request, target)


def _spoil(place: Followed, mailbox: Mailbox, course: Course) -> None:
    """Let things go wrong: at the registry, at some endpoints, and with the first mails."""
    place.server.faults.at_random(_FAULT_RATE, seed=course.seed)
    mailbox.to_data.extend(["451 later", "250 OK", "250 OK"] * 20)
    for endpoint, spoilt in zip(place.endpoints, _spoilt(place), strict=False):
        endpoint.otherwise = spoilt


def _spoilt(place: Followed) -> Iterator[Callable[[Received], Answer]]:
    def each(endpoint: Endpoint, nth: int, answer: Answer) -> Callable[[Received], Answer]:
        return lambda _: answer if len(endpoint.received) % nth == 0 else Answer()

    endpoints = place.endpoints
    yield each(endpoints[0], 5, Answer(status=503))
    yield each(endpoints[1], 7, Answer(fault=Fault.CUT))
    yield each(endpoints[2], 41, Answer(fault=Fault.SILENCE))
    yield each(endpoints[3], 6, Answer(fault=Fault.GIBBERISH))
    yield lambda _: Answer(status=500) if 6 <= place.now().hour < 13 else Answer()  # and the last one is sound


def main() -> int:
    """Live through what is asked for; 1 where anything differs."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that nobody is left behind
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_QUIET))
    parser = argparse.ArgumentParser(description="Follow a registry through a month of simulated time.")
    parser.add_argument("--days", type=int, default=31)
    parser.add_argument("--trials", type=int, default=600)
    parser.add_argument("--subscriptions", type=int, default=200)
    parser.add_argument("--quiet-days", type=int, default=7, help="without a release, at the end")
    parser.add_argument("--seed", type=int, default=1)
    course = Course(**vars(parser.parse_args()))
    began_s = time.monotonic()
    with own_server() as server, fresh_database(server.url) as url, folder_of_logs() as folder:
        rows = lived(url, course, folder=folder, say=_say)
    _say("\n".join([HEAD, *map(str, rows)]))
    is_equal = not any(row.differences for row in rows)
    _say(f"{course}: {'equal' if is_equal else 'NOT EQUAL'}, {time.monotonic() - began_s:,.0f} s")
    return 0 if is_equal else 1


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
