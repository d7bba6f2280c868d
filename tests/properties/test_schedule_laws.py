"""Schedules: each slot is the next one, as another's cron finds it too, and no clock stops a job or doubles one."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from apscheduler.triggers.cron import CronTrigger
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.laws import tries
from tests.properties.records import LAWFUL
from tests.unit.domain.test_job_times import Past
from tracker.domain.cron import Cron
from tracker.domain.cron_fields import DAY, FIELDS, HOUR, MINUTE, MONTH, WEEKDAY, WEEKDAYS, CronField
from tracker.domain.errors import InvalidInput
from tracker.domain.job_times import job_time, retry_after
from tracker.domain.schedule import CLOCKS_DIFFER, Every, Schedule, due_at, is_due, parse_rules

MICROSECOND = timedelta(microseconds=1)
FAR = timedelta(days=4000)
INSTANTS = st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SPANS = st.timedeltas(timedelta(0), timedelta(hours=3)) | st.timedeltas(timedelta(0), FAR)


@st.composite
def parts(draw: st.DrawFn, field: CronField) -> str:
    """One number, name or range of a field, perhaps with a step."""
    names = field.names if field.is_named or (field.names and draw(st.booleans())) else ()
    numbers = sorted(draw(st.lists(st.integers(field.first, field.last), min_size=1, max_size=2, unique=True)))
    text = "-".join(names[number - field.first] if names else str(number) for number in numbers)
    if names or (len(numbers) == 1 and draw(st.booleans())):
        return text
    first, last = (numbers[0], numbers[-1]) if len(numbers) == 2 else (field.first, field.last)
    text = text if len(numbers) == 2 else "*"
    return f"{text}/{draw(st.integers(1, last - first))}" if draw(st.booleans()) else text


def fields(field: CronField) -> st.SearchStrategy[str]:
    """Any text of a field, which half of the time leaves it open."""
    return st.just("*") | st.lists(parts(field), min_size=1, max_size=3).map(",".join)


@st.composite
def crons(draw: st.DrawFn) -> str:
    """A rule of five fields that restricts the day of the month or the weekday, or neither."""
    day, weekday = draw(st.tuples(fields(DAY), st.just("*")) | st.tuples(st.just("*"), fields(WEEKDAY)))
    return " ".join((draw(fields(MINUTE)), draw(fields(HOUR)), day, draw(fields(MONTH)), weekday))


def is_refused(text: str) -> bool:
    """Whether a rule is refused, which must be for its day."""
    try:
        parse_rules([text])
    except InvalidInput as err:
        return "such a day never comes" in str(err)
    return False


RULES = crons().filter(lambda text: not is_refused(text))
EVERY = st.builds("every {}{}".format, st.integers(1, 365), st.sampled_from("smhd"))
SCHEDULES = st.lists(RULES | EVERY, min_size=1, max_size=3).map(parse_rules)
ANY_SCHEDULES = SCHEDULES | st.just(parse_rules(["off"]))


def theirs(text: str) -> CronTrigger:
    """The same rule of APScheduler's."""
    names = ("minute", "hour", "day", "month", "day_of_week")
    return CronTrigger(**dict(zip(names, text.split(), strict=True)), timezone=ZoneInfo("UTC"))


def is_named(rule: Cron, minute: datetime) -> bool:
    """Whether a rule names a minute, by its numbers alone."""
    day_matches = minute.day in rule.days and minute.month in rule.months and minute.weekday() in rule.weekdays
    return day_matches and minute.hour in rule.hours and minute.minute in rule.minutes


def first_after(schedule: Schedule, instant: datetime) -> datetime:
    """The next slot of a schedule that is not off."""
    slot = schedule.next_after(instant)
    assert slot is not None
    return slot


@settings(LAWFUL, max_examples=tries(400))
@given(RULES, INSTANTS)
@example("0 0 29 2 *", datetime(2096, 2, 29, tzinfo=UTC))
@example("59 23 31 12 *", datetime(2026, 12, 31, 23, 59, tzinfo=UTC))
def test_the_next_slot_is_that_of_another_cron(text: str, instant: datetime) -> None:
    """APScheduler's trigger, which takes the same fields, finds the same three slots."""
    schedule, trigger = parse_rules([text]), theirs(text)
    for _ in range(3):
        slot = first_after(schedule, instant)
        assert trigger.get_next_fire_time(None, instant + MICROSECOND) == slot
        instant = slot


@settings(LAWFUL)
@given(st.builds("0 0 {} {} *".format, parts(DAY), parts(MONTH)))
@example("0 0 29 2 *")
@example("0 0 30-31 2 *")
def test_a_rule_is_refused_where_no_year_has_its_day(text: str) -> None:
    """Refused are those whose day is not in a leap year, by the other cron's own reading of it."""
    day, month = theirs(text).fields[2], theirs(text).fields[1]
    leap_year = [datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=n) for n in range(366)]
    comes = any(day.get_next_value(at) == at.day and month.get_next_value(at) == at.month for at in leap_year)
    assert comes != is_refused(text)


@settings(LAWFUL, max_examples=tries(200))
@given(RULES, INSTANTS)
def test_nothing_between_an_instant_and_its_next_slot_matches(text: str, instant: datetime) -> None:
    """The slot is later than the instant and named by the rule; of the minutes between, none within two days is."""
    (rule,) = parse_rules([text]).rules
    assert isinstance(rule, Cron)
    slot = rule.next_after(instant)
    assert slot is not None
    assert slot > instant
    assert is_named(rule, slot)
    assert 0 == slot.second == slot.microsecond
    minute = max(instant.replace(second=0, microsecond=0) + timedelta(minutes=1), slot - timedelta(days=2))
    while minute < slot:
        assert not is_named(rule, minute)
        minute += timedelta(minutes=1)


@settings(LAWFUL)
@given(SCHEDULES, INSTANTS, SPANS)
def test_slots_rise_with_the_instant(schedule: Schedule, instant: datetime, span: timedelta) -> None:
    """The next slot is later than the instant, the first of its rules, and no earlier for a later instant."""
    slot = first_after(schedule, instant)
    assert slot > instant
    assert min(first_after(Schedule(rules=(rule,)), instant) for rule in schedule.rules) == slot
    assert first_after(schedule, instant + span) >= slot


@settings(LAWFUL)
@given(ANY_SCHEDULES)
def test_a_schedule_is_read_as_it_is_written(schedule: Schedule) -> None:
    """The text of a schedule, split at its semicolons, and the texts of its rules give it again."""
    assert schedule == parse_rules(str(schedule).split(";")) == parse_rules(schedule.texts)
    assert str(schedule) == str(parse_rules(str(schedule).upper().replace(" ", "  ").split(";")))


@settings(LAWFUL)
@given(SCHEDULES, INSTANTS, SPANS, SPANS)
def test_what_is_due_stays_due(schedule: Schedule, done_at: datetime, first: timedelta, second: timedelta) -> None:
    """From the last time on, what is due at an instant is due at all later ones, and in the end everything is."""
    now = done_at + first
    assert is_due(schedule, done_at=done_at, now=now) <= is_due(schedule, done_at=done_at, now=now + second)
    assert is_due(schedule, done_at=done_at, now=first_after(schedule, done_at) + second)
    assert not is_due(schedule, done_at=done_at, now=first_after(schedule, done_at) - MICROSECOND)


@settings(LAWFUL)
@given(SCHEDULES, INSTANTS, SPANS)
def test_however_much_was_missed_it_is_made_up_once(schedule: Schedule, done_at: datetime, asleep: timedelta) -> None:
    """When what was due has been done, be it years late, it is not due until the next slot."""
    now = first_after(schedule, done_at) + asleep
    assert is_due(schedule, done_at=done_at, now=now)
    slot = first_after(schedule, now)
    for early in (now, now + (slot - now) / 2, slot - MICROSECOND):
        assert not is_due(schedule, done_at=now, now=early)
    assert is_due(schedule, done_at=now, now=slot)


@settings(LAWFUL)
@given(SCHEDULES, INSTANTS, st.timedeltas(-FAR, FAR) | st.timedeltas(-2 * CLOCKS_DIFFER, 2 * CLOCKS_DIFFER))
def test_no_clock_stops_a_job(schedule: Schedule, now: datetime, ahead: timedelta) -> None:
    """Whatever the last time is said to be, it is due by the next slot of a clock that is a minute ahead."""
    due = due_at(schedule, done_at=now + ahead, now=now)
    assert due is not None
    assert due <= first_after(schedule, now + CLOCKS_DIFFER)
    if ahead > CLOCKS_DIFFER:
        assert now == due
    else:
        assert first_after(schedule, now + ahead) == due


@settings(LAWFUL)
@given(SCHEDULES, INSTANTS, st.integers(0, 20), st.tuples(*[st.none() | st.timedeltas(-FAR, FAR)] * 2))
def test_a_job_is_due_by_its_schedule_or_its_rest(
    schedule: Schedule, now: datetime, failures: int, ahead: tuple[timedelta | None, timedelta | None]
) -> None:
    """A job waits for its schedule and for its rest, and for nothing else."""
    done_at, ended_at = (None if one is None else now + one for one in ahead)
    found = job_time(schedule, Past(done_at=done_at, last_finished_at=ended_at, failures_in_a_row=failures), now)
    scheduled = due_at(schedule, done_at=done_at, now=now)
    assert found.next_at is not None
    assert scheduled is not None
    assert found.is_due == (found.next_at <= now)
    assert scheduled <= found.next_at <= max(scheduled, now + CLOCKS_DIFFER + retry_after(failures))
    if not failures or ended_at is None:
        assert scheduled == found.next_at


def test_weekdays_are_named_as_python_counts_them() -> None:
    """Monday is 0: 2024 began on one."""
    for number, name in enumerate(WEEKDAYS):
        slot = first_after(parse_rules([f"0 0 * * {name}"]), datetime(2023, 12, 31, tzinfo=UTC))
        assert (number, number + 1) == (slot.weekday(), slot.day)
    assert [MINUTE, HOUR, DAY, MONTH, WEEKDAY] == list(FIELDS)
    assert timedelta(minutes=20) == Every(count=20, unit="m").period
