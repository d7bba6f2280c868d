"""The schedule of retries, by its laws."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifiers.retry import DEFAULT_WAITS_S, next_wait_s, read_retry_after

NOW = datetime(2026, 8, 14, 12, tzinfo=UTC)
ATTEMPTS = st.integers(1, len(DEFAULT_WAITS_S))
JITTERS = st.floats(0, 1, exclude_max=True)
DAY_S = 86_400.0


@given(attempt=ATTEMPTS, jitter=JITTERS)
def test_waits_are_bounded_and_lengthened_by_a_fifth_at_most(attempt: int, jitter: float) -> None:
    """A wait is never shorter than the schedule's, nor longer than six fifths of it."""
    base, wait = DEFAULT_WAITS_S[attempt - 1], next_wait_s(DEFAULT_WAITS_S, attempt, jitter=jitter)
    assert wait is not None
    assert base <= wait <= 1.2 * base


@given(attempt=st.integers(1, len(DEFAULT_WAITS_S) - 1), jitters=st.tuples(JITTERS, JITTERS))
def test_waits_rise_whatever_chance_says(attempt: int, jitters: tuple[float, float]) -> None:
    """No wait is shorter than the one before it."""
    earlier = next_wait_s(DEFAULT_WAITS_S, attempt, jitter=jitters[0])
    later = next_wait_s(DEFAULT_WAITS_S, attempt + 1, jitter=jitters[1])
    assert earlier is not None
    assert later is not None
    assert earlier <= later


def test_chance_moves_a_wait() -> None:
    """Two failures at one instant come back at two."""
    assert [300.0, 330.0] == [next_wait_s(DEFAULT_WAITS_S, 3, jitter=jitter) for jitter in (0.0, 0.5)]


@given(attempt=ATTEMPTS, jitter=JITTERS, retry_after_s=st.floats(0, 1e9))
def test_a_receiver_may_ask_for_more_but_not_for_ever(attempt: int, jitter: float, retry_after_s: float) -> None:
    """Retry-After counts where it is longer, for a day at most, and shortens nothing."""
    plain = next_wait_s(DEFAULT_WAITS_S, attempt, jitter=jitter)
    asked = next_wait_s(DEFAULT_WAITS_S, attempt, jitter=jitter, retry_after_s=retry_after_s)
    assert plain is not None
    assert max(plain, min(retry_after_s, DAY_S)) == asked


def test_after_the_last_attempt_it_is_dead() -> None:
    """The schedule has ten attempts, the first at once, and no eleventh, whatever the receiver asks for."""
    assert 0.0 == next_wait_s(DEFAULT_WAITS_S, 1, jitter=0.9)
    assert next_wait_s(DEFAULT_WAITS_S, 11, jitter=0.0, retry_after_s=5.0) is None


def test_attempts_are_counted_from_one() -> None:
    """There is no attempt 0."""
    with pytest.raises(ValueError, match="attempt 0"):
        next_wait_s(DEFAULT_WAITS_S, 0, jitter=0.0)


@pytest.mark.parametrize(
    ("value", "seconds"),
    (
        ("120", 120.0),
        (" 0 ", 0.0),
        ("999999999999", DAY_S),
        ("Fri, 14 Aug 2026 12:01:00 GMT", 60.0),
        ("Fri, 14 Aug 2026 11:00:00 GMT", 0.0),
        ("Fri, 14 Aug 2099 11:00:00 GMT", DAY_S),
        ("Fri, 14 Aug 2026 12:01:00", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
        (None, None),
    ),
)
def test_retry_after_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    """Both forms of the header are read, a day is the most, and what is neither is as if it were not there."""
    assert seconds == read_retry_after(value, now=NOW)


@given(st.text(max_size=60))
def test_no_header_is_too_odd(value: str) -> None:
    """Whatever a receiver writes is seconds of a day, or nothing."""
    seconds = read_retry_after(value, now=NOW)
    assert seconds is None or 0.0 <= seconds <= DAY_S
