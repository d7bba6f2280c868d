"""What a life is made of: the revisions, changes and moves that a ledger tells of one trial.

Whoever reads the ledger fills these in; they hold values of the records verbatim and know no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.domain.coverage import Coverage
from tracker.domain.events import EventType
from tracker.domain.record import Json
from tracker.domain.staleness import Staleness
from tracker.domain.whereabouts import Whereabouts


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionTold:
    """A revision of the registry's timeline; ``holds_from`` is never before that of the one in front of it.

    ``data_on``: the data release that showed it, None where the source names none.
    """

    revision: int
    holds_from: date
    data_on: date | None
    origin: str
    changes_count: int
    staleness: Staleness
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeTold:
    """A change of one field, at ``position`` of the ledger, that led to ``revision``; values verbatim."""

    revision: int
    position: int
    type: EventType
    path: str
    old: Json
    new: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsTold:
    """How many changes of one type a revision brought to the results; ``position`` is that of the first."""

    revision: int
    position: int
    type: EventType
    changes_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTold:
    """Where the record is since the release of day ``on``."""

    on: date
    whereabouts: Whereabouts
    merged_into: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LifeTold:
    """All that is told of a trial: revisions, changes and moves in the order of the timeline, and the newest record.

    ``changes`` are those of planned dates, of enrollment and of the way to results; ``results`` those of the results.
    """

    trial_id: str
    revisions: Sequence[RevisionTold]
    changes: Sequence[ChangeTold]
    results: Sequence[ResultsTold]
    moves: Sequence[MoveTold]
    record: Json
