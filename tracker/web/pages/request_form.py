"""The form of a subscription: its fields as named parts of a request, and a request as its fields. Pure.

It promises that what a form says means what the options of ``trialog subscribe`` mean, by the same reading; an empty
field says nothing in a new subscription, and takes its part away from one that there is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData, QueryParams

from tracker.domain.closed_sets import PHASES, STATUSES
from tracker.domain.digest_times import Every
from tracker.domain.events import Category, Origin, Significance
from tracker.domain.requesting import MANY, ONE, SWITCHES
from tracker.domain.subscription import TYPES, Subscription

CHOSEN = ("queries", "statuses", "phases", "types", "categories", "origins")
"""Parts of which a form lists all values to choose from."""

_BY_LINE = ("conditions", "interventions", "sponsors", "countries")
_SEPARATOR = re.compile(r"[\s,;]+")
SUGGESTED: Mapping[str, str] = {
    "unknown": "UNKNOWN",
    "lapsing:60d": "will turn UNKNOWN within 60 days",
    "results-due:30d": "results due within 30 days",
    "results-overdue": "results appear overdue",
    "unverified:12mo": "not verified for 12 months",
}

LABELS: Mapping[str, str] = {
    "name": "Name",
    "to": "Where to",
    "trials": "Trials",
    "queries": "Tracked queries",
    "conditions": "Conditions",
    "interventions": "Interventions",
    "sponsors": "Lead sponsors",
    "countries": "Countries",
    "statuses": "Recruitment statuses",
    "phases": "Phases",
    "when": "Conditions of time",
    "types": "Kinds of changes",
    "fields": "Fields",
    "categories": "Categories",
    "origins": "Brought about",
    "significance": "At least",
    "remind": "Remind every",
    "digest": "Comes",
    "at": "At",
    "zone": "Time zone",
    "on": "On",
    "from_now": "Only what comes true from now on",
    "include_contacts": "Also what names people",
    "include_backfill": "Also first sights, and the registry's history",
    "even_empty": "Also where there is nothing to tell",
}


def label_of(part: str) -> str:
    """How the form calls a part."""
    return LABELS.get(part, part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed, field by field, to be shown again: texts, and the values that were chosen of lists."""

    name: str
    to: str
    texts: Mapping[str, str]
    chosen: Mapping[str, Sequence[str]]
    switches: Mapping[str, bool]

    @property
    def addresses(self) -> list[str]:
        """The addresses, one to a line."""
        return _lines(self.to)

    def parts(self, *, is_new: bool) -> dict[str, Any]:
        """The parts that ``request_of`` reads."""
        given: dict[str, Any] = {part: self._many(part) for part in MANY}
        given |= {part: self.texts.get(part, "").strip() for part in ONE}
        given |= {part: self.switches.get(part, False) for part in SWITCHES}
        if not given["digest"]:
            given |= {"digest": None if is_new else "", "at": None, "zone": None, "on": None, "even_empty": None}
        if not is_new:
            return {part: value if value != () else ("",) for part, value in given.items()} | _unsaid(given)
        return {part: None if value == "" else value for part, value in given.items()}

    def _many(self, part: str) -> tuple[str, ...]:
        if part in CHOSEN:
            return tuple(self.chosen.get(part, ()))
        text = self.texts.get(part, "")
        typed = _lines(text) if part in _BY_LINE else [one for one in _SEPARATOR.split(text) if one]
        return tuple(dict.fromkeys([*self.chosen.get(part, ()), *typed]))


def _unsaid(given: Mapping[str, Any]) -> dict[str, Any]:
    """Times of a digest that a form leaves empty stay as they are."""
    return {part: given[part] or None for part in ("at", "zone", "on")}


def typed_in(form: FormData | QueryParams) -> Typed:
    """What a form that was sent says, or a link to it that fills it in."""
    text = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    return Typed(
        name=text.get("name", "").strip(),
        to=text.get("to", ""),
        texts={part: text.get(part, "") for part in (*MANY, *ONE) if part not in CHOSEN},
        chosen={part: _chosen(form, part) for part in (*CHOSEN, "when")},
        switches={part: part in text for part in SWITCHES},
    )


def _chosen(form: FormData | QueryParams, part: str) -> list[str]:
    name = "when_chosen" if part == "when" else part
    return [value for value in form.getlist(name) if isinstance(value, str)]


def typed_of(request: Subscription) -> Typed:
    """A request as its form shows it; addresses are not shown."""
    wanted, digest = request.wanted, request.when.digest
    when = [str(one) for one in wanted.when]
    texts = {part: "\n".join(getattr(request.scope, part)) for part in (*_BY_LINE, "trials")}
    texts |= {
        "fields": "\n".join(wanted.fields),
        "when": " ".join(one for one in when if one not in SUGGESTED),
        "significance": wanted.significance.value if wanted.significance else "",
        "remind": f"{wanted.remind_days}d" if wanted.remind_days else "",
        "digest": digest.every.value if digest else "",
        "at": f"{digest.at:%H:%M}" if digest else "",
        "zone": digest.zone if digest else "",
        "on": "" if digest is None or digest.on is None else str(digest.on),
    }
    chosen: dict[str, Sequence[str]] = {
        part: getattr(request.scope, part) for part in ("queries", "statuses", "phases")
    }
    chosen |= {part: getattr(wanted, part) for part in ("types", "categories", "origins")}
    chosen["when"] = [one for one in when if one in SUGGESTED]
    switches = {part: bool(getattr(wanted, part, False)) for part in SWITCHES}
    switches["even_empty"] = request.when.even_empty
    return Typed(name=request.name, to="", texts=texts, chosen=chosen, switches=switches)


def choices(queries: Sequence[str]) -> dict[str, Sequence[str]]:
    """What can be chosen of each part; ``queries``: those that are tracked."""
    return {
        "queries": queries,
        "statuses": STATUSES,
        "phases": PHASES,
        "types": TYPES,
        "categories": tuple(Category),
        "origins": tuple(Origin),
        "significance": tuple(Significance),
        "digest": tuple(Every),
        "when": tuple(SUGGESTED),
    }


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
