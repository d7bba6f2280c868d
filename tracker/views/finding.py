"""Searching the trials: which a text and filters find, ranked, page by page.

Order: by rank (``tracker.views.wanted_trials``), in it the trial whose record changed last first (``changed_on``), of
one day the higher number. It promises the same trials in the same order on both databases, and that following ``next``
gives each exactly once while nothing is recorded. A page costs what it shows, and what it passes over of rows that an
index of words cannot decide: where two frequent words of a filter are to stand beside each other, microseconds for each
trial that has both somewhere. Trials that were merged into others are found by nothing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, select

from store.words import Asked, Every, Except
from tracker.domain.errors import InvalidInput
from tracker.domain.text_search import occurs_in
from tracker.views.answers import FoundPage, FoundTrial
from tracker.views.search_writer import trial_with
from tracker.views.tables import REVISIONS, TRIALS, WORD_INDEX
from tracker.views.wanted_trials import TrialFilter, narrowed, ranks

MOST = 1000  # on one page
_FIRST = 10**17 - 1  # above every sort key
_NEXT = re.compile(r"([0-4])-([0-9]{1,17})")
_READ_MOST = 2000

_ROWS = (
    select(TRIALS.c.trial_id, TRIALS.c.revision, REVISIONS.c.title, REVISIONS.c.lead_sponsor)
    .add_columns(REVISIONS.c.published_status, REVISIONS.c.last_known_status, REVISIONS.c.phases)
    .add_columns(REVISIONS.c.conditions, REVISIONS.c.interventions, REVISIONS.c.countries)
    .add_columns(REVISIONS.c.posted_on, REVISIONS.c.holds_from)
    .join(REVISIONS, and_(REVISIONS.c.trial_id == TRIALS.c.trial_id, REVISIONS.c.revision == TRIALS.c.revision))
    .where(TRIALS.c.trial_id.in_(bindparam("trials", expanding=True)))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hit:
    rank: int
    key: int
    row: Row[Any]


def find_trials(connection: Connection, wanted: TrialFilter, *, limit: int, after: str | None = None) -> FoundPage:
    """The first ``limit`` trials, 1 to 1,000, or those behind a page's ``next``.

    Raises InvalidInput for an ``after`` that is no such text.
    """
    most = min(limit, MOST)
    hits: list[_Hit] = []
    for hit in _hits(connection, wanted, start=_place(after), wave=most + 1):
        if len(hits) == most:
            return FoundPage(items=[_found(one.row) for one in hits], next=f"{hits[-1].rank}-{hits[-1].key}")
        hits.append(hit)
    return FoundPage(items=[_found(one.row) for one in hits], next=None)


def _place(after: str | None) -> tuple[int, int]:
    """The rank and the sort key behind which a page begins."""
    if after is None:
        return 0, _FIRST
    told = _NEXT.fullmatch(after)
    if told is None:
        raise InvalidInput("expected the next of a page before, as it was given")
    return int(told[1]), int(told[2])


def _hits(connection: Connection, wanted: TrialFilter, *, start: tuple[int, int], wave: int) -> Iterator[_Hit]:
    """The trials from a place on, some read at a time, more where many are passed over."""
    by_filters = narrowed(connection, wanted)
    questions = ranks(connection, wanted.text)
    for rank in range(start[0], len(questions)):
        before = start[1] if rank == start[0] else _FIRST
        asked = _both(questions[rank](), by_filters.asked)
        size = wave
        while keys := WORD_INDEX.keys(connection, asked, before=before, limit=size, like=by_filters.like):
            rows = _rows(connection, [trial_with(key) for key in keys])
            for key in keys:
                row = rows[trial_with(key)]
                if by_filters.is_exact or _is_wanted(row, wanted):
                    yield _Hit(rank=rank, key=key, row=row)
            if len(keys) < size:
                break
            before, size = keys[-1], min(size * 2, _READ_MOST)


def _both(asked: Asked | None, by_filters: Asked | None) -> Asked | None:
    """What both ask for; filters stand inside an exception, lest all that it leaves be gone through first."""
    if asked is None or by_filters is None:
        return asked or by_filters
    if isinstance(asked, Except):
        return Except(wanted=Every(parts=(by_filters, asked.wanted)), unwanted=asked.unwanted)
    return Every(parts=(by_filters, asked))


def _rows(connection: Connection, trial_ids: Sequence[str]) -> dict[str, Row[Any]]:
    return {row.trial_id: row for row in connection.execute(_ROWS, {"trials": list(trial_ids)})}


def _is_wanted(row: Row[Any], wanted: TrialFilter) -> bool:
    pairs = (
        (wanted.conditions, row.conditions),
        (wanted.interventions, row.interventions),
        (wanted.sponsors, row.lead_sponsor),
        (wanted.countries, row.countries),
    )
    return all(not texts or any(occurs_in(text, (value,)) for text in texts) for texts, value in pairs)


def _found(row: Row[Any]) -> FoundTrial:
    return FoundTrial(
        trial_id=row.trial_id,
        title=row.title,
        lead_sponsor=row.lead_sponsor,
        published_status=row.published_status,
        last_known_status=row.last_known_status,
        phases=row.phases.split("\n") if row.phases else [],
        conditions=row.conditions.split("\n") if row.conditions else [],
        posted_on=row.posted_on,
        revision=row.revision,
        changed_on=row.holds_from,
    )
