"""A small part of the registry's query language: words, "phrases", AND, OR, NOT, parentheses, AREA, RANGE.

    AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX] AND (AREA[Phase]PHASE2 OR "liver cirrhosis")

An area is a piece of the field tree or one of the search areas below. Words match when each of them begins a
word of the area's text, in any case; RANGE includes both ends. No ranking, no synonyms, no stemming.
"""

import re
from collections.abc import Callable
from typing import TypeAlias

from tracker.domain.partial_date import parse_partial_date
from tracker.domain.record import Json
from tracker.simulator.field_tree import by_name
from tracker.simulator.projection import values_at

Matcher: TypeAlias = Callable[[Json], bool]

_PROTOCOL = "protocolSection"
# Search areas that gather several fields; by piece.
AREAS: dict[str, tuple[str, ...]] = {
    "BasicSearch": (
        "IdentificationModule", "ConditionsModule", "ArmsInterventionsModule", "SponsorCollaboratorsModule",
        "DescriptionModule", "OutcomesModule",
    ),
    "ConditionSearch": ("ConditionsModule", "BriefTitle", "OfficialTitle"),
    "TitleSearch": ("BriefTitle", "OfficialTitle", "Acronym"),
    "InterventionSearch": ("InterventionName", "InterventionOtherName", "ArmGroupLabel"),
    "OutcomeSearch": ("OutcomesModule",),
    "SponsorSearch": ("LeadSponsorName", "CollaboratorName", "OrgFullName"),
    "LocationSearch": ("LocationFacility", "LocationCity", "LocationState", "LocationCountry"),
    "IdSearch": ("NCTId", "NCTIdAlias", "OrgStudyId", "SecondaryId"),
    "PatientSearch": ("IdentificationModule", "ConditionsModule", "DescriptionModule", "EligibilityCriteria"),
}  # fmt: skip

_TOKEN = re.compile(r'\s*(AREA\[[^\]]*\]|RANGE\[[^\]]*\]|[()]|"[^"]*"|[^\s()"]+)')
_WORD = re.compile(r"\w+")


class WrongQuery(Exception):
    """The text is no query; the message is what the registry would say after the parameter's name."""


def parse(text: str, *, area: str = "BasicSearch") -> Matcher:
    """What decides whether a study matches ``text``; words without AREA are sought in ``area``."""
    parser = _Parser(_TOKEN.findall(text), area)
    return parser.whole()


class _Parser:
    def __init__(self, tokens: list[str], area: str) -> None:
        self._tokens = tokens
        self._at = 0
        self._area = area

    def whole(self) -> Matcher:
        matcher = self._either()
        if self._at < len(self._tokens):
            raise WrongQuery(f"Unexpected '{self._tokens[self._at]}'")
        return matcher

    def _next(self) -> str | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, *expected: str) -> bool:
        if self._next() in expected:
            self._at += 1
            return True
        return False

    def _either(self) -> Matcher:
        parts = [self._both()]
        while self._take("OR"):
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else lambda study: any(part(study) for part in parts)

    def _both(self) -> Matcher:
        parts = [self._one()]
        while self._take("AND"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda study: all(part(study) for part in parts)

    def _one(self) -> Matcher:
        if self._take("NOT"):
            inner = self._one()
            return lambda study: not inner(study)
        token = self._next()
        if token is not None and token.startswith("AREA["):
            self._at += 1
            outer, self._area = self._area, token[5:-1].strip()
            paths_of(self._area)
            inner = self._one()
            self._area = outer
            return inner
        if self._take("("):
            inner = self._either()
            if not self._take(")"):
                raise WrongQuery("Missing ')'")
            return inner
        return self._term()

    def _term(self) -> Matcher:
        token = self._next()
        if token is None or token in ("AND", "OR", ")"):
            raise WrongQuery(f"Unexpected {'end of query' if token is None else repr(token)}")
        if token.startswith("RANGE["):
            self._at += 1
            return _in_range(token[6:-1], self._area)
        words = []
        while (token := self._next()) is not None and not _is_operator(token):
            words.append(token)
            self._at += 1
        return _with_words(" ".join(words), self._area)


def _is_operator(token: str) -> bool:
    return token in ("AND", "OR", "NOT", "(", ")") or token.startswith(("AREA[", "RANGE["))


def paths_of(area: str) -> list[tuple[str, ...]]:
    """Where the text of an area lies; raises WrongQuery with the registry's words for an unknown one."""
    nodes = by_name()
    if area in AREAS:
        return [nodes[piece].path for piece in AREAS[area]]
    if area not in nodes:
        raise WrongQuery(f"Unknown area name: '{area}'")
    return [nodes[area].path]


def _with_words(text: str, area: str) -> Matcher:
    words = [word.casefold() for word in _WORD.findall(text)]
    paths = paths_of(area)

    def matches(study: Json) -> bool:
        found = [str(value).casefold() for path in paths for value in values_at(study, path)]
        there = " " + " ".join(" ".join(_WORD.findall(value)) for value in found)
        return all(f" {word}" in there for word in words)

    return matches


def _in_range(text: str, area: str) -> Matcher:
    low, comma, high = (part.strip() for part in text.partition(","))
    if not comma:
        raise WrongQuery(f"RANGE needs two ends: '{text}'")
    (path,) = paths_of(area)
    least = None if low == "MIN" else comparable(low)
    most = None if high == "MAX" else comparable(high)

    def matches(study: Json) -> bool:
        return any(
            (least is None or least <= value) and (most is None or value <= most)
            for value in map(comparable, values_at(study, path))
        )

    return matches


def comparable(value: Json) -> tuple[int, float, str]:
    """A value such that numbers, dates and text each have their order; a month counts as its last day."""
    day = parse_partial_date(value) if isinstance(value, str) and "-" in value else None
    if day is not None:
        return (1, day.last_day.toordinal(), "")
    try:
        return (0, float(value), "")
    except (TypeError, ValueError):
        return (2, 0.0, str(value).casefold())
