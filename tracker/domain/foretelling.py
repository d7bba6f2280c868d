"""When a trial will turn UNKNOWN, or why it never will, in a sentence that names the dates which decide.

The rule is ``tracker.domain.staleness``. Pure: a record's staleness and a day in, words out.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.domain.partial_date import add_months, parse_partial_date
from tracker.domain.safe_text import one_line
from tracker.domain.staleness import ACTIVE_STATUSES, ALWAYS, UNKNOWN, VERIFICATION_MONTHS, Staleness
from tracker.domain.whereabouts import Whereabouts
from tracker.domain.wording import duration, relative, words


class Outlook(StrEnum):
    """What the rule says of a trial on a day."""

    UNKNOWN = "unknown"
    LAPSING = "lapsing"  # it will be UNKNOWN unless the record is updated
    NEVER = "never"
    AWAY = "away"  # the registry shows no record of which to say anything


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """The outlook; ``on`` is the rule's first UNKNOWN day, None where there is none or no date to count from."""

    outlook: Outlook
    on: date | None
    sentence: str


def foretold(staleness: Staleness, *, today: date, whereabouts: Whereabouts = Whereabouts.VISIBLE) -> Foretold:
    """What the rule says on ``today`` of a record, and why."""
    if whereabouts is not Whereabouts.VISIBLE:
        sentence = "The registry does not show this record, so its status will not turn UNKNOWN."
        return Foretold(outlook=Outlook.AWAY, on=None, sentence=sentence)
    lapses_on = staleness.lapses_on
    if lapses_on is None:
        return Foretold(outlook=Outlook.NEVER, on=None, sentence=_why_never(staleness))
    if lapses_on == ALWAYS:
        sentence = "UNKNOWN by the registry's rule: the record has no date to count from."
        return Foretold(outlook=Outlook.UNKNOWN, on=None, sentence=sentence)
    if lapses_on <= today:
        return Foretold(outlook=Outlook.UNKNOWN, on=lapses_on, sentence=_since(staleness, lapses_on, today))
    sentence = (
        f"Will turn UNKNOWN on {lapses_on} ({relative(lapses_on, today)}) unless the record is updated: "
        f"{_reason(staleness, lapses_on)}."
    )
    return Foretold(outlook=Outlook.LAPSING, on=lapses_on, sentence=sentence)


def _since(staleness: Staleness, lapses_on: date, today: date) -> str:
    days = (today - lapses_on).days
    span = f", for {duration(days)}" if days else ""
    shows = "" if staleness.published_status == UNKNOWN else ", though its newest known record does not say so"
    return f"UNKNOWN since {lapses_on}{span}{shows}: {_reason(staleness, lapses_on)}."


def _reason(staleness: Staleness, lapses_on: date) -> str:
    """The date that decides, and what is true of the other one by then."""
    day_before = lapses_on - timedelta(days=1)
    verified, completion = one_line(staleness.verified_on or ""), one_line(staleness.completion_on or "")
    if verified and _verified_until(verified) == day_before:
        over = f"by then the completion date {completion} is over" if completion else "no completion date is given"
        return f"its status was last verified in {verified}, two years end on {day_before}, and {over}"
    known = f"its status was last verified in {verified}" if verified else "no date is given at which it was verified"
    return f"by then its completion date {completion or 'not given'} is over, and {known}"


def _verified_until(verified: str) -> date | None:
    when = parse_partial_date(verified)
    try:
        return add_months(when.month_end, VERIFICATION_MONTHS) if when else None
    except ValueError:  # a placeholder of the year 9999
        return None


def _why_never(staleness: Staleness) -> str:
    status = staleness.last_known_status if staleness.published_status == UNKNOWN else staleness.published_status
    if status is None:
        return "Whether it will turn UNKNOWN is not known: the record gives no status."
    if status not in ACTIVE_STATUSES:
        return f"Will not turn UNKNOWN: the registry's rule does not touch a trial that is {words(one_line(status))}."
    return "Will not turn UNKNOWN: the dates of the record lie at the end of the calendar."
