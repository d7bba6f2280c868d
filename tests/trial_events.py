"""Trial events made for the tests: one of each type, with everything that an event can say."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from tracker.domain.change import Change, Step
from tracker.domain.coverage import Coverage
from tracker.domain.events import ARRIVALS, LAPSES, Category, EventType, Origin, Significance
from tracker.ledger.events import Revision, TrialEvent

BEFORE, AFTER = "a" * 64, "b" * 64

REVISION = Revision(
    trial_id="NCT00000001",
    number=2,
    predecessor=1,
    snapshot=AFTER,
    observed=AFTER,
    origin=Origin.SPONSOR,
    posted_on=date(2026, 2, 20),
    data_on=date(2026, 2, 22),
    holds_from=date(2026, 2, 20),
    observed_at=datetime(2026, 2, 23, 7, 30, tzinfo=UTC),
    source="study",
)


def change(event_type: EventType, **other: Any) -> Change:
    """A change of that type."""
    given: dict[str, Any] = {
        "type": event_type,
        "field": "made",
        "label": "Made",
        "category": Category.STATUS,
        "significance": Significance.MAJOR,
        "step": Step.REPLACE,
        "path": "/protocolSection/made/0",
        "old": "one",
        "new": ["two", 3, None, {"four": 5.5}],
    }
    return Change(**(given | other))


def event(event_type: EventType, revision: Revision = REVISION, **other: Any) -> TrialEvent:
    """A recorded step of that type; ``other``: parts of its change."""
    coverage = None
    if event_type in ARRIVALS:
        coverage = Coverage(patterns=frozenset({"/protocolSection/made", "/hasResults"}))
        other = {"step": Step.ADD, "path": "", "old": None, "new": {"snapshot": AFTER, "pointer": ""}} | other
    if event_type is EventType.COVERAGE_WIDENED:
        revision = replace(revision, origin=Origin.SPONSOR)
    if event_type in LAPSES:
        other = {"path": "", "detail": {"cause": "2026-03-01"}} | other
        revision = replace(revision, predecessor=revision.number, origin=Origin.CLOCK, source="clock")
    origin = Origin.BASELINE if event_type in ARRIVALS else revision.origin
    return TrialEvent(revision=revision, change=change(event_type, **other), origin=origin, coverage=coverage)
