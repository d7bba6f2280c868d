"""What somebody asks for, as named texts, and the request that comes of it: one rule for every door. Pure.

The parts have the names that ``PARTS`` lists, whoever asks: options of a command, fields of a form, keys of a body. It
promises that a part which is given replaces all values that the request had of it, that no other is touched, and that a
refusal names the part. An empty value takes a part away from a request that there is; for a new one it is refused, so
that an empty variable of a shell, or an empty field, never asks for everything by accident.

It does not know whether a query is tracked or a field is recorded.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.domain.closed_sets import one_of
from tracker.domain.conditions import Condition, parse_condition
from tracker.domain.digest_times import DigestTimes, Every, parse_digest_times, parse_time_of_day, parse_zone
from tracker.domain.errors import InvalidInput, Mismatch
from tracker.domain.events import Significance
from tracker.domain.lengths import DAYS, parse_length
from tracker.domain.parts import Spelling, about, plainly
from tracker.domain.subscription import Scope, Subscription, Wanted, When, checked, parse_subscription_name

MANY_OF_SCOPE = tuple(field.name for field in dataclasses.fields(Scope))
MANY_OF_WANTED = ("types", "fields", "categories", "origins", "when")
MANY = (*MANY_OF_SCOPE, *MANY_OF_WANTED)
ONE = ("significance", "remind", "digest", "at", "zone", "on")
SWITCHES = ("from_now", "include_contacts", "include_backfill", "even_empty")
PARTS = (*MANY, *ONE, *SWITCHES)
"""Every part: a sequence of texts for those of MANY, a text for those of ONE, true or false for SWITCHES."""

_OF_DIGESTS = ("at", "zone", "on", "even_empty")
_NOTHING = ("",)


class Alone(Mismatch):
    """A part that says nothing without another one."""


def is_nothing(given: Mapping[str, Any]) -> bool:
    """Whether no part was given."""
    return all(value is None or value == () for value in given.values())


def request_of(
    name: str, given: Mapping[str, Any], *, before: Subscription | None = None, spelled: Spelling = plainly
) -> Subscription:
    """The request that ``given`` asks for, on the ground of the one ``before``; a part may be missing or None.

    Raises InvalidInput, with the part that it is about.
    """
    with about("name"):
        parse_subscription_name(name)
    held = before or Subscription(name=name)
    values = _Given(values=given, may_clear=before is not None, spelled=spelled)
    return checked(
        Subscription(
            name=name,
            scope=Scope(**{part: values.many(part, held.scope) for part in MANY_OF_SCOPE}),
            wanted=_wanted(values, held.wanted),
            when=_when(values, held.when),
        )
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """The parts as given. ``may_clear``: an empty value takes one away."""

    values: Mapping[str, Any]
    may_clear: bool
    spelled: Spelling

    def __getitem__(self, part: str) -> Any:
        return self.values.get(part)

    def many(self, part: str, before: Scope | Wanted) -> Any:
        """The values of a part, or those of the request before."""
        values: Sequence[str] = self[part] or ()
        if self.may_clear and tuple(values) == _NOTHING:
            return ()
        return tuple(values) or getattr(before, part)

    def clears(self, part: str) -> bool:
        """Whether a part that has one value is taken away."""
        return self.may_clear and self[part] == ""

    def switch(self, part: str, before: Any) -> bool:
        """A switch, or how it stood."""
        value = self[part]
        return bool(getattr(before, part) if value is None else value)


def _wanted(given: _Given, before: Wanted) -> Wanted:
    return Wanted(
        types=given.many("types", before),
        fields=given.many("fields", before),
        categories=given.many("categories", before),
        origins=given.many("origins", before),
        significance=_significance(given, before),
        when=_conditions(given, before),
        remind_days=_remind_days(given, before),
        from_now=given.switch("from_now", before),
        include_contacts=given.switch("include_contacts", before),
        include_backfill=given.switch("include_backfill", before),
    )


def _significance(given: _Given, before: Wanted) -> Significance | None:
    text = given["significance"]
    if text is None or given.clears("significance"):
        return before.significance if text is None else None
    with about("significance"):
        return Significance(one_of("significance", text.strip().lower(), tuple(Significance)))


def _conditions(given: _Given, before: Wanted) -> tuple[Condition, ...]:
    found: Any = given.many("when", before)
    with about("when"):
        return before.when if found is before.when else tuple(map(parse_condition, found))


def _remind_days(given: _Given, before: Wanted) -> int | None:
    text = given["remind"]
    if text is None or given.clears("remind"):
        return before.remind_days if text is None else None
    try:
        return parse_length(text, DAYS, example="30d").days
    except InvalidInput as err:
        raise InvalidInput(f"{given.spelled('remind')}: {err}", part="remind") from err


def _when(given: _Given, before: When) -> When:
    every = given["digest"]
    if given.clears("digest"):
        return When()
    if every is None and before.digest is None:
        loose = [part for part in _OF_DIGESTS if given[part] is not None]
        if loose:
            told = f"{given.spelled(loose[0])} goes with {given.spelled('digest')}"
            raise Alone(told, part=loose[0])
        return When()
    return When(digest=_times(given, before.digest), even_empty=given.switch("even_empty", before))


def _times(given: _Given, before: DigestTimes | None) -> DigestTimes:
    """The times of a digest; another rhythm has a first day of its own."""
    every = given["digest"]
    at, zone, on = (given[part] for part in ("at", "zone", "on"))
    if before is not None:
        at = at if at is not None else f"{before.at:%H:%M}"
        zone = zone if zone is not None else before.zone
        is_same = every is None or every.strip().lower() == before.every
        on = str(before.on) if on is None and is_same and before.on is not None and before.every != Every.DAILY else on
        every = every if every is not None else before.every.value
    return _parsed_times(every, at, zone, on)


def _parsed_times(every: str, at: str | None, zone: str | None, on: str | None) -> DigestTimes:
    """The times, with the part that is wrong where one is; a day may be right for another rhythm."""
    with about("digest"):
        one_of("digest", every.strip().lower(), tuple(Every))
    for part, text, parse in (("at", at, parse_time_of_day), ("zone", zone, parse_zone)):
        if text is not None:
            with about(part):
                parse(text)
    try:
        return parse_digest_times(every, at=at, zone=zone, on=on)
    except InvalidInput as err:
        raise Mismatch(str(err), part="on") from err
