"""Checks one by one: how they are told, and where well ends."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from store.disk import Disk
from store.errors import Permanent as StorePermanent
from store.footing import Footing
from tracker.doctor.checks import Check, Name, Verdict, examined
from tracker.doctor.ledger_checks import unsound
from tracker.doctor.shown_settings import scrubbed, shown_value
from tracker.doctor.surroundings_checks import Once, check_clock, is_nearly_full
from tracker.domain.clock import SystemClock
from tracker.domain.errors import Transient
from tracker.registry import Release
from tracker.settings import read_settings
from tracker.sources.ctgov.probing import Probed

RELEASE = Release(stamp="2026-01-12T09:00:05", api_version="2.0.5", data_on=date(2026, 1, 12))


@pytest.mark.parametrize(
    "error",
    (Transient("ask later"), StorePermanent("the file is damaged"), OSError(5, "i/o error"), ZeroDivisionError("oops")),
)
def test_a_check_that_breaks_keeps_no_other_from_being_made(error: Exception) -> None:
    """Whatever it breaks with is its message, and the next check is made."""

    def breaks() -> Verdict:
        raise error

    first, second = examined({Name.CLOCK: breaks, Name.DISK: lambda: Verdict(ok=True, message="room")})
    assert (False, True) == (first.ok, str(error).partition("] ")[2] in first.message)
    assert first.advice
    assert Check(check=Name.DISK, ok=True, message="room", advice="") == second


def test_messages_are_scrubbed() -> None:
    """What a check says of an address or a login is masked, whoever said it."""
    said = "bad login postgresql://ada:tux@h/n for grace@example.net"
    (one,) = examined({Name.DATABASE: lambda: Verdict(ok=False, message=said, advice="ask ada@example.net")})
    assert ("bad login postgresql://***@h/n for ***@example.net", "ask ***@example.net") == (one.message, one.advice)


@pytest.mark.parametrize(
    ("database_s", "registry_s", "ok", "words"),
    (
        (0.2, 0.9, True, "that of the database agrees"),
        (None, None, True, "no other clock"),
        (4.9, 59.0, True, "that of the registry is 59 s ahead of"),
        (5.1, 0.0, False, "that of the database is 5 s ahead of"),
        (0.0, 61.0, False, "that of the registry is 61 s ahead of"),
        (0.0, -3600.0, False, "that of the registry is 3,600 s behind"),
    ),
)
def test_clocks_that_differ_much_are_not_well(
    database_s: float | None, registry_s: float | None, ok: bool, words: str
) -> None:
    """The database's may differ by 5 s, since leases end by it; the registry's by a minute, since it is coarse."""
    ahead = None if registry_s is None else timedelta(seconds=registry_s)
    registry = Once(_SETTINGS, SystemClock().now, Probed(release=RELEASE, ahead=ahead, took=timedelta(seconds=1)))
    found = check_clock(_SETTINGS, registry, lambda: database_s)
    assert (ok, True, ok) == (found.ok, words in found.message, found.advice == "")


def test_who_cannot_be_asked_for_the_time_is_named() -> None:
    """A registry that does not answer leaves the database's clock to go by."""
    found = check_clock(_SETTINGS, Once(_SETTINGS, SystemClock().now, Transient("no answer")), lambda: 0.0)
    assert found.ok
    assert "that of the database agrees with the machine's to the second; the registry could not be asked" in (
        found.message
    )


@pytest.mark.parametrize(
    ("free_bytes", "total_bytes", "full"),
    (
        (999_999_999, 10**12, True),
        (10**9, 10**12, False),
        (49_999_999, 10**9, True),
        (50_000_000, 10**9, False),
    ),
)
def test_a_disk_is_nearly_full_below_a_gigabyte_or_a_twentieth(free_bytes: int, total_bytes: int, full: bool) -> None:
    """The lesser of both is what has to be free."""
    assert full == is_nearly_full(Disk(free_bytes=free_bytes, total_bytes=total_bytes))


@pytest.mark.parametrize(
    ("footing", "words"),
    (
        (Footing(), None),
        (Footing(file_system="ext4", is_remote=False, has_write_ahead_log=True), None),
        (Footing(file_system="nfs4", is_remote=True, has_write_ahead_log=True), "a network file system (nfs4)"),
        (Footing(file_system="ext4", is_remote=False, has_write_ahead_log=False), "no write-ahead log"),
        (Footing(has_write_ahead_log=True, has_word_search=True), None),
        (Footing(has_write_ahead_log=True, has_word_search=False), "without FTS5"),
        (Footing(connections_left=5, connections_most=97), None),
        (Footing(connections_left=4, connections_most=97), "4 connections of 97 are left"),
    ),
)
def test_what_keeps_writers_waiting_is_told(footing: Footing, words: str | None) -> None:
    """A network's file system, a missing log, a server without connections; nothing where nothing is known."""
    found = unsound(footing)
    assert (words is None) == (found is None)
    if found is not None:
        assert (False, True, True) == (found.ok, str(words) in found.message, bool(found.advice))


SHOWN: tuple[tuple[Callable[[], str], str], ...] = (
    (lambda: shown_value("email.password", "hunter2"), "***"),
    (lambda: shown_value("email.password", ""), ""),
    (lambda: shown_value("operator.to", "mailto:ada@example.net"), "a***@example.net"),
    (lambda: shown_value("operator.to", "ada"), "***"),
    (lambda: shown_value("database", "postgresql://ada:p@ss@h/n"), "postgresql://***@h/n"),
    (
        lambda: shown_value("database", "postgresql://h/n?user=a&password=tux&x=1"),
        "postgresql://h/n?user=a&password=***&x=1",
    ),
    (lambda: shown_value("delivery.retry_waits_s", (0.0, 5.5)), "0, 5.5"),
    (lambda: shown_value("schedule.release", ("every 20m", "off")), "every 20m, off"),
    (lambda: scrubbed("a\x1b[31m <ada@example.net>,bob@h"), "a\\x1b[31m <***@example.net>,***@h"),
)


@pytest.mark.parametrize(("made", "expected"), SHOWN)
def test_what_may_be_shown_of_a_setting(made: Callable[[], str], expected: str) -> None:
    """Secrets and what stands before an @ are masked; the rest is as it was said."""
    assert expected == made()


_SETTINGS = read_settings(options={}, environment={})
