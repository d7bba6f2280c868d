"""How long it takes to tell 1,000 subscriptions of a day of 1,200 changed trials, SQLite.

Each part of an evaluation by itself; and the look-up of who asks for what, against trying every subscription with every
change, one by one, on a sample of the same changes. Beside it how long ``backtest`` takes for one that asks for all.
"""

import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.records import made_record
from store.unit_of_work import Database, Transaction
from tracker.alerts.backtesting import Backtest
from tracker.alerts.changes import CONSUMER, tell_changes
from tracker.alerts.clock import record_what_lapsed
from tracker.alerts.conditions import tell_conditions
from tracker.alerts.digests import tell_digests
from tracker.alerts.groups import Group, read_groups
from tracker.alerts.matching import Matcher
from tracker.alerts.subscribing import Acting
from tracker.alerts.targets import Target
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.conditions import parse_condition
from tracker.domain.coverage import WHOLE
from tracker.domain.digest_times import parse_digest_times
from tracker.domain.events import Significance
from tracker.domain.subscription import Scope, Subscription, Wanted, When, checked
from tracker.domain.subscription_matching import matches_change, matches_scope
from tracker.pipeline.preparing import address_of, prepare
from tracker.pipeline.recording import Recorder
from tracker.pipeline.replaying import ensure_views
from tracker.source import observe
from tracker.views.standing import StandingSubscription, standing

SUBSCRIPTIONS, TRIALS, CHANGED = 1_000, 6_000, 1_200
SAMPLE_GROUPS = 100  # for the double loop
_FIRST_NOW = datetime(2026, 2, 3, 14, tzinfo=UTC)
_STATUSES = ("RECRUITING", "COMPLETED", "ACTIVE_NOT_RECRUITING", "TERMINATED")


@dataclass(slots=True)
class _Clock:
    """The instant of the ledger; a day goes by between the records and their successors."""

    now: datetime = _FIRST_NOW


def main() -> None:
    """Print the seconds of each part, and the ratio to the double loop."""
    with tempfile.TemporaryDirectory() as folder:
        clock = _Clock()
        database = Database.open(Path(folder) / "ledger.db", clock=lambda: clock.now)
        ensure_views(database, show=lambda *_: None)
        assert database.dialect_name == "sqlite"
        _see(database, clock, range(TRIALS), version=0)
        _subscribe(database, clock)
        first_s = _evaluate_s(database, clock)
        clock.now += timedelta(days=1)
        _see(database, clock, range(CHANGED), version=1)
        after = _checkpoint(database)
        parts_s = _evaluate_s(database, clock)
        print(
            f"alerts: {SUBSCRIPTIONS:,} subscriptions of mixed scopes, a day of {CHANGED:,} changed trials among "
            f"{TRIALS:,} (made records, SQLite):"
        )
        told = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in parts_s.items())
        deliveries, first = _enqueued(database), sum(first_s.values())
        print(f"  evaluated in {sum(parts_s.values()):.2f} s ({told}); the first time {first:.2f} s; {deliveries}")
        _print_look_up(database, after)
        _print_backtest(database, clock)
        database.close()


def _print_look_up(database: Database, after: int) -> None:
    with database.reading() as transaction:
        head = transaction.events.head().position
        groups = read_groups(transaction, after=after, until=head, about=1_000_000).groups
        asking = standing(transaction.connection)
    sample = random.Random(7).sample(list(groups), SAMPLE_GROUPS)
    ours, ours_s = _timed(lambda: _looked_up(asking, groups))
    theirs, theirs_s = _timed(lambda: _tried(asking, sample))
    assert theirs == _looked_up(asking, sample)
    ratio = (theirs_s / SAMPLE_GROUPS) / (ours_s / len(groups))
    print(
        f"  look-up of {len(groups):,} revisions, {ours:,} matches: {ours_s:.2f} s; each with each (by a sample of "
        f"{SAMPLE_GROUPS}) {theirs_s / SAMPLE_GROUPS * len(groups):.0f} s: ratio {ratio:.0f}"
    )


def _print_backtest(database: Database, clock: _Clock) -> None:
    with database.reading() as transaction:
        asked = next(one for one in standing(transaction.connection) if one.name == "everything")
        tested = Backtest(transaction=transaction, subscription=asked, since=date(2025, 10, 1), until=clock.now.date())
        messages, seconds = _timed(lambda: sum(1 for _ in tested.messages()))
    print(f"  backtest of a request for everything: {messages:,} messages in {seconds:.2f} s")


def _looked_up(asking: Sequence[StandingSubscription], groups: Sequence[Group]) -> int:
    matcher = Matcher(asking)
    return sum(len(matcher.matched(group.sides, group.changes)) for group in groups)


def _tried(asking: Sequence[StandingSubscription], groups: Sequence[Group]) -> int:
    return sum(
        matches_scope(one.request.scope, group.sides)
        and any(matches_change(one.request.wanted, change) for change in group.changes)
        for group in groups
        for one in asking
    )


def _evaluate_s(database: Database, clock: _Clock) -> dict[str, float]:
    """The seconds of each part of an evaluation, each in transactions of its own."""
    parts: dict[str, Callable[[Transaction], object]] = {
        "clock": lambda transaction: record_what_lapsed(
            transaction, today=clock.now.date(), now=clock.now, run_id="made"
        ),
        "changes": lambda transaction: _tell_all(transaction, clock.now),
        "conditions": lambda transaction: tell_conditions(transaction, today=clock.now.date(), now=clock.now),
        "digests": lambda transaction: tell_digests(transaction, now=clock.now),
    }
    return {name: _timed(lambda tell=tell: _written(database, tell))[1] for name, tell in parts.items()}  # type: ignore[misc]


def _tell_all(transaction: Transaction, now: datetime) -> None:
    while not tell_changes(transaction, now=now).is_done:
        pass


def _written(database: Database, tell: Callable[[Transaction], object]) -> None:
    with database.writing() as transaction:
        tell(transaction)


def _enqueued(database: Database) -> str:
    with database.reading() as transaction:
        return f"{transaction.outbox.counts().total:,} deliveries"


def _checkpoint(database: Database) -> int:
    with database.reading() as transaction:
        return transaction.checkpoints.get(CONSUMER)


def _see(database: Database, clock: _Clock, numbers: range, *, version: int) -> None:
    """Record a version of each trial: the first, or one with another status, verified anew."""
    on = clock.now.date()
    for start in range(numbers.start, numbers.stop, 500):
        with database.writing() as transaction:
            recorder = Recorder(
                transaction=transaction, catalogue=default_catalogue(), run_id="made", observed_at=clock.now
            )
            batch = [_record(number, on, version) for number in range(start, min(start + 500, numbers.stop))]
            observed = (
                observe(one, trial_id=_id(number), coverage=WHOLE, source="made")
                for number, one in enumerate(batch, start)
            )
            recorder.record([prepare(one, address=address_of(one.record)) for one in observed])


def _record(number: int, on: date, version: int) -> dict[str, Any]:
    record: dict[str, Any] = made_record(number % 300, sites=3)
    protocol = record["protocolSection"]
    protocol["identificationModule"]["nctId"] = _id(number)
    protocol["statusModule"] |= {
        "overallStatus": _STATUSES[(number + version) % len(_STATUSES)],
        "statusVerifiedDate": f"{2023 + number % 3}-{number % 12 + 1:02}",
        "completionDateStruct": {"date": f"{2024 + number % 4}-06", "type": "ESTIMATED"},
        "lastUpdatePostDateStruct": {"date": on.isoformat(), "type": "ACTUAL"},
    }
    protocol["sponsorCollaboratorsModule"] = {"leadSponsor": {"name": f"University {number % 400}"}}
    record["derivedSection"]["miscInfoModule"]["versionHolder"] = on.isoformat()
    return record


def _id(number: int) -> str:
    return f"NCT{number:08d}"


def _subscribe(database: Database, clock: _Clock) -> None:
    numbers = count()
    with database.writing() as transaction:
        acting = Acting(transaction=transaction, now=clock.now, new_id=lambda: f"id{next(numbers)}")
        for at, asked in enumerate(_requests()):
            acting.subscribe(asked, [Target(channel="email", clear=f"mailto:{at}@x.org", mask="m***", endpoint="e")])


def _requests() -> Iterator[Subscription]:
    """Mixed: a trial, some trials, a sponsor, a condition, a country, a status; changes, conditions, digests."""
    chosen = random.Random(11)
    yield Subscription(name="everything", wanted=Wanted(significance=Significance.MAJOR))
    whens = (parse_condition("unknown"), parse_condition("lapsing:60d"))
    for at in range(1, SUBSCRIPTIONS):
        scope = (
            Scope(trials=(_id(chosen.randrange(TRIALS)),)),
            Scope(trials=tuple({_id(chosen.randrange(TRIALS)) for _ in range(20)})),
            Scope(sponsors=(f"University {chosen.randrange(400)}",)),
            Scope(conditions=(f"word{chosen.randrange(2000)}",)),
            Scope(countries=("Norway",), sponsors=(f"University {chosen.randrange(40)}",)),
            Scope(statuses=("TERMINATED",), conditions=(f"word{chosen.randrange(200)}",)),
        )[at % 6]
        wanted = (Wanted(), Wanted(significance=Significance.MINOR), Wanted(when=whens))[at % 7 % 3]
        digest = parse_digest_times("daily") if at % 10 == 0 else None
        yield checked(replace(Subscription(name=f"s{at}"), scope=scope, wanted=wanted, when=When(digest=digest)))


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


if __name__ == "__main__":
    main()
