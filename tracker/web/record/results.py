"""Posted results, in short: who took part, what was measured, what harm was seen. Pure.

A trial's results can be megabytes of tables. Here stands what they are about, with counts; the figures themselves are
in the record as published. Modules that are not known are told in words, cut to a length that a page can bear.
"""

from collections.abc import Iterator, Mapping, Sequence

from tracker.alerts.rendering.values import in_words
from tracker.domain.pointer import escape
from tracker.domain.record import Json, list_at, text_at
from tracker.domain.safe_text import shortened
from tracker.web.record.parts import Fact, Part, Table, Value
from tracker.web.record.values import name, objects

MOST_ROWS = 100
_MOST_OPEN = 12
_MOST_CHARS = 2_000
_NAMED = frozenset({"type", "paramType", "reportingStatus"})


def results_parts(results: Json, path: str) -> Iterator[Part]:
    """The parts of a results section."""
    if not isinstance(results, dict):
        yield _in_words("Results", path, results)
        return
    for key, module in results.items():
        at = f"{path}/{escape(key)}"
        match key:
            case "participantFlowModule":
                yield from _flow(module, at)
            case "baselineCharacteristicsModule":
                yield from _baseline(module, at)
            case "outcomeMeasuresModule":
                yield from _outcomes(module, at)
            case "adverseEventsModule":
                yield from _harm(module, at)
            case _:
                yield _in_words(_LABELS.get(str(key), str(key)), at, module)


_LABELS: Mapping[str, str] = {"moreInfoModule": "More about the results"}


def _flow(module: Json, path: str) -> Iterator[Part]:
    yield from _texts(module, path, {"recruitmentDetails": "Recruitment", "preAssignmentDetails": "Before assignment"})
    groups = list(objects(list_at(module, "groups")))
    rows = []
    for group in groups:
        figures = [_achieved(module, kind, group.get("id")) for kind in ("STARTED", "COMPLETED")]
        rows.append([_said(group, "title"), *figures])
    yield from _table("Participant flow, first period", path, ("Group", "Started", "Completed"), rows)


def _achieved(module: Json, kind: str, group: Json) -> str:
    for milestone in objects(list_at(next(iter(objects(list_at(module, "periods"))), {}), "milestones")):
        if milestone.get("type") == kind:
            for one in objects(list_at(milestone, "achievements")):
                if one.get("groupId") == group:
                    return _said(one, "numSubjects")
    return ""


def _baseline(module: Json, path: str) -> Iterator[Part]:
    yield from _texts(module, path, {"populationDescription": "Population analyzed"})
    rows = [
        [_said(one, "title"), _said(one, "paramType"), _said(one, "unitOfMeasure")]
        for one in objects(list_at(module, "measures"))
    ]
    yield from _table("Baseline characteristics", path, ("Characteristic", "Given as", "Unit"), rows)


def _outcomes(module: Json, path: str) -> Iterator[Part]:
    rows = [
        [
            _said(one, "type"),
            _said(one, "title"),
            _said(one, "timeFrame"),
            _said(one, "reportingStatus"),
            str(len(list_at(one, "analyses")) or ""),
        ]
        for one in objects(list_at(module, "outcomeMeasures"))
    ]
    columns = ("Kind", "Outcome measure", "Time frame", "Reported", "Analyses")
    yield from _table("Outcome measures", path, columns, rows)


def _harm(module: Json, path: str) -> Iterator[Part]:
    yield from _texts(module, path, {"timeFrame": "Harm was recorded", "description": "How harm was recorded"})
    rows = [
        [_said(one, "title"), *(_of(one, kind) for kind in ("deaths", "serious", "other"))]
        for one in objects(list_at(module, "eventGroups"))
    ]
    columns = ("Group", "Died", "Serious adverse events", "Other adverse events")
    yield from _table("Adverse events, participants affected", path, columns, rows)
    for key, label in (("seriousEvents", "Serious adverse events"), ("otherEvents", "Other adverse events")):
        events = list(objects(list_at(module, key)))
        terms = [[_said(event, "term"), _said(event, "organSystem")] for event in events]
        yield from _table(label, f"{path}/{key}", ("Event", "Organ system"), terms)


def _of(group: Mapping[str, Json], kind: str) -> str:
    affected, at_risk = group.get(f"{kind}NumAffected"), group.get(f"{kind}NumAtRisk")
    return "" if affected is None else f"{affected} of {at_risk}" if at_risk is not None else f"{affected}"


def _said(item: Mapping[str, Json], key: str) -> str:
    value = item.get(key)
    if value is None:
        return ""
    return name(value) if isinstance(value, str) and key in _NAMED else in_words(value)


def _texts(module: Json, path: str, labels: Mapping[str, str]) -> Iterator[Fact]:
    for key, label in labels.items():
        text = text_at(module, key)
        if text:
            value = Value(text=shortened(text, _MOST_CHARS))
            yield Fact(label=label, path=f"{path}/{key}", values=(value,))


def _table(label: str, path: str, columns: tuple[str, ...], rows: Sequence[Sequence[str]]) -> Iterator[Table]:
    if rows:
        used = [at for at in range(len(columns)) if any(row[at] for row in rows)]
        yield Table(
            label=label,
            path=path,
            columns=tuple(columns[at] for at in used),
            rows=tuple(tuple(Value(text=row[at]) for at in used) for row in rows[:MOST_ROWS]),
            count=len(rows),
            is_folded=len(rows) > _MOST_OPEN,
        )


def _in_words(label: str, path: str, value: Json) -> Fact:
    return Fact(label=label, path=path, values=(Value(text=shortened(in_words(value), _MOST_CHARS)),))
