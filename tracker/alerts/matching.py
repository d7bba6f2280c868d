"""Which subscriptions ask for a change: looked up, not tried one by one.

Promises exactly what ``tracker.domain.subscription_matching`` says for each subscription alone (a test holds the two
together), in time that grows with those that match rather than with all there are. A subscription waits at one *gate*,
the rarest part of its scope: a trial, a query, a text that is looked for. Which texts are found in a value, and who
wants changes of a kind, is worked out once for each.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from tracker.domain.facts import Facts
from tracker.domain.subscription import Scope, Subscription
from tracker.domain.subscription_matching import MatchedChange, TrialSide, matches_change, matches_scope
from tracker.domain.text_search import occurs_in

_Gate = tuple[str, str]  # which part of a scope, and one of its values
_EXACT = ("trials", "queries")
_TEXTS = ("sponsors", "interventions", "conditions", "countries")
_LISTS = ("statuses", "phases")


class Standing(Protocol):
    """A subscription as far as matching needs it."""

    @property
    def subscription_id(self) -> str: ...
    @property
    def request(self) -> Subscription: ...


_S = TypeVar("_S", bound=Standing)
_C = TypeVar("_C", bound=MatchedChange)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched(Generic[_S, _C]):
    """A subscription and those of the changes that it asks for."""

    subscription: _S
    changes: list[_C]


class Matcher(Generic[_S]):
    """Looks up who asks for what."""

    def __init__(self, subscriptions: Sequence[_S]) -> None:
        self._order = {one.subscription_id: at for at, one in enumerate(subscriptions)}
        self._all = subscriptions
        self._gates: dict[_Gate, list[_S]] = {}
        self._open: list[_S] = []
        self._texts: dict[str, dict[str, None]] = {part: {} for part in _TEXTS}
        self._found: dict[_Gate, tuple[_Gate, ...]] = {}
        self._wanting: dict[tuple[str, ...], frozenset[str]] = {}
        for one in subscriptions:
            self._admit(one)

    def matched(self, sides: Sequence[TrialSide], changes: Sequence[_C]) -> list[Matched[_S, _C]]:
        """Who asks for which of ``changes`` of one trial, in the order of the subscriptions."""
        wanting = [self._who_wants(change) for change in changes]
        anyone = frozenset[str]().union(*wanting)
        if not anyone:
            return []
        asking = [one for one in self.in_scope(sides) if one.subscription_id in anyone]
        return [
            Matched(
                subscription=one,
                changes=[change for change, who in zip(changes, wanting, strict=True) if one.subscription_id in who],
            )
            for one in asking
        ]

    def in_scope(self, sides: Sequence[TrialSide]) -> list[_S]:
        """Who asks for the trial, whatever changed."""
        near = {one.subscription_id: one for gate in self._passed(sides) for one in self._gates.get(gate, ())}
        near |= {one.subscription_id: one for one in self._open}
        asking = [one for one in near.values() if matches_scope(one.request.scope, sides)]
        return sorted(asking, key=lambda one: self._order[one.subscription_id])

    def _admit(self, one: _S) -> None:
        gates = _gates_of(one.request.scope)
        if not gates:
            self._open.append(one)
        for gate in gates:
            self._gates.setdefault(gate, []).append(one)
            if gate[0] in _TEXTS:
                self._texts[gate[0]][gate[1]] = None

    def _passed(self, sides: Iterable[TrialSide]) -> Iterator[_Gate]:
        for side in sides:
            yield ("trials", side.trial_id)
            for name in side.queries:
                yield ("queries", name)
            for part, values in _values(side.facts).items():
                for value in values:
                    yield from self._opened(part, value)

    def _opened(self, part: str, value: str) -> tuple[_Gate, ...]:
        """The gates that a value opens: itself, or the texts that are found in it."""
        if part in _LISTS:
            return ((part, value),)
        known = self._found.get((part, value))
        if known is None:
            known = tuple((part, text) for text in self._texts[part] if occurs_in(text, (value,)))
            self._found[part, value] = known
        return known

    def _who_wants(self, change: MatchedChange) -> frozenset[str]:
        kind = (change.type, change.field, change.category, change.significance, change.origin)
        known = self._wanting.get(kind)
        if known is None:
            known = frozenset(one.subscription_id for one in self._all if matches_change(one.request.wanted, change))
            self._wanting[kind] = known
        return known


def _gates_of(scope: Scope) -> list[_Gate]:
    """The gates of the first part that a scope names; each value is one, since values are alternatives."""
    for part in (*_EXACT, *_TEXTS, *_LISTS):
        values: tuple[str, ...] = getattr(scope, part)
        if values:
            return [(part, value) for value in values]
    return []


def _values(facts: Facts) -> Mapping[str, tuple[str, ...]]:
    status = facts.staleness.published_status
    return {
        "sponsors": () if facts.lead_sponsor is None else (facts.lead_sponsor,),
        "interventions": facts.interventions,
        "conditions": facts.conditions,
        "countries": facts.countries,
        "statuses": () if status is None else (status,),
        "phases": facts.phases,
    }
