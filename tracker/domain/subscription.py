"""A standing request: which trials somebody asks about, what of them is to be told, and when.

It promises that what ``checked`` hands out is sound and written in one way, and that the keys of the JSON form, which
events hold, are stable (``subscription_json`` reads it back). Which addresses it goes to is no part of it. Values of
one option are alternatives, different options must all hold (``subscription_matching``).

It does not know the names of fields, which are the catalogue's, nor whether a query of that name is tracked.
"""

import dataclasses
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tracker.domain.closed_sets import PHASES, STATUSES, one_of, registry_name
from tracker.domain.conditions import Condition
from tracker.domain.digest_times import DigestTimes
from tracker.domain.errors import InvalidInput
from tracker.domain.events import Category, EventType, Origin, Significance
from tracker.domain.names import parse_name
from tracker.domain.parts import about
from tracker.domain.record import Json
from tracker.domain.trial_id import parse_trial_id
from tracker.domain.watching import WatchEventType, parse_query_name

MEMBER_TYPES = (WatchEventType.MEMBER_ENTERED, WatchEventType.MEMBER_LEFT, WatchEventType.MEMBER_REENTERED)
TYPES: tuple[str, ...] = tuple(dict.fromkeys((*EventType, *MEMBER_TYPES)))

MOST_CHARACTERS = 500  # of a text that is looked for
MOST_REMIND_DAYS = 3_650


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which trials; empty everywhere for all. Texts are looked for anywhere in the value, without case and accents."""

    trials: tuple[str, ...] = ()
    queries: tuple[str, ...] = ()
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()


_FIELDS = dataclasses.fields(Scope)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is told: changes by the event options, and conditions of time by ``when``.

    ``significance``: that and above. ``from_now``: what holds already is not told; ``remind_days``: tell again after so
    many days.
    """

    types: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    significance: Significance | None = None
    origins: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    from_now: bool = False
    remind_days: int | None = None
    include_contacts: bool = False
    include_backfill: bool = False

    @property
    def has_event_options(self) -> bool:
        """Whether an option chooses among changes."""
        return bool(self.types or self.fields or self.categories or self.significance or self.origins)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """When it is told: at once, or as a digest; ``even_empty``: also where there is nothing to tell."""

    digest: DigestTimes | None = None
    even_empty: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A standing request under the name that a person gave it."""

    name: str
    scope: Scope = Scope()
    wanted: Wanted = Wanted()
    when: When = When()

    def to_json(self) -> dict[str, Json]:
        """The request as events hold it: every key, whatever its value."""
        digest = self.when.digest
        return {
            "name": self.name,
            "scope": _plain(self.scope),
            "wanted": {**_plain(self.wanted), "when": [str(condition) for condition in self.wanted.when]},
            "when": {
                "digest": digest and {**_plain(digest), "at": f"{digest.at:%H:%M}"},
                "even_empty": self.when.even_empty,
            },
        }


def parse_subscription_name(text: str) -> str:
    """``text`` as the name of a subscription; raises InvalidInput that says what was expected."""
    return parse_name(text, what="a subscription")


def checked(subscription: Subscription, *, known_fields: Collection[str] | None = None) -> Subscription:
    """The request written in one way: each value once, names as the registry writes them.

    ``known_fields``: the names of fields there are, None where that is not asked. Raises InvalidInput that says what
    was expected, and of which part.
    """
    return Subscription(
        name=parse_subscription_name(subscription.name),
        scope=_checked_scope(subscription.scope),
        wanted=_checked_wanted(subscription.wanted, known_fields),
        when=subscription.when,
    )


def _checked_scope(scope: Scope) -> Scope:
    read: dict[str, Callable[[str], str]] = {
        "trials": parse_trial_id,
        "queries": parse_query_name,
        "statuses": lambda text: registry_name("status", text, STATUSES),
        "phases": lambda text: registry_name("phase", text, PHASES),
    }
    return Scope(**_each_part(scope, {field.name: read.get(field.name, _search_text) for field in _FIELDS}))


def _checked_wanted(wanted: Wanted, known_fields: Collection[str] | None) -> Wanted:
    days = wanted.remind_days
    if days is not None and not 1 <= days <= MOST_REMIND_DAYS:
        with about("remind"):
            raise InvalidInput(f"a reminder after {days} days cannot be: expected 1 to {MOST_REMIND_DAYS}")
    fields = None if known_fields is None else tuple(known_fields)
    read: dict[str, Callable[[str], str]] = {
        "types": lambda text: _known("event type", text, TYPES),
        "fields": lambda text: text if fields is None else _known("field", text, fields),
        "categories": lambda text: _known("category", text, tuple(Category)),
        "origins": lambda text: _known("origin", text, tuple(Origin)),
    }
    return dataclasses.replace(wanted, **_each_part(wanted, read), when=tuple(dict.fromkeys(wanted.when)))


def _each_part(held: Scope | Wanted, read: Mapping[str, Callable[[str], str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part, parse in read.items():
        with about(part):
            found[part] = _each(parse, getattr(held, part))
    return found


def _known(what: str, text: str, known: tuple[str, ...]) -> str:
    return str(one_of(what, text.strip().lower(), known))


def _each(parse: Callable[[str], str], texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(parse(text) for text in texts))


def _search_text(text: str) -> str:
    found = " ".join(text.split())
    if not 0 < len(found) <= MOST_CHARACTERS or not found.isprintable():
        raise InvalidInput(
            f"{text[:100]!r} cannot be looked for: expected 1 to {MOST_CHARACTERS} characters that can be printed"
        )
    return found


def _plain(value: Scope | Wanted | DigestTimes) -> dict[str, Json]:
    """The fields as JSON has them: lists for tuples."""
    told = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    return {name: list(one) if isinstance(one, tuple) else one for name, one in told.items()}
