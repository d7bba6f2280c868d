"""Whether what gives leave still holds: the one place that decides it. Pure.

An end is the first instant at which it does not hold any more.
"""

from datetime import datetime, timedelta

SESSION = timedelta(days=30)
SESSION_BY_LINK = timedelta(days=1)
LINK = timedelta(minutes=10)


def holds(now: datetime, *ends: datetime | None) -> bool:
    """Whether none of the ends (expiry, revocation, sign-out) has come; None is an end that never comes.

    >>> noon = datetime(2026, 5, 1, 12)
    >>> holds(noon, None, noon + LINK), holds(noon, noon)
    (True, False)
    """
    return all(end is None or now < end for end in ends)
