"""What is amiss with trialog itself, from facts."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.domain.errors import BLOCKS
from tracker.domain.fitness import OF_DATABASE, Code, public_words, reasons
from tracker.domain.running import (
    OPERATOR,
    CheckFacts,
    DaemonFacts,
    DatabaseFault,
    DiskFacts,
    Facts,
    JobFacts,
    LegFacts,
    ReleaseFacts,
)

NOW = datetime(2026, 5, 8, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LEGS = tuple(
    LegFacts(leg=leg, last_complete_at=NOW - HOUR, last_run=f"run-{leg}", outcome="complete")
    for leg in ("delta", "sweep", "due", "missing", "refresh")
)
WELL = Facts(
    now=NOW,
    silence_h=26,
    database_now=NOW,
    disk=DiskFacts(free_bytes=50_000_000_000, total_bytes=100_000_000_000),
    legs=LEGS,
    jobs=(JobFacts(job="release", outcome="ok"),),
    tracked_since=NOW - 30 * DAY,
    release=ReleaseFacts(data_on=date(2026, 5, 8), first_seen_at=NOW - HOUR, last_seen_at=NOW),
    checks=(CheckFacts(scope="all", ok=True, checked_at=NOW - DAY),),
)
GONE = DaemonFacts(
    daemon_id="d1",
    host="one",
    pid=7,
    version="1",
    roles=("poller",),
    started_at=NOW - 3 * DAY,
    seen_at=NOW - HOUR,
    alive=False,
)


def codes(facts: Facts) -> list[tuple[str, str]]:
    """Code and subject of each reason."""
    return [(reason.code.value, reason.subject) for reason in reasons(facts)]


def test_a_ledger_that_is_well_gives_no_reason() -> None:
    """Nor does one in which nothing was ever done."""
    assert [] == reasons(WELL)
    assert [] == reasons(Facts(now=NOW, silence_h=26))


@pytest.mark.parametrize("fault", DatabaseFault)
def test_a_database_that_cannot_be_used_is_one_reason(fault: DatabaseFault) -> None:
    """What is not known of it is no reason besides; in public nothing is said of where it lies."""
    (reason,) = reasons(Facts(now=NOW, silence_h=26, database_fault=fault, database_said="at some/place"))
    assert (fault.value, True) == (reason.code.value, "some/place" in reason.message)
    assert "some/place" not in public_words(reason.code)
    assert reason.code in OF_DATABASE


def test_outdated_views_hide_nothing_else() -> None:
    """What the store knows is still judged."""
    found = replace(WELL, database_fault=DatabaseFault.VIEWS_OUTDATED, held_runs={"r1": 2})
    assert [("views_outdated", ""), ("held_run", "r1")] == codes(found)


@pytest.mark.parametrize(
    ("free_bytes", "total_bytes", "expected"),
    (
        (999_999_999, 500_000_000_000, True),
        (1_000_000_000, 500_000_000_000, False),
        (49_999_999, 1_000_000_000, True),
        (50_000_001, 1_000_000_000, False),
    ),
)
def test_a_disk_is_nearly_full_below_a_gigabyte(free_bytes: int, total_bytes: int, expected: bool) -> None:
    """On a small disk, below a twentieth of it."""
    disk = DiskFacts(free_bytes=free_bytes, total_bytes=total_bytes)
    assert expected == (("disk_nearly_full", "") in codes(replace(WELL, disk=disk)))


def test_a_disk_is_told_of_also_where_the_database_fails() -> None:
    """It may be why."""
    full = replace(WELL, database_fault=DatabaseFault.UNREACHABLE, disk=DiskFacts(free_bytes=0, total_bytes=10))
    assert ["database_unreachable", "disk_nearly_full"] == [code for code, _ in codes(full)]


def test_a_verification_that_failed_is_a_reason_for_each_scope() -> None:
    """With the position that is wrong."""
    bad = CheckFacts(scope="new", ok=False, checked_at=NOW, position=42, reason="the chain is broken")
    found = reasons(replace(WELL, checks=(*WELL.checks, bad)))
    assert [(Code.VERIFICATION_FAILED, "new")] == [(one.code, one.subject) for one in found]
    assert "at position 42: the chain is broken" in found[0].message


@pytest.mark.parametrize(("hours", "expected"), ((26, []), (26.001, [("silence", "")])))
def test_silence_is_more_than_so_many_hours(hours: float, expected: list[tuple[str, str]]) -> None:
    """Of any leg; the message says of which."""
    old = replace(LEGS[1], last_complete_at=NOW - timedelta(hours=hours))
    assert expected == codes(replace(WELL, legs=(LEGS[0], old, *LEGS[2:])))


def test_silence_names_the_legs_and_since_when() -> None:
    """One that was never complete is silent since ever."""
    old = replace(LEGS[1], last_complete_at=NOW - 2 * DAY)
    (reason,) = reasons(replace(WELL, legs=(LEGS[0], old)))
    assert "no complete run of sweep since 2026-05-06 12:00 UTC" in reason.message
    (reason,) = reasons(replace(WELL, legs=(LegFacts(leg="delta"),)))
    assert "no complete run of any leg ever; expected one within 26 hours" in reason.message


def test_what_is_tracked_since_today_is_not_silent() -> None:
    """Nor is a ledger in which nothing is tracked."""
    never = tuple(LegFacts(leg=leg.leg) for leg in LEGS)
    assert [] == codes(replace(WELL, legs=never, tracked_since=NOW - HOUR))
    assert [] == codes(replace(WELL, legs=never, tracked_since=None))
    assert [("silence", "")] == codes(replace(WELL, legs=never))


@pytest.mark.parametrize(("looked_for", "expected"), ((5 * DAY - HOUR, []), (5 * DAY, [("no_release", "")])))
def test_no_release_is_five_days_of_looking(looked_for: timedelta, expected: list[tuple[str, str]]) -> None:
    """A release that is old because nobody looked is silence, not this."""
    release = ReleaseFacts(data_on=date(2026, 5, 1), first_seen_at=NOW - 9 * DAY, last_seen_at=NOW - 9 * DAY)
    assert [] == codes(replace(WELL, release=release))
    assert expected == codes(
        replace(WELL, release=replace(release, last_seen_at=release.first_seen_at + looked_for)),
    )


def test_a_registry_that_blocks_is_known_by_its_words() -> None:
    """Of a run, or of the job that looks for releases, and only until the next that goes well."""
    said = f"{BLOCKS}: it answered 403 four times"
    blocked = replace(LEGS[0], outcome="incomplete", reason=said)
    assert [("registry_blocks", "")] == codes(replace(WELL, legs=(blocked, *LEGS[1:])))
    job = JobFacts(job="release", outcome="failed", reason=said, failures_in_a_row=1)
    assert [("registry_blocks", "")] == codes(replace(WELL, jobs=(job,)))
    assert [] == codes(replace(WELL, jobs=(replace(job, failures_in_a_row=0, outcome="ok"),)))


def test_each_run_that_holds_is_a_reason_of_its_own() -> None:
    """So that a second one is told too."""
    assert [("held_run", "r1"), ("held_run", "r2")] == codes(replace(WELL, held_runs={"r1": 1, "r2": 300}))


@pytest.mark.parametrize(("failures", "expected"), ((2, []), (3, [("job_failing", "verify")])))
def test_a_job_is_failing_from_the_third_time_on(failures: int, expected: list[tuple[str, str]]) -> None:
    """In a row."""
    job = JobFacts(job="verify", outcome="failed", reason="busy", failures_in_a_row=failures)
    assert expected == codes(replace(WELL, jobs=(job,)))


def test_a_job_that_is_off_is_nobodys_trouble() -> None:
    """It is never tried again, so what it failed at last would be said for ever."""
    job = JobFacts(job="release", outcome="failed", reason=BLOCKS, failures_in_a_row=3)
    assert [("registry_blocks", ""), ("job_failing", "release")] == codes(replace(WELL, jobs=(job,)))
    assert [] == codes(replace(WELL, jobs=(replace(job, is_off=True),)))


@pytest.mark.parametrize(("hours", "expected"), ((1.0, []), (1.01, [("outbox_overdue", "")])))
def test_an_outbox_is_overdue_after_an_hour(hours: float, expected: list[tuple[str, str]]) -> None:
    """Of what is due and was not sent."""
    assert expected == codes(replace(WELL, overdue_since=NOW - timedelta(hours=hours)))


def test_a_subscription_that_nobody_gets_is_a_reason() -> None:
    """Its owner could not be told."""
    assert [("subscription_unreachable", "mine")] == codes(replace(WELL, unreachable=("mine",)))


def test_the_operators_own_address_has_words_of_its_own() -> None:
    """Nobody can resume it: the setting is named, and what to start."""
    (found,) = reasons(replace(WELL, unreachable=(OPERATOR,)))
    assert (Code.SUBSCRIPTION_UNREACHABLE, OPERATOR) == (found.code, found.subject)
    assert ("operator.to" in found.message, "trialog run" in found.advice, "resume" in found.advice) == (
        True,
        True,
        False,
    )


def test_a_daemon_is_gone_until_another_takes_its_place() -> None:
    """One that was started later on its host, or others for a day; not one that was there before."""
    alive = replace(GONE, daemon_id="d2", alive=True, seen_at=NOW)
    later = replace(alive, started_at=NOW - HOUR)
    elsewhere = replace(later, host="two")
    gone = [("daemon_gone", "d1")]
    assert gone == codes(replace(WELL, daemons=(GONE,)))
    assert gone == codes(replace(WELL, daemons=(GONE, replace(alive, started_at=NOW - 4 * DAY))))
    assert [] == codes(replace(WELL, daemons=(GONE, later)))
    assert gone == codes(replace(WELL, daemons=(GONE, elsewhere)))
    long_gone = replace(GONE, seen_at=NOW - 2 * DAY)
    assert [] == codes(replace(WELL, daemons=(long_gone, elsewhere)))
    assert gone == codes(replace(WELL, daemons=(long_gone,)))
