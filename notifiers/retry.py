"""When to try again: pure functions over a schedule, so that whoever waits can be tested without waiting.

Promises waits that are bounded, and lengthened at random so that many failures do not come back at one instant.
"""

from collections.abc import Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime

DEFAULT_WAITS_S = (0.0, 5.0, 300.0, 1_800.0, 7_200.0, 18_000.0, 36_000.0, 50_400.0, 72_000.0, 86_400.0)
MOST_JITTER = 0.2  # a wait is lengthened by up to this part of it
LONGEST_RETRY_AFTER_S = 86_400.0


def next_wait_s(
    waits: Sequence[float], attempt: int, *, jitter: float, retry_after_s: float | None = None
) -> float | None:
    """Seconds to wait before ``attempt`` (from 1), or None where the schedule has no such attempt: it is dead.

    ``jitter`` is a random number of [0, 1); ``retry_after_s`` is what the receiver asked for, obeyed where it is
    longer, for a day at most.
    """
    if attempt < 1:
        raise ValueError(f"attempt {attempt}; expected a number from 1")
    if attempt > len(waits):
        return None
    lengthened = waits[attempt - 1] * (1 + MOST_JITTER * jitter)
    return max(lengthened, min(retry_after_s or 0.0, LONGEST_RETRY_AFTER_S))


def read_retry_after(value: str | None, *, now: datetime) -> float | None:
    """The seconds that a Retry-After header asks for (RFC 9110, 10.2.3: seconds or a date), at most a day.

    None where there is none or it cannot be read; a date that is past is 0.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_RETRY_AFTER_S)
    try:
        date = parsedate_to_datetime(text)
        seconds = (date - now).total_seconds()
    except (ValueError, TypeError, OverflowError):  # no date, one without a zone, one beyond the calendar
        return None
    return min(max(seconds, 0.0), LONGEST_RETRY_AFTER_S)
