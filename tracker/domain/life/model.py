"""A trial's life as a value: what is drawn, and what the table beside the drawing lists.

Days are calendar days of the registry's timeline, both ends of a span included. Planned dates keep the precision that
the registry gave them: ``2026-05`` is a month.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from tracker.domain.foretelling import Foretold
from tracker.domain.partial_date import PartialDate, moved_days, parse_partial_date


class BandKind(StrEnum):
    """What is known of the record in a span of days."""

    UNSEEN = "unseen"  # posted, yet before the first content that the ledger has
    SHOWN = "shown"  # it was shown with its status
    SUBMITTED = "submitted"  # before the rule said UNKNOWN, of a content that was seen only when it did
    LAPSED = "lapsed"  # it was shown, and the registry's rule says UNKNOWN though the content does not
    WITHHELD = "withheld"
    MERGED = "merged"
    DISAPPEARED = "disappeared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A span of days in which one thing is known of the status; ``revision``: the first that said so.

    ``status`` is the published one, ``last_known`` the one that the sponsor last gave where that is another.
    """

    kind: BandKind
    first: date
    last: date
    status: str | None = None
    last_known: str | None = None
    merged_into: str | None = None
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A date as the registry wrote it, and whether it was planned or came to pass (``ESTIMATED``, ``ACTUAL``)."""

    text: str
    kind: str | None = None

    @property
    def is_actual(self) -> bool:
        """Whether it came to pass."""
        return self.kind == "ACTUAL"

    @property
    def when(self) -> PartialDate | None:
        """The date, None where the text is none."""
        return parse_partial_date(self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A planned date said anew on day ``on``; None stands for no date."""

    on: date
    revision: int
    position: int
    old: Planned | None
    new: Planned | None

    @property
    def shift_days(self) -> int | None:
        """By how many days it moved, months from their ends; None where it was refined, added or removed."""
        return _shift(self.old, self.new)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDate:
    """A date of the plan from its first to its present form; ``said_on``: since when the first is known."""

    key: str
    label: str
    said_on: date
    first: Planned | None
    now: Planned | None
    slips: tuple[Slip, ...]

    @property
    def shift_days(self) -> int | None:
        """From the first date that was given to the present one."""
        given = [said for said in (self.first, *(slip.new for slip in self.slips)) if said is not None]
        return _shift(given[0], self.now) if given else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentStep:
    """So many participants, planned or actual, said on day ``on``; ``position`` is None for the first."""

    on: date
    revision: int
    position: int | None
    count: int
    kind: str | None

    @property
    def is_actual(self) -> bool:
        """Whether they took part, rather than being planned."""
        return self.kind == "ACTUAL"


class ResultsStage(StrEnum):
    """A step on the way of results to the public, or of them once there."""

    SUBMITTED = "submitted"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    POSTED = "posted"
    REVISED = "revised"
    REMOVED = "removed"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsStep:
    """A step of the results on ``when``; ``revision`` and ``position`` where the ledger has a change that says so."""

    when: PartialDate
    stage: ResultsStage
    revision: int | None = None
    position: int | None = None
    changes_count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A revision: the day since when it holds, who brought it about, and how much it changed."""

    on: date
    revision: int
    origin: str
    changes_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Life:
    """The whole life of a trial, as known on ``today``."""

    trial_id: str
    today: date
    bands: tuple[Band, ...]
    dates: tuple[PlannedDate, ...]
    enrollment: tuple[EnrollmentStep, ...]
    results: tuple[ResultsStep, ...]
    updates: tuple[Update, ...]
    foretold: Foretold


def _shift(old: Planned | None, new: Planned | None) -> int | None:
    before, after = old.when if old else None, new.when if new else None
    return None if before is None or after is None else moved_days(before, after)
