"""What is asked of the store in sum, for those who watch it: runs, attempts, overdue deliveries, events, checks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from store.deliveries import AttemptOutcome
from store.disk import disk_of_file
from store.engine import kind_and_disk
from store.run_totals import LegStanding, LegTotals, ReleaseSeen
from store.runs import Run
from store.unit_of_work import Database
from store.verifications import Verification
from tests.contract.store.builders import to_stream
from tests.contract.store.mailroom import NOW, claim, dead, enqueue, failed, later, put, sent, settle

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DONE = Run(
    run_id="d1",
    leg="delta",
    scope="all",
    release="2026-05-04T09:00:05",
    data_on=date(2026, 5, 4),
    started_at=NOON,
    finished_at=NOON + HOUR,
    unchanged=5,
    changed=3,
    rejected=2,
    held=1,
    seconds=9.5,
    complete=True,
)
LATER = replace(
    DONE,
    run_id="d2",
    release="2026-05-05T09:00:05",
    data_on=date(2026, 5, 5),
    started_at=NOON + 20 * HOUR,
    finished_at=NOON + 21 * HOUR,
    seconds=60,
    complete=False,
)
UNDER_WAY = Run(run_id="s1", leg="sweep", scope="all", started_at=NOON)


@contextmanager
def runs_in(database: Database, *runs: Run) -> Iterator[None]:
    """These runs are on record."""
    with database.writing() as transaction:
        for run in runs:
            transaction.runs.begin(run)
    yield


def test_how_a_leg_stands_is_its_last_run_and_its_last_complete_one(database: Database) -> None:
    """A leg that never ran is not there; one that was never complete has no instant."""
    with runs_in(database, DONE, UNDER_WAY, LATER), database.reading() as transaction:
        assert {
            "delta": LegStanding(leg="delta", last_run="d2", last_complete_at=NOON + HOUR, data_on=date(2026, 5, 4)),
            "sweep": LegStanding(leg="sweep", last_run="s1", last_complete_at=None, data_on=None),
        } == transaction.runs.legs()


def test_a_release_is_seen_from_its_first_run_to_its_last(database: Database) -> None:
    """Complete or not; the newest is that of the latest date."""
    again = replace(LATER, run_id="d3", started_at=NOON + 30 * HOUR)
    with database.reading() as transaction:
        assert transaction.runs.newest_release() is None
    with runs_in(database, DONE, LATER, UNDER_WAY, again), database.reading() as transaction:
        assert (
            ReleaseSeen(data_on=date(2026, 5, 5), first_seen_at=NOON + 20 * HOUR, last_seen_at=NOON + 30 * HOUR)
            == transaction.runs.newest_release()
        )


def test_finished_runs_are_summed_by_leg(database: Database) -> None:
    """One under way counts when it has ended; a span counts what took exactly as long."""
    with runs_in(database, DONE, LATER, UNDER_WAY), database.reading() as transaction:
        assert [
            LegTotals(
                leg="delta",
                complete=1,
                incomplete=1,
                seconds=69.5,
                within=(0, 1, 2),
                unchanged=10,
                changed=6,
                rejected=4,
                held=2,
            )
        ] == transaction.runs.totals((9, 9.5, 60))


def test_attempts_are_summed_by_channel_and_outcome(database: Database) -> None:
    """Each attempt counts, not each delivery."""
    put(database, "a")
    enqueue(database, "a", "1", "2")
    first, second = claim(database)
    settle(database, failed(first, again_s=10), dead(second))
    (again,) = claim(database, now=later(10))
    settle(database, sent(again, at=later(10)), now=later(10))
    with database.reading() as transaction:
        assert {
            ("webhook", AttemptOutcome.REFUSED): 1,
            ("webhook", AttemptOutcome.DEAD): 1,
            ("webhook", AttemptOutcome.SENT): 1,
        } == transaction.outbox.attempt_totals()


def overdue_since(database: Database, seconds: float) -> datetime | None:
    """Since when something is overdue, so many seconds after NOW."""
    with database.reading() as transaction:
        return transaction.outbox.overdue_since(later(seconds))


def test_what_is_due_and_not_sent_is_overdue(database: Database) -> None:
    """Since it was due; what is sent, dead, held or not due yet is not."""
    put(database, "a")
    assert overdue_since(database, 5) is None
    enqueue(database, "a", "held", now=later(-50), is_held=True)
    enqueue(database, "a", "dead", now=later(-50), dead_because="so")
    enqueue(database, "a", "soon", due_at=later(100))
    assert overdue_since(database, 50) is None
    enqueue(database, "a", "now", now=later(7))
    enqueue(database, "a", "next", now=later(9))
    assert later(7) == overdue_since(database, 50)


def test_an_attempt_to_come_is_overdue_from_its_own_time(database: Database) -> None:
    """What waits behind an endpoint that rests is due from the end of the rest."""
    put(database, "a")
    enqueue(database, "a", "1", "2")
    first, second = claim(database)
    settle(database, failed(first, again_s=60, rests=True), failed(second, again_s=30))
    assert overdue_since(database, 59) is None
    assert later(60) == overdue_since(database, 61)


def test_what_somebody_holds_is_overdue_from_the_end_of_the_lease(database: Database) -> None:
    """Who holds it may be dead."""
    put(database, "a")
    enqueue(database, "a", "1")
    claim(database)
    assert overdue_since(database, 59) is None
    assert later(60) == overdue_since(database, 61)


def test_what_goes_to_a_disabled_address_is_not_overdue(database: Database) -> None:
    """Nobody is to send it."""
    put(database, "a")
    enqueue(database, "a", "1")
    assert NOW == overdue_since(database, 1)
    with database.writing() as transaction:
        transaction.addresses.disable("a", now=NOW, reason="gone")
    assert overdue_since(database, 1) is None


def test_events_are_counted_by_type_between_two_positions(database: Database) -> None:
    """After the one, up to the other."""
    with database.writing() as transaction:
        transaction.events.append_many([to_stream("s", *"abcd", expected=-1)])
    with database.reading() as transaction:
        assert {"happened": 2} == transaction.events.counts_by_type(after=1, until=3)
        assert {} == transaction.events.counts_by_type(after=4, until=9)


def test_the_last_checks_of_all_scopes_are_listed(database: Database) -> None:
    """By name."""
    checks = [Verification(scope=scope, ok=scope == "all", checked_to=1, checked_at=NOON) for scope in ("new", "all")]
    with database.writing() as transaction:
        for check in checks:
            transaction.verifications.put(check)
        assert checks[::-1] == transaction.verifications.list()


def test_the_disk_of_a_file_is_known_of_a_server_it_is_not(database: Database, tmp_path: Path) -> None:
    """Also before there is a file, or its folder."""
    disk = database.disk()
    assert (database.dialect_name == "sqlite") == (disk is not None)
    kind, same = kind_and_disk(database.url)
    assert (database.dialect_name, disk is None) == (kind, same is None)
    made = disk_of_file(tmp_path / "not" / "here.db")
    assert made is not None
    assert 0 < made.free_bytes < made.total_bytes
