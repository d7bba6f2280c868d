"""The port of a living registry: what a poll may ask one, and what the answers mean.

It promises nothing about how the answers come (``tracker/sources/ctgov`` does). Every call may raise:

- ``Transient``: the registry could not be asked, however often it was tried; nothing is known about any trial;
- ``Blocked``: the registry lets this client in no more; the operator is told, and nothing is known about any trial;
- ``Refused``: the registry calls the question wrong; the message has its words and the parameter;
- ``Permanent``: the answer is not what this version understands (another site, a renamed field);
- ``Stopped``: a person asked to stop during a wait.

Laws: an absence is said only where the registry said it; a record is handed on verbatim (decoded JSON); ids are
NCT numbers in capitals.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from tracker.domain.query import Query
from tracker.domain.record import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """The data release that the registry shows. Compare ``stamp`` for equality only: it is no clock.

    ``data_on`` is the stamp's calendar date, the registry's "today" for forecasts.
    """

    stamp: str
    api_version: str
    data_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a crawl: ``number`` from 1, ``rows`` as decoded records in the registry's order."""

    number: int
    rows: tuple[Json, ...]


class Crawl(Protocol):
    """Everything that matches a query, page by page; each iteration asks anew, in memory for one page.

    Laws: ``total`` is what the registry counted on the first page and None before it; ``rows`` and ``distinct_ids``
    speak of the pages handed on so far; ``incomplete`` is None exactly when the last iteration reached the end and
    rows = distinct ids = total, else the reason in words.
    """

    @property
    def total(self) -> int | None: ...

    @property
    def rows(self) -> int: ...

    @property
    def distinct_ids(self) -> int: ...

    @property
    def incomplete(self) -> str | None: ...

    def __iter__(self) -> Iterator[Page]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The registry shows the trial under the id that was asked for."""

    record: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The id is an alias: the trial lives on under ``into``."""

    into: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """The registry says that it has no trial under this id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One version in the registry's history of a trial, counted from 0.

    ``submitted_on`` is the day of submission, not of posting. ``status`` of the newest entry may be the computed
    UNKNOWN, which no version ever contained. ``quality_checked_on`` and ``study_type`` are None in old captures.
    """

    version: int
    submitted_on: date
    status: str | None
    study_type: str | None = None
    module_labels: tuple[str, ...] = ()
    quality_checked_on: date | None = None


class Registry(Protocol):
    """A registry that can be asked."""

    @property
    def requests(self) -> int:
        """Requests sent so far, repeated ones included."""
        ...

    @property
    def bytes(self) -> int:
        """Bytes of answers' bodies received so far, compressed as they came."""
        ...

    def release(self) -> Release:
        """The release that is shown now; to be read before and after a crawl."""
        ...

    def crawl(self, query: Query, *, fields: Sequence[str] | None = None, sort: str | None = None) -> Crawl:
        """What matches ``query``: whole records, or ``fields`` of them; nothing is asked before the iteration."""
        ...

    def studies_by_id(self, ids: Iterable[str], *, fields: Sequence[str] | None = None) -> Iterator[tuple[str, Json]]:
        """Each id that was asked for and found, with its record, each id once; the absent are not mentioned.

        An alias comes with the surviving record, whose own id is another.
        """
        ...

    def study(self, trial_id: str) -> Found | Merged | Gone:
        """One trial in full, or where it went."""
        ...

    def history(self, trial_id: str) -> list[HistoryEntry]:
        """The versions of a trial, oldest first; raises NotFound where the registry has no such trial."""
        ...

    def history_version(self, trial_id: str, version: int) -> Json:
        """A past version's record, its text as HTML; raises NotFound for a version that ``history`` does not name."""
        ...

    def check_fields(self, names: Iterable[str]) -> None:
        """Raises Permanent, naming them, where the registry has no field of these names; asks once per process."""
        ...
