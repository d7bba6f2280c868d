"""The registry's UNKNOWN rule: when a trial goes stale, known in advance.

Rule (``docs/registry.md``): on date *t* a trial shows UNKNOWN exactly when all of these hold.

1. Its submitted status is NOT_YET_RECRUITING, RECRUITING, ENROLLING_BY_INVITATION or ACTIVE_NOT_RECRUITING.
2. Its completion date, else its primary completion date, taken at the end of its precision period, is before
   *t*, or both are missing.
3. The end of the month of ``statusVerifiedDate`` plus 24 months is before *t*, or that date is missing.

The submitted status is ``lastKnownStatus`` where the record shows UNKNOWN; a record that shows UNKNOWN
without it, such as a page text, counts as having had an active status.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from tracker.domain.partial_date import add_months
from tracker.domain.record import Json, module, status_date, status_date_text, text_at

ACTIVE_STATUSES = frozenset({"NOT_YET_RECRUITING", "RECRUITING", "ENROLLING_BY_INVITATION", "ACTIVE_NOT_RECRUITING"})
UNKNOWN = "UNKNOWN"
VERIFICATION_MONTHS = 24
ALWAYS = date.min  # the first UNKNOWN day of a record without any date: it was never anything else


@dataclass(frozen=True, slots=True, kw_only=True)
class Staleness:
    """What the rule needs of a record, and what it says.

    ``lapses_on``: the first day on which the trial shows UNKNOWN unless its record is updated; None where the
    rule can never hold. ``completion_on`` and ``verified_on`` are verbatim registry dates.
    """

    published_status: str | None
    last_known_status: str | None
    completion_on: str | None
    verified_on: str | None
    lapses_on: date | None

    def is_unknown(self, on: date) -> bool:
        """Whether the rule says UNKNOWN on day ``on``."""
        return self.lapses_on is not None and self.lapses_on <= on


def staleness_of(record: Json) -> Staleness:
    """What the rule says of ``record``."""
    status = module(record, "statusModule")
    published, last_known = text_at(status, "overallStatus"), text_at(status, "lastKnownStatus")
    name = "completionDateStruct" if status_date(record, "completionDateStruct") else "primaryCompletionDateStruct"
    return Staleness(
        published_status=published,
        last_known_status=last_known,
        completion_on=status_date_text(record, name),
        verified_on=text_at(status, "statusVerifiedDate"),
        lapses_on=_first_unknown_day(record, name) if _was_active(published, last_known) else None,
    )


def _was_active(published: str | None, last_known: str | None) -> bool:
    if published == UNKNOWN:
        return last_known is None or last_known in ACTIVE_STATUSES
    return published in ACTIVE_STATUSES


def _first_unknown_day(record: Json, completion_name: str) -> date | None:
    completion = status_date(record, completion_name)
    verified = status_date(record, "statusVerifiedDate")
    try:
        bounds = [completion.last_day] if completion else []
        if verified:
            bounds.append(add_months(verified.month_end, VERIFICATION_MONTHS))
        return max(bounds) + timedelta(days=1) if bounds else ALWAYS
    except (OverflowError, ValueError):  # a placeholder such as 9999-12-31: no day comes after it
        return None
