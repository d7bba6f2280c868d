"""A life as rows of a table: the same content as its drawing, whose marks have these sentences for titles. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from tracker.domain.foretelling import Outlook
from tracker.domain.life.model import (
    Band,
    BandKind,
    EnrollmentStep,
    Life,
    Planned,
    PlannedDate,
    ResultsStage,
    ResultsStep,
    Slip,
    Update,
)
from tracker.domain.partial_date import PartialDate
from tracker.domain.safe_text import one_line
from tracker.domain.staleness import UNKNOWN
from tracker.domain.wording import ORIGINS, count, words


class Lane(StrEnum):
    """The parts of a life, in the order in which they are drawn; the value is what people read."""

    STATUS = "Status"
    DATES = "Planned and actual dates"
    ENROLLMENT = "Enrollment"
    RESULTS = "Results"
    UPDATES = "Updates"


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeRow:
    """One thing that happened or held, from ``since`` to ``until`` (None: on that day alone), both included.

    ``since`` has the precision that is known. ``revision`` and ``position`` say where the ledger tells it.
    """

    lane: Lane
    since: str
    what: str
    until: str | None = None
    revision: int | None = None
    position: int | None = None

    @property
    def sentence(self) -> str:
        """Days and what, in one line."""
        days = self.since if self.until in (None, self.since) else f"{self.since} to {self.until}"
        return f"{days}: {self.what}"


STAGES = {
    ResultsStage.SUBMITTED: "submitted to the registry",
    ResultsStage.RETURNED: "returned by quality control",
    ResultsStage.CANCELLED: "submission cancelled",
    ResultsStage.POSTED: "posted",
    ResultsStage.REVISED: "revised",
    ResultsStage.REMOVED: "removed",
    ResultsStage.DELAYED: "delay certified or requested",
}


def life_rows(life: Life) -> list[LifeRow]:
    """All rows, lane by lane; within a lane in the order of the days, planned dates one after the other."""
    return [
        *(band_row(band) for band in life.bands),
        *foretold_rows(life),
        *(row for plan in life.dates for row in date_rows(plan)),
        *(enrollment_row(step) for step in life.enrollment),
        *(results_row(step) for step in life.results),
        *(update_row(update) for update in life.updates),
    ]


def band_row(band: Band) -> LifeRow:
    """A status band."""
    return LifeRow(
        lane=Lane.STATUS,
        since=band.first.isoformat(),
        until=band.last.isoformat(),
        what=_status(band),
        revision=band.revision,
    )


def band_name(band: Band) -> str:
    """What a band is called in a word or two."""
    match band.kind:
        case BandKind.UNSEEN:
            return "not in this ledger"
        case BandKind.LAPSED:
            return "UNKNOWN by the rule"
        case BandKind.MERGED:
            return f"merged into {band.merged_into}" if band.merged_into else "merged"
        case BandKind.WITHHELD:
            return "withheld"
        case BandKind.DISAPPEARED:
            return "gone"
        case BandKind.SUBMITTED if band.status is None:
            return "not yet UNKNOWN"
    return status_name(band.status)


def status_name(status: str | None) -> str:
    """A recruitment status as people read it; UNKNOWN stays in capitals, as it is the registry's verdict."""
    if status is None:
        return "status not given"
    return status if status == UNKNOWN else words(one_line(status))


def foretold_rows(life: Life) -> Iterator[LifeRow]:
    """The day that is foretold, where there is one."""
    if life.foretold.outlook is Outlook.LAPSING and life.foretold.on is not None:
        yield LifeRow(lane=Lane.STATUS, since=life.foretold.on.isoformat(), what=life.foretold.sentence)


def date_rows(plan: PlannedDate) -> list[LifeRow]:
    """A planned date as it was first said, and each time that it was said anew."""
    return [first_row(plan), *(slip_row(plan, slip) for slip in plan.slips)]


def first_row(plan: PlannedDate) -> LifeRow:
    """A planned date as it was first said."""
    what = f"{plan.label}: {_date(plan.first)}" if plan.first else f"{plan.label}: not given"
    return LifeRow(lane=Lane.DATES, since=plan.said_on.isoformat(), what=what)


def slip_row(plan: PlannedDate, slip: Slip) -> LifeRow:
    """A planned date said anew."""
    return LifeRow(
        lane=Lane.DATES,
        since=slip.on.isoformat(),
        what=f"{plan.label}: {_moved(slip)}",
        revision=slip.revision,
        position=slip.position,
    )


def enrollment_row(step: EnrollmentStep) -> LifeRow:
    """How many participants were said from a day on."""
    return LifeRow(
        lane=Lane.ENROLLMENT,
        since=step.on.isoformat(),
        what=f"{count(step.count, 'participant')}, {kind_name(step.kind)}",
        revision=step.revision,
        position=step.position,
    )


def results_row(step: ResultsStep) -> LifeRow:
    """A step of the results."""
    changes = f", {count(step.changes_count, 'change')}" if step.stage is ResultsStage.REVISED else ""
    return LifeRow(
        lane=Lane.RESULTS,
        since=date_text(step.when),
        what=f"Results {STAGES[step.stage]}{changes}",
        revision=step.revision,
        position=step.position,
    )


def update_row(update: Update) -> LifeRow:
    """A revision."""
    who = ORIGINS.get(update.origin, update.origin)
    return LifeRow(
        lane=Lane.UPDATES,
        since=update.on.isoformat(),
        what=f"Revision {update.revision} {who}, {count(update.changes_count, 'change')}",
        revision=update.revision,
    )


def kind_name(kind: str | None) -> str:
    """Whether a date or a number was planned or came to pass."""
    names = {"ACTUAL": "actual", "ESTIMATED": "planned", "ANTICIPATED": "planned", None: "planned or actual not said"}
    return names.get(kind) or words(one_line(kind or ""))


def date_text(when: PartialDate) -> str:
    """A date with the precision that it has."""
    month = "" if when.month is None else f"-{when.month:02d}"
    return f"{when.year:04d}{month}" + ("" if when.day is None else f"-{when.day:02d}")


def shift_text(shift_days: int) -> str:
    """By how much a date moved: ``31 days later``."""
    if not shift_days:
        return "the same day"
    return f"{count(abs(shift_days), 'day')} {'later' if shift_days > 0 else 'earlier'}"


def _status(band: Band) -> str:
    name = band_name(band)
    if band.kind is BandKind.LAPSED:
        return f"UNKNOWN by the registry's rule; last given as {status_name(band.status)}"
    if band.kind is BandKind.SUBMITTED:
        return f"{name}; before the registry's rule said UNKNOWN"
    if band.kind is BandKind.SHOWN and band.last_known:
        return f"{name}, last known as {status_name(band.last_known)}"
    return name


def _date(said: Planned) -> str:
    return f"{one_line(said.text)}, {kind_name(said.kind)}"


def _moved(slip: Slip) -> str:
    if slip.new is None:
        return f"{one_line(slip.old.text) if slip.old else 'no date'} taken out"
    if slip.old is None:
        return f"{_date(slip.new)}, given for the first time"
    if slip.old.text == slip.new.text:
        return f"{_date(slip.new)}, before: {kind_name(slip.old.kind)}"
    shift_days = slip.shift_days
    moved = "" if shift_days is None else f", {shift_text(shift_days)}"
    return f"from {one_line(slip.old.text)} to {_date(slip.new)}{moved}"
