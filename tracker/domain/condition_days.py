"""On which days a condition of time is told of one trial, from what the registry showed of it when. Pure.

It promises what looking at the trial once a day (or at each digest) gives, with each cause told once, again only for a
reminder, and its end once, however long the days between are: only those on which something can turn are looked at.
Of days on which the record is not judged (withheld, merged, gone, a stub) nothing is told, nor of those on which nobody
asks for the trial, but that what was told of it is over.
"""

import heapq
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from tracker.domain.conditions import Cause, Condition, TrialState, holds, holds_from, holds_until
from tracker.domain.conditions_over import over_reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What was shown of a trial from ``first`` to ``last``, both included; ``is_asked``: whether somebody asks for it.

    ``state`` may say of the duty to report only what is owed; ``revision`` is the number of the record.
    """

    first: date
    last: date
    state: TrialState
    revision: int
    is_asked: bool = True


class Turn(IntEnum):
    """What is told; in the order in which a message tells it."""

    HOLDS = 0
    HOLDS_STILL = 1
    OVER = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """That something is told on a day: of the span ``now``, and for the end of what was told of the span ``before``."""

    on: date
    turn: Turn
    cause: Cause
    before: Span
    now: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """The days of looking: every day from ``since`` to ``until``, or those of ``days`` (rising) among them.

    ``from_now``: what held as ``since`` began, or holds on the day of a trial's first sight, is known:
    neither it is told, nor a reminder of it, nor its end.
    """

    since: date
    until: date
    days: Sequence[date] | None = None
    remind_days: int | None = None
    from_now: bool = False

    def at(self, day: date) -> date | None:
        """The first look on ``day`` or later; None where there is none."""
        day = max(day, self.since)
        if self.days is not None:
            place = bisect_left(self.days, day)
            if place == len(self.days):
                return None
            day = self.days[place]
        return day if day <= self.until else None


@dataclass(slots=True, kw_only=True)
class _Told:
    """A cause that was told: of which span, when last, and whether its end is still to be told."""

    span: Span
    last_on: date
    is_open: bool = True


def tellings_of(spans: Sequence[Span], condition: Condition, *, looks: Looks) -> Iterator[Telling]:
    """What is told of one trial, in the order of days; ``spans`` in their order, from the first that is known."""
    if not spans:
        return
    told: dict[Cause, _Told] = {}
    waiting = sorted({on for day in _turning(spans, condition) if (on := looks.at(day)) is not None})
    known = list(_known(spans, condition, looks)) if looks.from_now else []
    looked_on = None
    while waiting:
        on = heapq.heappop(waiting)
        span = _shown(spans, on)
        if on == looked_on or span is None or not span.state.is_judged:
            continue
        looked_on = on
        while known and known[0][0] <= on:
            known_on, cause, before = known.pop(0)
            told.setdefault(cause, _Told(span=before, last_on=known_on, is_open=False))
        for telling in _look(condition, span, on=on, told=told, looks=looks):
            yield telling
            again = None if telling.turn is Turn.OVER else _reminder(on, looks)
            if again is not None:
                heapq.heappush(waiting, again)


def _known(spans: Sequence[Span], condition: Condition, looks: Looks) -> Iterator[tuple[date, Cause, Span]]:
    """What nobody has to be told: the day since when it is known, the cause, and the span that showed it."""
    before = next((one for one in reversed(spans) if _is_shown_before(one, looks.since)), None)
    first = spans[0].first
    seen = _shown(spans, first) if looks.since <= first <= looks.until else None
    for on, span in ((looks.since, before), (first, seen)):
        is_asked = span is not None and span.is_asked and span.state.is_judged
        cause = holds(condition, span.state, on=on) if span is not None and is_asked else None
        if span is not None and cause is not None:
            yield on, cause, span


def _is_shown_before(span: Span, day: date) -> bool:
    """Whether a span is what was shown as ``day`` began."""
    return span.first < day and (day - span.last).days <= 1


def _look(condition: Condition, span: Span, *, on: date, told: dict[Cause, _Told], looks: Looks) -> Iterator[Telling]:
    held = holds(condition, span.state, on=on)
    cause = held if span.is_asked else None
    known = None if cause is None else told.get(cause)
    if cause is not None and known is None:
        told[cause] = _Told(span=span, last_on=on)
        yield Telling(on=on, turn=Turn.HOLDS, cause=cause, before=span, now=span)
    elif cause is not None and known is not None and known.is_open and _is_due_again(known, on, looks):
        known.last_on = on
        yield Telling(on=on, turn=Turn.HOLDS_STILL, cause=cause, before=known.span, now=span)
    for ended, one in told.items():
        is_outside = cause is None and held is not None  # while it holds there, nothing is said
        if ended != cause and one.is_open and not is_outside:
            one.is_open = False
            if over_reason(condition, one.span.state, now=span.state, on=on) is not None:
                yield Telling(on=on, turn=Turn.OVER, cause=ended, before=one.span, now=span)


def _is_due_again(known: _Told, on: date, looks: Looks) -> bool:
    return looks.remind_days is not None and (on - known.last_on).days >= looks.remind_days


def _reminder(on: date, looks: Looks) -> date | None:
    if looks.remind_days is None or (date.max - on).days < looks.remind_days:
        return None
    return looks.at(on + timedelta(days=looks.remind_days))


def _turning(spans: Iterable[Span], condition: Condition) -> Iterator[date]:
    """The days on which the answer can turn: a span begins, or the condition of its record does or ends."""
    for span in spans:
        yield span.first
        first, last = holds_from(condition, span.state), holds_until(condition, span.state)
        after = None if last is None or last == date.max else last + timedelta(days=1)
        yield from (day for day in (first, after) if day is not None and span.first <= day <= span.last)


def _shown(spans: Sequence[Span], on: date) -> Span | None:
    return next((span for span in reversed(spans) if span.first <= on <= span.last), None)
