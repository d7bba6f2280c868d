"""When digests are due: at clock changes, ends of months and left-out days, and what is refused."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tracker.domain.digest_times import DigestTimes, Every, Weekday, latest_due, next_due, parse_digest_times
from tracker.domain.errors import InvalidInput


def slots(times: DigestTimes, start: str, count: int) -> list[str]:
    """The local times of ``count`` slots later than the instant ``start``."""
    found, at = [], datetime.fromisoformat(start).replace(tzinfo=UTC)
    for _ in range(count):
        at = next_due(times, at)
        found.append(f"{at.astimezone(ZoneInfo(times.zone)):%Y-%m-%d %H:%M %z}")
    return found


def test_a_daily_digest_comes_at_the_local_time_every_day() -> None:
    """Daily 00:00 in New York comes on each day around both changes of 2026, none missing and none twice."""
    times = parse_digest_times("daily", at="00:00", zone="America/New_York")
    spring = ["2026-03-08 00:00 -0500", "2026-03-09 00:00 -0400", "2026-03-10 00:00 -0400"]
    autumn = ["2026-11-01 00:00 -0400", "2026-11-02 00:00 -0500", "2026-11-03 00:00 -0500"]
    assert spring == slots(times, "2026-03-08T00:00", 3)
    assert autumn == slots(times, "2026-11-01T00:00", 3)


def test_a_time_that_comes_twice_counts_once() -> None:
    """Of 01:30 on the day the clock goes back in New York, the first is the slot."""
    times = parse_digest_times("daily", at="01:30", zone="America/New_York")
    expected = ["2026-11-01 01:30 -0400", "2026-11-02 01:30 -0500"]
    assert expected == slots(times, "2026-11-01T00:00", 2)


@pytest.mark.parametrize(
    ("zone", "at", "start", "expected"),
    (
        ("America/New_York", "02:30", "2026-03-08T00:00", "2026-03-08 03:00 -0400"),
        ("America/New_York", "02:00", "2026-03-08T00:00", "2026-03-08 03:00 -0400"),
        ("America/New_York", "03:00", "2026-03-08T00:00", "2026-03-08 03:00 -0400"),
        ("America/Havana", "00:30", "2026-03-08T00:00", "2026-03-08 01:00 -0400"),
        ("Asia/Beirut", "00:00", "2024-03-30T12:00", "2024-03-31 01:00 +0300"),
        ("Africa/Cairo", "00:15", "2024-04-25T12:00", "2024-04-26 01:00 +0300"),
        ("Australia/Lord_Howe", "02:15", "2026-10-03T12:00", "2026-10-04 02:30 +1100"),
    ),
)
def test_a_time_that_is_skipped_is_the_first_instant_after_the_gap(
    zone: str, at: str, start: str, expected: str
) -> None:
    """Where the clock leaps over the time, also at midnight, the slot is the moment it leaps to."""
    assert [expected] == slots(parse_digest_times("daily", at=at, zone=zone), start, 1)


@pytest.mark.parametrize("at", ("00:00", "07:00", "23:59"))
def test_a_day_that_a_zone_left_out_is_no_day(at: str) -> None:
    """Samoa went from 29 to 31 December 2011: a daily digest has no slot between them."""
    days = slots(parse_digest_times("daily", at=at, zone="Pacific/Apia"), "2011-12-29T09:59", 3)
    assert ["2011-12-29", "2011-12-31", "2012-01-01"] == [day[:10] for day in days]
    assert [at] * 3 == [day[11:16] for day in days]


@pytest.mark.parametrize(("every", "on"), (("weekly", "fri"), ("monthly", "30")))
def test_a_week_or_month_whose_day_was_left_out_keeps_its_slot(every: str, on: str) -> None:
    """The Friday 30 December 2011 that Samoa left out is made up for at the first instant after it."""
    times = parse_digest_times(every, at="07:00", zone="Pacific/Apia", on=on)
    assert ["2011-12-31 00:00 +1400"] == slots(times, "2011-12-29T00:00", 1)


def test_a_weekly_digest_comes_on_its_day() -> None:
    """One slot a week, on the weekday asked for."""
    times = parse_digest_times("weekly", at="18:30", zone="Europe/Berlin", on="sun")
    assert ["2026-03-29 18:30 +0200", "2026-04-05 18:30 +0200"] == slots(times, "2026-03-23T00:00", 2)


def test_a_month_that_is_too_short_has_its_slot_on_the_last_day() -> None:
    """The 31st is the 28th in February 2026 and the 30th in April."""
    times = parse_digest_times("monthly", on="31")
    expected = ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]
    assert expected == [slot[:10] for slot in slots(times, "2026-01-01T00:00", 5)]
    assert "2028-02-29" == slots(times, "2028-02-01T00:00", 1)[0][:10]


def test_the_instant_of_a_slot_is_due_and_not_next() -> None:
    """``latest_due`` includes now, ``next_due`` does not include its instant."""
    times = parse_digest_times("daily")
    slot = datetime(2026, 5, 4, 7, tzinfo=UTC)
    assert slot == latest_due(times, slot)
    assert slot - timedelta(days=1) == latest_due(times, slot - timedelta(microseconds=1))
    assert slot + timedelta(days=1) == next_due(times, slot)


def test_an_instant_without_a_zone_is_refused() -> None:
    """Nobody knows which instant a naive one is."""
    with pytest.raises(ValueError, match="must carry a time zone"):
        latest_due(parse_digest_times("daily"), datetime(2026, 5, 4))  # noqa: DTZ001  # that is the point


def test_what_is_not_given_has_a_default() -> None:
    """07:00 in UTC; on Monday, or on the first of the month."""
    for every, on in ((Every.DAILY, None), (Every.WEEKLY, Weekday.MON), (Every.MONTHLY, 1)):
        assert DigestTimes(every=every, at=time(7), zone="UTC", on=on) == parse_digest_times(every.upper())


@pytest.mark.parametrize(
    ("given", "said"),
    (
        ({"every": "dayly"}, "did you mean daily"),
        ({"every": "hourly"}, "expected one of daily, weekly, monthly"),
        ({"at": "7"}, "'7' is no time of day: expected hours and minutes such as 07:00"),
        ({"at": "24:00"}, "no time of day"),
        ({"zone": "europe/berlin"}, "did you mean Europe/Berlin"),
        ({"zone": "Berlin"}, "did you mean Europe/Berlin"),
        ({"zone": "Europe/Berlim"}, "did you mean Europe/Berlin"),
        ({"zone": "new york"}, "did you mean America/New_York"),
        ({"zone": "../../etc/passwd"}, "expected an IANA name such as Europe/Berlin"),
        ({"zone": ""}, "expected an IANA name"),
        ({"on": "mon"}, "a daily digest comes every day"),
        ({"every": "weekly", "on": "monday"}, "did you mean mon"),
        ({"every": "weekly", "on": "1"}, "expected one of mon, tue"),
        ({"every": "monthly", "on": "32"}, "expected a number from 1 to 31"),
        ({"every": "monthly", "on": "0"}, "expected a number from 1 to 31"),
    ),
)
def test_what_cannot_be_used_is_refused_with_what_was_expected(given: dict[str, str], said: str) -> None:
    """The refusal names what is near, or what there is."""
    with pytest.raises(InvalidInput) as refused:
        parse_digest_times(given.pop("every", "daily"), **given)
    assert said in str(refused.value)
