"""Schedules: what their rules mean, what is due, and how a rule that cannot be used is refused."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from tracker.domain.errors import InvalidInput
from tracker.domain.schedule import due_at, is_due, parse_rules

RELEASE = ("*/20 12-18 * * mon-fri", "0 * * * *")
NIGHTLY = ("17 3 * * *",)


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def slots(rules: Sequence[str], after: str, count: int) -> list[str]:
    """The ``count`` slots later than ``after``."""
    schedule, instant, found = parse_rules(rules), at(after), []
    for _ in range(count):
        following = schedule.next_after(instant)
        assert following is not None
        instant = following
        found.append(f"{instant:%Y-%m-%d %H:%M}")
    return found


def test_any_rule_of_a_list_is_enough() -> None:
    """Every 20 minutes on weekdays from 12 to 18 and hourly otherwise is two rules; what both name comes once."""
    friday = ["2026-05-01 11:00", "2026-05-01 12:00", "2026-05-01 12:20", "2026-05-01 12:40", "2026-05-01 13:00"]
    assert friday == slots(RELEASE, "2026-05-01T10:59", 5)
    assert ["2026-05-01 18:40", "2026-05-01 19:00", "2026-05-01 20:00"] == slots(RELEASE, "2026-05-01T18:20", 3)
    assert ["2026-05-02 12:00", "2026-05-02 13:00"] == slots(RELEASE, "2026-05-02T11:00", 2)


@pytest.mark.parametrize(
    ("rule", "after", "expected"),
    (
        ("37 4 1 * *", "2026-01-31T12:00", ["2026-02-01 04:37", "2026-03-01 04:37"]),
        ("0 0 31 * *", "2026-01-31T00:00", ["2026-03-31 00:00", "2026-05-31 00:00"]),
        ("0 0 29 2 *", "2096-02-29T00:00", ["2104-02-29 00:00", "2108-02-29 00:00"]),
        ("0 0 30 jan-mar *", "2026-01-30T00:00", ["2026-03-30 00:00", "2027-01-30 00:00"]),
        ("5-59/20 23 * dec sun,sat", "2026-12-27T23:10", ["2026-12-27 23:25", "2026-12-27 23:45", "2027-12-04 23:05"]),
        ("59 23 * * *", "2026-12-31T23:58:59", ["2026-12-31 23:59", "2027-01-01 23:59"]),
        ("* * * * *", "2026-12-31T23:59:00.000001", ["2027-01-01 00:00"]),
    ),
)
def test_a_rule_of_cron_names_minutes(rule: str, after: str, expected: list[str]) -> None:
    """Days that a month lacks are passed over, and a slot is later than the instant, be it by a microsecond."""
    assert expected == slots([rule], after, len(expected))


def test_the_calendar_ends() -> None:
    """In the year 9999 nothing comes any more, and nothing breaks."""
    for rule in ("* * * * *", "every 365d"):
        assert parse_rules([rule]).next_after(datetime.max.replace(tzinfo=UTC)) is None


def test_an_instant_of_another_zone_is_read_in_utc() -> None:
    """Rules are in UTC, whatever the zone in which an instant is told."""
    berlin = datetime.fromisoformat("2026-05-01T05:00:00+02:00")
    assert at("2026-05-01T03:17") == parse_rules(NIGHTLY).next_after(berlin)


def test_what_is_off_is_never_due() -> None:
    """Neither when it was never done nor long after."""
    off = parse_rules([" OFF "])
    assert off.is_off
    assert off.next_after(at("2026-05-01")) is None
    assert not is_due(off, done_at=None, now=at("2026-05-01"))
    assert not is_due(off, done_at=at("2020-05-01"), now=at("2026-05-01"))


def test_what_was_never_done_is_due_at_once() -> None:
    """Where nothing is known of a last time there is no slot to wait for."""
    assert is_due(parse_rules(NIGHTLY), done_at=None, now=at("2026-05-01T12:00"))


def test_what_was_missed_is_made_up_once() -> None:
    """After five missed nights it is due, and when that is done, not before the next night."""
    nightly = parse_rules(NIGHTLY)
    woken_at = at("2026-05-06T09:00")
    assert is_due(nightly, done_at=at("2026-05-01T03:17"), now=woken_at)
    assert not is_due(nightly, done_at=woken_at, now=at("2026-05-07T03:16:59"))
    assert is_due(nightly, done_at=woken_at, now=at("2026-05-07T03:17"))


def test_a_slot_is_due_at_its_own_instant() -> None:
    """Not a microsecond before, and not again once it was done on it."""
    nightly, slot = parse_rules(NIGHTLY), at("2026-05-02T03:17")
    assert not is_due(nightly, done_at=at("2026-05-01T03:17"), now=slot - timedelta(microseconds=1))
    assert is_due(nightly, done_at=at("2026-05-01T03:17"), now=slot)
    assert not is_due(nightly, done_at=slot, now=slot)


def test_every_counts_from_the_last_time() -> None:
    """Twenty minutes after it was done, whatever the minute of the hour."""
    schedule, done_at = parse_rules(["every 20m"]), at("2026-05-01T12:07:13")
    assert at("2026-05-01T12:27:13") == due_at(schedule, done_at=done_at, now=done_at)
    assert not is_due(schedule, done_at=done_at, now=at("2026-05-01T12:27:12"))
    assert is_due(schedule, done_at=done_at, now=at("2026-05-01T12:27:13"))


@pytest.mark.parametrize("rule", ("every 1s", "every 20m", "every 365d", *NIGHTLY))
def test_a_clock_that_was_set_back_stops_nothing(rule: str) -> None:
    """What is said to have been done a year from now is due at once, and when it is done its slots are those again."""
    schedule, now = parse_rules([rule]), at("2026-05-01T12:00")
    assert is_due(schedule, done_at=at("2027-05-01"), now=now)
    assert not is_due(schedule, done_at=now, now=now)


def test_a_clock_that_differs_by_seconds_repeats_no_slot() -> None:
    """What another host has done half a minute ahead of our clock is done."""
    now = at("2026-05-01T03:16:45")
    assert at("2026-05-02T03:17") == due_at(parse_rules(NIGHTLY), done_at=at("2026-05-01T03:17:15"), now=now)


@pytest.mark.parametrize(
    ("rule", "said"),
    (
        ("", "expected five fields"),
        ("@daily", "expected five fields"),
        ("0 */20 12-18 * * mon-fri", "such as */20 12-18 * * mon-fri"),
        ("60 * * * *", "minute '60': expected numbers from 0 to 59, * or ranges, such as */20 or 0,30"),
        ("* 24 * * *", "hour '24': expected numbers from 0 to 23"),
        ("* * 0 * *", "day of the month '0': expected numbers from 1 to 31"),
        ("* * L * *", "day of the month 'l': expected numbers from 1 to 31"),
        ("* * * 13 *", "month '13': expected numbers from 1 to 12"),
        ("* * * juli *", "there is no month 'juli'; did you mean jul"),
        ("-5 * * * *", "minute '-5': expected numbers"),
        ("*-5 * * * *", "minute '*-5': expected numbers"),
        ("1,,2 * * * *", "minute '': expected numbers"),
        ("\u0663 * * * *", "expected numbers from 0 to 59"),
        ("1-99999999999 * * * *", "expected numbers from 0 to 59"),
        ("5/10 * * * *", "minute '5/10': expected a range before the step, such as 5-59/10"),
        ("*/0 * * * *", "minute '*/0': expected a step from 1 to 59"),
        ("*/60 * * * *", "minute '*/60': expected a step from 1 to 59"),
        ("5-5/1 * * * *", "expected no step, since the range is one number"),
        ("* 22-4 * * *", "hour '22-4' runs backwards; expected two ranges, such as 22-23,0-4"),
        ("* * * nov-feb *", "runs backwards; expected two ranges, such as nov-dec,jan-feb"),
        ("* * * * 1-5", "expected names, since crons disagree on which days 0 and 7 are, such as mon-fri"),
        ("* * * * 7", "expected names"),
        ("* * * * monday", "there is no weekday 'monday'; did you mean mon"),
        ("* * * * fri-sun/2", "expected names without a step"),
        ("* * * * */2", "expected names without a step"),
        ("* * * * sun-tue", "runs backwards; expected two ranges, such as sun,mon-tue"),
        ("* * * * ?", "expected *, a range or a list, such as mon-fri or sat,sun"),
        ("0 3 13 * fri", 'expected two rules, such as "0 3 13 * *" and "0 3 * * fri"'),
        ("0 3 1-31 * mon-sun", "expected two rules"),
        ("0 3 */2 * mon", "expected two rules"),
        ("0 3 30 feb *", 'such a day never comes; expected one that its month has, such as "0 3 28 feb *"'),
        ("0 3 31 4,6,9,11 *", "such a day never comes"),
        ("every 20", "expected a number of s, m, h or d behind every, such as every 20m"),
        ("every 1.5h", "expected a number of s, m, h or d"),
        ("every 1w", "expected a number of s, m, h or d"),
        ("every day", "expected a number of s, m, h or d"),
        ("every 0m", "expected from 1s to 365d, such as every 20m"),
        ("every 366d", "expected from 1s to 365d"),
        ("every 999999999d", "expected from 1s to 365d"),
    ),
)
def test_a_rule_that_cannot_be_used_is_refused_with_what_was_expected(rule: str, said: str) -> None:
    """The refusal names the rule, and what to write instead."""
    with pytest.raises(InvalidInput) as refused:
        parse_rules(["every 1h", rule])
    assert f'the rule "{rule.lower()}" cannot be used: ' in str(refused.value)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("rules", "said"),
    (
        ((), 'there is no rule; expected at least one, such as "every 20m"'),
        (("off", "every 20m"), '"off" stands beside other rules; expected it alone'),
        (("off", "off"), '"off" stands beside other rules; expected it alone'),
    ),
)
def test_off_stands_alone_and_something_stands(rules: tuple[str, ...], said: str) -> None:
    """An empty list says neither when nor never."""
    with pytest.raises(InvalidInput) as refused:
        parse_rules(rules)
    assert said in str(refused.value)
