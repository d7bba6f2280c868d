"""When a job is due: a list of rules, any of which makes it so.

A rule is five fields of cron in UTC, ``every 20m``, or ``off``, alone in its list. What is due is decided by the rules,
the instant at which the job was done last (the beginning of a run that did its work) and now; so it promises:

- whatever was missed is made up for once: when it has been done, the next slot is the next one from then;
- ``every`` counts from the last time, and what was never done is due at once;
- a clock that was set back stops nothing for long: what is said to have been done more than a minute ahead of now is
  not believed, and is due at once. Up to a minute it is, since the clocks of hosts differ, and no slot comes twice.

It does not know what is done, nor whether it failed (``job_times``). Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tracker.domain.clock import require_aware
from tracker.domain.cron import EXAMPLE, Cron, parse_cron
from tracker.domain.errors import InvalidInput

OFF = "off"
CLOCKS_DIFFER = timedelta(minutes=1)
"""How far ahead of now an instant may lie that another host, or a clock before it was set, has told."""

_EVERY = re.compile(r"every ([0-9]{1,9})([smhd])")
_UNITS = {"s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}
_LONGEST = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A rule that counts from the last time: ``count`` of ``unit`` (``s``, ``m``, ``h``, ``d``), a year at most."""

    count: int
    unit: str

    @property
    def period(self) -> timedelta:
        """From one time to the next."""
        return self.count * _UNITS[self.unit]

    def next_after(self, instant: datetime) -> datetime | None:
        """``instant`` and a period; None where that is after the year 9999."""
        try:
            return require_aware(instant, what="instant") + self.period
        except OverflowError:
            return None

    def __str__(self) -> str:
        return f"every {self.count}{self.unit}"


Rule = Cron | Every


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Rules, each of which is enough; none where it is off. Its text has them separated by semicolons."""

    rules: tuple[Rule, ...]

    @property
    def is_off(self) -> bool:
        """Whether it is never due."""
        return not self.rules

    @property
    def texts(self) -> tuple[str, ...]:
        """The rules as ``parse_rules`` takes them."""
        return tuple(map(str, self.rules)) or (OFF,)

    def next_after(self, instant: datetime) -> datetime | None:
        """The first slot later than ``instant``, in UTC; None where it is off, and near the year 9999."""
        return min(filter(None, (rule.next_after(instant) for rule in self.rules)), default=None)

    def __str__(self) -> str:
        return "; ".join(self.texts)


def parse_rules(texts: Sequence[str]) -> Schedule:
    """The schedule of rules that people write. Raises InvalidInput that names the rule and says what was expected.

    >>> str(parse_rules(["*/20 12-18 * * mon-fri", "every 1h"]))
    '*/20 12-18 * * mon-fri; every 1h'
    """
    plain = [" ".join(text.lower().split()) for text in texts]
    if plain == [OFF]:
        return Schedule(rules=())
    if not plain:
        raise InvalidInput(f'there is no rule; expected at least one, such as "every 20m" or "{EXAMPLE}", or "off"')
    if OFF in plain:
        raise InvalidInput(f'"off" stands beside other rules; expected it alone, or rules such as "{EXAMPLE}" alone')
    return Schedule(rules=tuple(map(_parse_rule, plain)))


def due_at(schedule: Schedule, *, done_at: datetime | None, now: datetime) -> datetime | None:
    """When what was done last at ``done_at`` falls due, which may have been before ``now``; None where never.

    What was never done, or is said to have been done well ahead of now, is due now.
    """
    now = require_aware(now, what="now")
    if schedule.is_off:
        return None
    if done_at is None or done_at - now > CLOCKS_DIFFER:
        return now
    return schedule.next_after(done_at)


def is_due(schedule: Schedule, *, done_at: datetime | None, now: datetime) -> bool:
    """Whether what was done last at ``done_at`` is due; once it is, it stays so until it has been done.

    (But what is said to be done ahead of now is not due within the minute before that instant.)
    """
    at = due_at(schedule, done_at=done_at, now=now)
    return at is not None and at <= now


def _parse_rule(text: str) -> Rule:
    try:
        return _parse_every(text) if text.startswith("every") else parse_cron(text)
    except InvalidInput as err:
        raise InvalidInput(f'the rule "{text}" cannot be used: {err}') from err


def _parse_every(text: str) -> Every:
    match = _EVERY.fullmatch(text)
    if match is None:
        raise InvalidInput("expected a number of s, m, h or d behind every, such as every 20m")
    if not timedelta(0) < int(match[1]) * _UNITS[match[2]] <= _LONGEST:
        raise InvalidInput("expected from 1s to 365d, such as every 20m")
    return Every(count=int(match[1]), unit=match[2])
