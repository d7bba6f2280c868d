"""Whether a standing request asks for a trial, and for a change. Pure.

Values of one option are alternatives, different options must all hold. A scope holds where it holds for the record
before the change or for that after it, each with all its options. Of changes:

- without any event option and without conditions of time, those of significance major;
- with an event option, what the options say, of any significance that is not named;
- with conditions of time and no event option, none: the conditions only;
- of origin ``baseline`` or ``backfill`` only with ``include_backfill``, of origin ``clock`` only where that origin is
  asked for, of people's contacts only with ``include_contacts``.

It does not take contacts out of a change that tells other things too, such as a whole site.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tracker.domain.events import LAPSES, Category, EventType, Origin, Significance
from tracker.domain.facts import Facts
from tracker.domain.subscription import Scope, Wanted
from tracker.domain.text_search import occurs_in

_EARLIER = frozenset({Origin.BASELINE.value, Origin.BACKFILL.value})
_RANKS = {significance.value: rank for rank, significance in enumerate(Significance)}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSide:
    """A trial before or after a change: what its record says, and which tracked queries find it."""

    trial_id: str
    facts: Facts
    queries: frozenset[str] = frozenset()


class MatchedChange(Protocol):
    """What of a change decides; the names are those of ``trialog changes --json``."""

    @property
    def type(self) -> str: ...
    @property
    def field(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def significance(self) -> str: ...
    @property
    def origin(self) -> str: ...


def matches_scope(scope: Scope, sides: Iterable[TrialSide]) -> bool:
    """Whether the trial is asked for as it was or as it is; ``sides``: those of the two that are known."""
    return any(_holds_for(scope, side) for side in sides)


def _holds_for(scope: Scope, side: TrialSide) -> bool:
    facts = side.facts
    exact = (
        (scope.trials, (side.trial_id,)),
        (scope.queries, side.queries),
        (scope.statuses, (facts.staleness.published_status,)),
        (scope.phases, facts.phases),
    )
    texts = (
        (scope.sponsors, (facts.lead_sponsor,)),
        (scope.countries, facts.countries),
        (scope.conditions, facts.conditions),
        (scope.interventions, facts.interventions),
    )
    return all(not asked or any(one in values for one in asked) for asked, values in exact) and all(
        not asked or any(occurs_in(text, values) for text in asked) for asked, values in texts
    )


def matches_change(wanted: Wanted, change: MatchedChange) -> bool:
    """Whether the change is told, of whatever trial it is."""
    if wanted.when and not wanted.has_event_options:
        return False
    return _is_allowed(wanted, change) and _is_chosen(wanted, change)


def _is_allowed(wanted: Wanted, change: MatchedChange) -> bool:
    if change.origin == Origin.CLOCK or change.type in LAPSES:
        return Origin.CLOCK in wanted.origins
    if change.origin in _EARLIER and not wanted.include_backfill:
        return False
    return wanted.include_contacts or not _is_of_contacts(change)


def _is_of_contacts(change: MatchedChange) -> bool:
    return change.category == Category.CONTACTS or change.type == EventType.CONTACT_CHANGED


def _is_chosen(wanted: Wanted, change: MatchedChange) -> bool:
    pairs = (
        (wanted.types, change.type),
        (wanted.fields, change.field),
        (wanted.categories, change.category),
        (wanted.origins, change.origin),
    )
    least = wanted.significance or (None if wanted.has_event_options else Significance.MAJOR)
    is_heavy = least is None or _RANKS[change.significance] <= _RANKS[least]
    return is_heavy and all(not asked or value in asked for asked, value in pairs)
