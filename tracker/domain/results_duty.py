"""The duty to report results in the United States: when a trial's results are due, and whether they were reported.

Rule (``docs/registry.md``; FDAAA 801, 42 CFR 11, computed as the FDAAA TrialsTracker computes it from public fields):

- applicable is an interventional trial of an FDA-regulated drug or device, not of phase 1 or early phase 1, no device
  feasibility study, not withdrawn, that started on or after 2017-01-18 (a month counts to its end);
- the clock starts at the primary completion date, else the completion date, a month at its end;
- results are due one year later, three with a certificate of delay (``dispFirstSubmitDate``), and overdue after 30
  days more; a year after 29 February is 28 February;
- submitted counts as reported, also while in review or returned by quality control; cancelled does not.

It does not know what is not public: extensions, waivers, and whether a trial is covered. So it says "appears".
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from tracker.domain.record import Json, list_at, module, status_date, text_at, value_at

EFFECTIVE_ON = date(2017, 1, 18)
GRACE_DAYS = 30
_YEARS, _YEARS_WITH_CERTIFICATE = 1, 3
_EARLY_PHASES = frozenset({"EARLY_PHASE1", "PHASE1"})
_SUBMITTED, _CANCELLED = "RELEASE", "UNRELEASE"

APPEARS_OVERDUE = "appears overdue, absent an unpublished extension"


class Exemption(StrEnum):
    """Why results are not owed, as far as the record shows."""

    NOT_INTERVENTIONAL = "not an interventional trial"
    NOT_REGULATED = "no FDA-regulated drug or device"
    EARLY_PHASE = "phase 1"
    DEVICE_FEASIBILITY = "a device feasibility study"
    WITHDRAWN = "withdrawn"
    NO_START = "no start date"
    STARTED_EARLIER = "started before 2017-01-18"


class Reported(StrEnum):
    """How far results have come."""

    POSTED = "posted"
    SUBMITTED = "submitted"  # in review, or returned by quality control
    NOT_REPORTED = "not_reported"  # never submitted, or the last submission was cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsDuty:
    """What the rule needs of a record, and what it says.

    ``exemption``: None for an applicable trial. ``due_on``: the last day in time, ``overdue_from``: the first day
    overdue; both None where nothing is owed or no date starts the clock. ``certified_on``: ``dispFirstSubmitDate``.
    """

    exemption: Exemption | None
    due_on: date | None
    overdue_from: date | None
    reported: Reported
    certified_on: str | None

    @property
    def is_applicable(self) -> bool:
        """Whether results are owed, as far as the record shows."""
        return self.exemption is None

    @property
    def owed_on(self) -> date | None:
        """The last day in time, where results are owed and not reported."""
        return self.due_on if self.reported is Reported.NOT_REPORTED else None

    def is_overdue(self, on: date) -> bool:
        """Whether results appear overdue on day ``on``."""
        is_open = self.reported is Reported.NOT_REPORTED
        return is_open and self.overdue_from is not None and self.overdue_from <= on

    def in_words(self, on: date) -> str:
        """The duty on day ``on`` in a sentence for people, without its full stop."""
        if self.exemption is not None:
            return f"no results appear to be owed: {self.exemption}"
        if self.reported is not Reported.NOT_REPORTED:
            return f"results {self.reported}"
        if self.due_on is None:
            return "results are owed, but no completion date says when"
        if self.is_overdue(on):
            return f"results were due on {self.due_on}: {APPEARS_OVERDUE}"
        return f"results due on {self.due_on}"


def results_duty_of(record: Json) -> ResultsDuty:
    """What the rule says of ``record``."""
    exemption = _exemption(record)
    certified_on = _certified_on(record)
    due_on = _due_on(record, is_certified=certified_on is not None) if exemption is None else None
    return ResultsDuty(
        exemption=exemption,
        due_on=due_on,
        overdue_from=overdue_from(due_on),
        reported=_reported(record),
        certified_on=certified_on,
    )


def overdue_from(due_on: date | None) -> date | None:
    """The first day on which results that were due on ``due_on`` are overdue."""
    try:
        return None if due_on is None else due_on + timedelta(days=GRACE_DAYS + 1)
    except OverflowError:
        return None


def results_owed_on(record: Json) -> date | None:
    """``results_duty_of(record).owed_on``, for every record that is taken in: most are exempt, which is soon seen."""
    if _exemption(record) is not None or _reported(record) is not Reported.NOT_REPORTED:
        return None
    return _due_on(record, is_certified=_certified_on(record) is not None)


def _certified_on(record: Json) -> str | None:
    return text_at(module(record, "statusModule"), "dispFirstSubmitDate")


def _exemption(record: Json) -> Exemption | None:
    design, oversight = module(record, "designModule"), module(record, "oversightModule")
    started = status_date(record, "startDateStruct")
    phases = [phase for phase in list_at(design, "phases") if isinstance(phase, str)]
    if text_at(design, "studyType") != "INTERVENTIONAL":
        return Exemption.NOT_INTERVENTIONAL
    if True not in (oversight.get("isFdaRegulatedDrug"), oversight.get("isFdaRegulatedDevice")):
        return Exemption.NOT_REGULATED
    if phases and _EARLY_PHASES.issuperset(phases):  # phases 1 and 2 together are covered
        return Exemption.EARLY_PHASE
    if text_at(design, "designInfo", "primaryPurpose") == "DEVICE_FEASIBILITY":
        return Exemption.DEVICE_FEASIBILITY
    if text_at(module(record, "statusModule"), "overallStatus") == "WITHDRAWN":
        return Exemption.WITHDRAWN
    if started is None:
        return Exemption.NO_START
    return Exemption.STARTED_EARLIER if started.last_day < EFFECTIVE_ON else None


def _due_on(record: Json, *, is_certified: bool) -> date | None:
    completed = status_date(record, "primaryCompletionDateStruct") or status_date(record, "completionDateStruct")
    if completed is None:
        return None
    return _years_later(completed.last_day, _YEARS_WITH_CERTIFICATE if is_certified else _YEARS)


def _reported(record: Json) -> Reported:
    status = module(record, "statusModule")
    if value_at(record, "resultsSection") or value_at(record, "hasResults") is True:
        return Reported.POSTED
    if status_date(record, "resultsFirstPostDateStruct") is not None:
        return Reported.POSTED
    steps = _steps(record)
    if steps:
        return Reported.NOT_REPORTED if steps[-1] == _CANCELLED else Reported.SUBMITTED
    is_submitted = text_at(status, "resultsFirstSubmitDate") or text_at(
        *_tracking(record), "estimatedResultsFirstSubmitDate"
    )
    return Reported.SUBMITTED if is_submitted else Reported.NOT_REPORTED


def _steps(record: Json) -> list[str]:
    """What became of submissions, oldest first; from the annotation, else from the registry's own tracking.

    The registry lists both by time, and some steps without a date; the order of its lists is taken as given.
    """
    events = list_at(record, "annotationSection", "annotationModule", "unpostedAnnotation", "unpostedEvents")
    kinds = [kind for event in events if (kind := text_at(event, "type")) is not None]
    if kinds:
        return kinds
    infos = [info for info in list_at(*_tracking(record), "submissionInfos") if isinstance(info, dict)]
    return [_CANCELLED if _was_cancelled(info) else _SUBMITTED for info in infos]


def _was_cancelled(info: dict[str, Json]) -> bool:
    return text_at(info, "unreleaseDate") is not None or info.get("unreleaseDateUnknown") is True


def _tracking(record: Json) -> tuple[Json, str, str, str]:
    return record, "derivedSection", "miscInfoModule", "submissionTracking"


def _years_later(day: date, years: int) -> date | None:
    """None past the last year of the calendar; one or three years after a leap year there is no 29 February."""
    is_leap_day = (day.month, day.day) == (2, 29)
    try:
        return day.replace(year=day.year + years, day=28 if is_leap_day else day.day)
    except ValueError:
        return None
