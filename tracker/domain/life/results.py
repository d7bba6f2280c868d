"""The way of a trial's results: delay, submission, return, post, revision, removal. Pure.

Each step has the day that the registry gives it where there is one, else the day since when the revision that shows it
holds. A step that both the record and a change tell is told once.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from tracker.domain.events import EventType
from tracker.domain.life.model import ResultsStage, ResultsStep
from tracker.domain.life.told import LifeTold
from tracker.domain.partial_date import PartialDate, parse_partial_date
from tracker.domain.record import Json, list_at, status_date, text_at

STAGES = {
    EventType.RESULTS_SUBMITTED: ResultsStage.SUBMITTED,
    EventType.RESULTS_RETURNED: ResultsStage.RETURNED,
    EventType.RESULTS_SUBMISSION_CANCELLED: ResultsStage.CANCELLED,
    EventType.RESULTS_POSTED: ResultsStage.POSTED,
    EventType.RESULTS_REVISED: ResultsStage.REVISED,
    EventType.RESULTS_REMOVED: ResultsStage.REMOVED,
    EventType.DELAY_CERTIFIED: ResultsStage.DELAYED,
}
_SAID_BY_RECORD = {
    "dispFirstSubmitDate": ResultsStage.DELAYED,
    "resultsFirstSubmitDate": ResultsStage.SUBMITTED,
    "resultsFirstPostDateStruct": ResultsStage.POSTED,
}
_UNPOSTED = {
    "RELEASE": ResultsStage.SUBMITTED,
    "RESET": ResultsStage.RETURNED,
    "UNRELEASE": ResultsStage.CANCELLED,
}


def results_steps(told: LifeTold) -> list[ResultsStep]:
    """The steps in the order of their days."""
    by_record = list(dict.fromkeys(_of_record(told.record)))
    by_change = list(_of_changes(told))
    return sorted(
        _once(by_record, by_change), key=lambda step: (step.when.last_day, list(ResultsStage).index(step.stage))
    )


def _of_record(record: Json) -> Iterator[ResultsStep]:
    for name, stage in _SAID_BY_RECORD.items():
        when = status_date(record, name)
        if when is not None:
            yield ResultsStep(when=when, stage=stage)
    events = list_at(record, "annotationSection", "annotationModule", "unpostedAnnotation", "unpostedEvents")
    for event in events:
        when = _own_day(event)
        kind = _UNPOSTED.get(text_at(event, "type") or "")
        if when is not None and kind is not None:
            yield ResultsStep(when=when, stage=kind)


def _of_changes(told: LifeTold) -> Iterator[ResultsStep]:
    days = {revision.revision: _day(revision.holds_from) for revision in told.revisions}
    for change in told.changes:
        if change.type in STAGES and change.revision in days:
            yield ResultsStep(
                when=_own_day(change.new) or days[change.revision],
                stage=STAGES[change.type],
                revision=change.revision,
                position=change.position,
            )
    for group in told.results:
        if group.type in STAGES and group.revision in days:
            yield ResultsStep(
                when=days[group.revision],
                stage=STAGES[group.type],
                revision=group.revision,
                position=group.position,
                changes_count=group.changes_count,
            )


def _once(by_record: list[ResultsStep], by_change: Iterable[ResultsStep]) -> Iterator[ResultsStep]:
    """The steps of both; where both tell one, the record's day and the change's place in the ledger."""
    left = list(by_record)
    for step in by_change:
        same = next((one for one in left if _is_same(one, step)), None)
        if same is None:
            yield step
            continue
        left.remove(same)
        yield ResultsStep(
            when=same.when,
            stage=same.stage,
            revision=step.revision,
            position=step.position,
            changes_count=step.changes_count,
        )
    yield from left


def _is_same(by_record: ResultsStep, by_change: ResultsStep) -> bool:
    """The record gives one day for the first post, submission and certificate; what follows is told by changes."""
    if by_record.stage is not by_change.stage:
        return False
    return by_record.when == by_change.when or by_record.stage in (ResultsStage.POSTED, ResultsStage.DELAYED)


def _own_day(value: Json) -> PartialDate | None:
    text = text_at(value, "date") if isinstance(value, dict) else value
    return parse_partial_date(text) if isinstance(text, str) else None


def _day(day: date) -> PartialDate:
    return PartialDate(year=day.year, month=day.month, day=day.day)
