"""Rows of the views, made from a recorded revision and the facts of its record. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from store.json_text import encode
from tracker.domain.coverage import Coverage
from tracker.domain.facts import Facts, facts_of
from tracker.domain.record import Json
from tracker.domain.search_words import search_words
from tracker.domain.whereabouts import Whereabouts
from tracker.ledger.events import RecordedTrialEvent, Revision

Row = dict[str, Any]

SEARCH_WORDS = "search_words"  # what is read from a record for the search, beside the columns of its revision

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # what PostgreSQL's text cannot hold; snapshots keep it


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionRecorded:
    """The events of one revision that were recorded together.

    ``facts``: what is read from its record (``columns_read``), None for a link. A move or a lapse comes
    as the only one of ``events``, without facts.
    """

    events: Sequence[RecordedTrialEvent]
    facts: Row | None

    @property
    def is_move(self) -> bool:
        """Whether it says where the record is, and no revision follows."""
        return self.events[0].is_move

    @property
    def is_beside_revisions(self) -> bool:
        """Whether no revision follows."""
        return self.events[0].is_beside_revisions

    @property
    def revision(self) -> Revision:
        """The revision that the events lead to."""
        return self.events[0].event.revision

    @property
    def coverage(self) -> Coverage | None:
        """The coverage that the events set; None where it is that of the predecessor."""
        return next((told.event.coverage for told in self.events if told.event.coverage is not None), None)


def revision_row(recorded: RevisionRecorded, *, rank: int, coverage: str | None, not_before: str = "") -> Row:
    """The row of ``view_revisions``; ``coverage`` as the table holds it; ``not_before``: the day of the one before."""
    revision, first = recorded.revision, recorded.events[0]
    assert recorded.facts is not None
    said_from = since_when(
        revision.holds_from.isoformat(), data_on=_day(revision.data_on), posted_on=recorded.facts["posted_on"]
    )
    return {
        "trial_id": revision.trial_id,
        "revision": revision.number,
        "rank": rank,
        "predecessor": revision.predecessor,
        "snapshot": revision.snapshot,
        "observed": revision.observed,
        "coverage": coverage,
        "origin": revision.origin.value,
        "source": revision.source,
        "registry_version": revision.registry_version,
        "said_from": said_from,
        "holds_from": max(said_from, not_before),
        "event_posted_on": _day(revision.posted_on),
        "data_on": _day(revision.data_on),
        "observed_at": instant_text(revision.observed_at),
        "recorded_at": instant_text(first.recorded_at),
        "position": first.position,
        "replaced_at": None,
        "replaced_by": None,
        **{name: value for name, value in recorded.facts.items() if name != SEARCH_WORDS},
    }


def since_when(holds_from: str, *, data_on: str | None, posted_on: str | None) -> str:
    """Since when a revision holds by its own dates; ``posted_on`` is its record's, whether or not that moved.

    Without a data date that is the post date. Events of before that was the rule say the day of observation instead.
    """
    return holds_from if data_on or not posted_on else posted_on


def coverage_text(coverage: Coverage | None) -> str | None:
    """A coverage as the table holds it: null for the whole record."""
    return None if coverage is None or coverage.patterns is None else encode(sorted(coverage.patterns)).decode()


def columns_read(record: Json) -> Row:
    """The columns of ``view_revisions`` that are read from ``record``, and its ``search_words``."""
    facts = facts_of(record)
    return _facts_columns(facts) | {SEARCH_WORDS: search_words(record, facts)}


def _facts_columns(facts: Facts) -> Row:
    staleness = facts.staleness
    return {
        "title": storable(facts.title),
        "lead_sponsor": storable(facts.lead_sponsor),
        "conditions": _lines(facts.conditions),
        "interventions": _lines(facts.interventions),
        "countries": _lines(facts.countries),
        "phases": _lines(facts.phases),
        "posted_on": _day(facts.posted_on),
        "submitted_on": storable(facts.submitted_on),
        "published_status": storable(staleness.published_status),
        "last_known_status": storable(staleness.last_known_status),
        "completion_on": storable(staleness.completion_on),
        "verified_on": storable(staleness.verified_on),
        "short_row": facts.short_row,
        "lapses_on": _day(staleness.lapses_on),
        "results_due_on": _day(facts.results_due_on),
    }


def trial_row(recorded: RevisionRecorded) -> Row:
    """The row of ``view_trials`` of a trial whose newest revision is ``recorded``."""
    revision = recorded.revision
    assert recorded.facts is not None
    return {
        "trial_id": revision.trial_id,
        "revision": revision.number,
        "revisions_count": revision.number,
        "snapshot": revision.snapshot,
        "coverage": coverage_text(recorded.coverage),
        "stream_version": recorded.events[-1].stream_version,
        "published_status": recorded.facts["published_status"],
        "data_on": _day(revision.data_on),
        "short_row": recorded.facts["short_row"],
        "whereabouts": Whereabouts.VISIBLE.value,
        "merged_into": None,
    }


def move_row(recorded: RevisionRecorded) -> Row:
    """The row of ``view_moves``."""
    event, change = recorded.events[0], recorded.events[0].event.change
    return {
        "position": event.position,
        "trial_id": recorded.revision.trial_id,
        "whereabouts": change.new,
        "merged_into": change.detail.get("into"),
        "data_on": recorded.revision.holds_from.isoformat(),
        "recorded_at": instant_text(event.recorded_at),
    }


def change_rows(recorded: RevisionRecorded) -> list[Row]:
    """The rows of ``view_changes``."""
    return [_change_row(event) for event in recorded.events]


def _change_row(recorded: RecordedTrialEvent) -> Row:
    revision, change = recorded.event.revision, recorded.event.change
    return {
        "position": recorded.position,
        "trial_id": revision.trial_id,
        "revision": revision.number,
        "predecessor": revision.predecessor,
        "type": change.type.value,
        "field": storable(change.field),
        "category": change.category.value,
        "significance": change.significance.value,
        "origin": recorded.event.origin.value,
        "timeline_on": _day(revision.posted_on or revision.data_on),
        "observed_at": instant_text(revision.observed_at),
        "recorded_at": instant_text(recorded.recorded_at),
        "superseded_at": None,
    }


@lru_cache(maxsize=64)  # a batch has two instants
def instant_text(instant: datetime) -> str:
    """An aware instant as text of fixed width in UTC, which sorts as instants do."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def storable(text: str | None) -> str | None:
    """``text`` with a mark in the place of what PostgreSQL cannot hold."""
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return _UNSTORABLE.sub("\ufffd", text)


def _lines(values: Sequence[str]) -> str:
    return "\n".join(storable(value.replace("\n", " ")) or "" for value in values)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
