"""Digest slots in every zone there is: one for each local day, week or month, never two, none lost."""

import random
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.laws import tries
from tests.properties.records import LAWFUL
from tracker.domain.digest_times import DigestTimes, Every, Weekday, latest_due, next_due

ZONES = sorted(available_timezones())
LEAPING = ("Pacific/Apia", "Pacific/Kwajalein", "Pacific/Kanton", "America/Havana", "Asia/Beirut", "Africa/Cairo")
A_SECOND, A_WEEK = timedelta(seconds=1), timedelta(days=7)
FIRST = datetime(1970, 1, 1, tzinfo=UTC)
AT = st.times().map(lambda one: time(one.hour, one.minute)) | st.sampled_from(
    (time(), time(1, 30), time(2), time(23, 59))
)


@st.composite
def digest_times(draw: st.DrawFn) -> DigestTimes:
    """Any digest times in any zone, those that leap at midnight or over days more often."""
    every = draw(st.sampled_from(Every))
    on: Weekday | int | None = None
    if every is Every.WEEKLY:
        on = draw(st.sampled_from(Weekday))
    elif every is Every.MONTHLY:
        on = draw(st.integers(1, 31))
    zone = draw(st.sampled_from(ZONES) | st.sampled_from(LEAPING))
    return DigestTimes(every=every, at=draw(AT), zone=zone, on=on)


@st.composite
def cases(draw: st.DrawFn) -> tuple[DigestTimes, datetime]:
    """Digest times, and any instant from 1900 to 2100."""
    return draw(digest_times()), datetime(1900, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 105_192_000)))


def new_york(at: time) -> DigestTimes:
    """Daily in New York."""
    return DigestTimes(every=Every.DAILY, at=at, zone="America/New_York", on=None)


def last_change(instant: datetime, zone: ZoneInfo) -> datetime | None:
    """When the zone's clock last changed in the year before ``instant``; None where it did not."""
    days = [instant - timedelta(days=n) for n in range(366)]
    for late, early in pairwise(days):
        if early.astimezone(zone).utcoffset() != late.astimezone(zone).utcoffset():
            while late - early > A_SECOND:
                middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
                is_changed = middle.astimezone(zone).utcoffset() == late.astimezone(zone).utcoffset()
                early, late = (early, middle) if is_changed else (middle, late)
            return late
    return None


def local(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock of ``zone`` shows."""
    return instant.astimezone(zone).replace(tzinfo=None)


def first_shown(wanted: datetime, zone: ZoneInfo) -> datetime:
    """The first instant at which the clock shows ``wanted`` or later, by trying all instants around it."""
    at = wanted.replace(tzinfo=UTC) - timedelta(hours=40)
    near = wanted - timedelta(hours=2)  # from there on in small steps, lest a clock that soon goes back is missed
    for target, step in ((near, timedelta(minutes=20)), (wanted, timedelta(minutes=1)), (wanted, A_SECOND)):
        while local(at, zone) < target:
            at += step
        at -= step
    return at + A_SECOND


def wanted_days(times: DigestTimes, around: date) -> list[date]:
    """The days by the calendar on which slots fall, for some time before and after ``around``."""
    if times.every is Every.DAILY:
        return [around + timedelta(days=n) for n in range(-4, 5)]
    if times.every is Every.WEEKLY:
        weekdays = list(Weekday)
        days = [around + timedelta(days=n) for n in range(-17, 18)]
        return [day for day in days if weekdays[day.weekday()] is times.on]
    assert isinstance(times.on, int)
    days = [around + timedelta(days=n) for n in range(-64, 65)]
    return [day for day in days if day.day == times.on or (day.day < times.on and (day + timedelta(days=1)).day == 1)]


def plainly(times: DigestTimes, around: datetime) -> list[datetime]:
    """The slots by the rule alone, in their order."""
    zone = ZoneInfo(times.zone)
    found = []
    for day in wanted_days(times, local(around, zone).date()):
        is_left_out = local(first_shown(datetime.combine(day, time()), zone), zone).date() != day
        if times.every is not Every.DAILY or not is_left_out:
            found.append(first_shown(datetime.combine(day, times.at), zone))
    return found


@settings(LAWFUL, max_examples=tries(150))
@given(cases())
@example((new_york(time()), datetime(2026, 3, 9, 4, tzinfo=UTC)))  # where cron triggers find no run
@example((new_york(time(1, 30)), datetime(2026, 11, 1, 5, 30, tzinfo=UTC)))  # where they find two: this is one,
@example((new_york(time(1, 30)), datetime(2026, 11, 1, 6, 30, tzinfo=UTC)))  # and this the other
@example(
    (DigestTimes(every=Every.DAILY, at=time(7), zone="Pacific/Apia", on=None), datetime(2011, 12, 30, 9, tzinfo=UTC))
)
@example(
    (DigestTimes(every=Every.MONTHLY, at=time(), zone="Pacific/Apia", on=30), datetime(2011, 12, 30, 9, tzinfo=UTC))
)
def test_slots_are_those_of_the_rule(case: tuple[DigestTimes, datetime]) -> None:
    """The slot at or before an instant and the one after it are neighbours in the list that the rule gives."""
    times, now = case
    expected = plainly(times, now)
    assert sorted(set(expected)) == expected
    assert max(slot for slot in expected if slot <= now) == latest_due(times, now)
    assert min(slot for slot in expected if slot > now) == next_due(times, now)


@settings(LAWFUL, max_examples=tries(150))
@given(cases())
def test_a_slot_is_due_at_its_own_instant(case: tuple[DigestTimes, datetime]) -> None:
    """What comes next is due when it comes, not before; and after what is due comes nothing that is due already."""
    times, instant = case
    slot = next_due(times, instant)
    assert slot == latest_due(times, slot)
    assert latest_due(times, instant) == latest_due(times, slot - timedelta(microseconds=1))
    assert slot == next_due(times, latest_due(times, instant))
    assert latest_due(times, instant) <= instant < slot


def test_what_a_clock_skips_or_repeats_is_found_in_every_zone() -> None:
    """In each zone, a time that the clock skips is the first instant after, one that it repeats the first of both."""
    chance, tried = random.Random(1), {"skipped": 0, "repeated": 0}
    for zone in map(ZoneInfo, ZONES):
        years = chance.sample(range(1910, 2090), 12)
        changes = (last_change(datetime(year, chance.randint(1, 12), 9, tzinfo=UTC), zone) for year in years)
        changed_at = next((change for change in changes if change is not None), None)
        if changed_at is None:
            continue
        old, new = local(changed_at - A_SECOND, zone) + A_SECOND, local(changed_at, zone)
        wanted = min(old, new) + timedelta(seconds=chance.randrange(int(abs(new - old).total_seconds()) or 1))
        wanted = wanted.replace(second=0)
        slot = first_shown(wanted, zone)
        times = DigestTimes(every=Every.MONTHLY, at=wanted.time(), zone=zone.key, on=wanted.day)
        assert slot == latest_due(times, slot) == next_due(times, slot - A_SECOND)
        tried["skipped" if new > old else "repeated"] += 1
    assert min(tried.values()) > 50


@settings(LAWFUL, max_examples=tries(150))
@given(cases(), st.lists(st.timedeltas(timedelta(0), timedelta(days=9)), min_size=1, max_size=12))
@example((new_york(time()), datetime(2026, 3, 7, tzinfo=UTC)), [timedelta(hours=1)] * 60)
@example((new_york(time(1, 30)), datetime(2026, 10, 31, tzinfo=UTC)), [timedelta(minutes=30)] * 60)
def test_whoever_looks_now_and_then_tells_each_slot_once(
    case: tuple[DigestTimes, datetime], naps: list[timedelta]
) -> None:
    """Whenever one looks, one finds the last of the slots that came since the look before, or the one that was told."""
    times, now = case
    told = latest_due(times, now)
    for nap in naps:
        now, missed, slot = now + nap, [], next_due(times, told)
        while slot <= now:
            missed.append(slot)
            slot = next_due(times, slot)
        assert [told, *missed][-1] == latest_due(times, now)
        told = latest_due(times, now)


def offsets_by_week(zone: ZoneInfo) -> tuple[timedelta, ...]:
    """What the zone's clock is ahead of UTC, once a week from 1970 to 2037."""
    return tuple((FIRST + n * A_WEEK).astimezone(zone).utcoffset() or timedelta(0) for n in range(68 * 52))


def changed_at(zone: ZoneInfo, week: int, old: timedelta) -> datetime:
    """When in a week the zone's clock, ``old`` ahead of UTC before, changed."""
    early, late = FIRST + week * A_WEEK, FIRST + (week + 1) * A_WEEK
    while late - early > A_SECOND:
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        early, late = (middle, late) if middle.astimezone(zone).utcoffset() == old else (early, middle)
    return late


def test_changes_of_all_clocks_have_their_slots() -> None:
    """At changes of each clock from 1970 to 2037, what is skipped comes at them, what repeats at its first time."""
    chance, tried = random.Random(2), {"skipped": 0, "repeated": 0}
    by_clock = {offsets_by_week(ZoneInfo(zone)): zone for zone in ZONES}  # zones that keep one time, once
    for offsets, zone in by_clock.items():
        changes = [(week, *both) for week, both in enumerate(pairwise(offsets)) if both[0] != both[1]]
        for week, old, new in chance.sample(changes, min(20, len(changes))):
            at = changed_at(ZoneInfo(zone), week, old)
            minutes = int(abs(new - old) / timedelta(minutes=1))
            wanted = min(at + old, at + new) + timedelta(minutes=chance.randrange(minutes or 1), seconds=59)
            wanted = wanted.replace(second=0)
            is_daily = minutes < 24 * 60  # of a day that was left out there is no daily one
            times = DigestTimes(
                every=Every.DAILY if is_daily else Every.MONTHLY,
                at=wanted.time(),
                zone=zone,
                on=None if is_daily else wanted.day,
            )
            slot = at if new > old else wanted - old
            assert slot == latest_due(times, slot) == next_due(times, slot - A_SECOND)
            assert slot < next_due(times, slot)
            tried["skipped" if new > old else "repeated"] += 1
    assert min(tried.values()) > 1500


@pytest.mark.parametrize("every", Every)
def test_every_zone_has_one_slot_for_each_period(every: Every) -> None:
    """In each zone, through a stretch of time of its own, slots rise and are as many as its days, weeks or months."""
    chance = random.Random(every)
    for zone in ZONES:
        on = {Every.DAILY: None, Every.WEEKLY: chance.choice(list(Weekday)), Every.MONTHLY: chance.randint(1, 31)}
        times = DigestTimes(every=every, at=time(chance.randrange(24), chance.randrange(60)), zone=zone, on=on[every])
        start = datetime(chance.randint(1900, 2090), chance.randint(1, 12), 1, tzinfo=UTC)
        first = latest_due(times, start)
        slots = [first]
        for _ in range(30):
            slots.append(next_due(times, slots[-1]))
        days = [local(slot, ZoneInfo(zone)).date() for slot in slots]
        assert sorted(set(slots)) == slots
        assert sorted(set(days)) == days
        if every is Every.MONTHLY:
            assert list(range(31)) == [(day.year - days[0].year) * 12 + day.month - days[0].month for day in days]
        elif every is Every.WEEKLY:
            assert list(range(31)) == [(day.toordinal() - 1) // 7 - (days[0].toordinal() - 1) // 7 for day in days]
        else:
            assert (days[-1] - days[0]).days == 30
