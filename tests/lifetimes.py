"""Lives of trials made for the tests: what a ledger would tell of them, without a ledger."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from tests.records import ID, Json, record
from tracker.domain.coverage import WHOLE, Coverage
from tracker.domain.events import EventType, Origin
from tracker.domain.life.model import Life
from tracker.domain.life.telling import life_of
from tracker.domain.life.told import ChangeTold, LifeTold, MoveTold, ResultsTold, RevisionTold
from tracker.domain.staleness import Staleness
from tracker.domain.whereabouts import Whereabouts

TODAY = date(2026, 6, 15)
START = "/protocolSection/statusModule/startDateStruct"
COMPLETION = "/protocolSection/statusModule/completionDateStruct"
PRIMARY = "/protocolSection/statusModule/primaryCompletionDateStruct"
ENROLLMENT = "/protocolSection/designModule/enrollmentInfo"


def revision(
    number: int,
    on: str,
    status: str | None = "RECRUITING",
    *,
    lapses_on: str | None = None,
    coverage: Coverage = WHOLE,
    **more: Any,
) -> RevisionTold:
    """A revision that holds from a day; ``lapses_on`` as the rule says it of the record."""
    return RevisionTold(
        revision=number,
        holds_from=date.fromisoformat(on),
        data_on=date.fromisoformat(data_on) if (data_on := more.pop("data_on", None)) else None,
        origin=more.pop("origin", Origin.SPONSOR.value),
        changes_count=more.pop("changes_count", 1),
        staleness=Staleness(
            published_status=status,
            last_known_status=more.pop("last_known", None),
            completion_on=None,
            verified_on=None,
            lapses_on=date.fromisoformat(lapses_on) if lapses_on else None,
        ),
        coverage=coverage,
    )


def change(number: int, path: str, old: Json, new: Json, type_: EventType = EventType.FIELD_CHANGED) -> ChangeTold:
    """A change that led to revision ``number``; its position is that number times ten."""
    return ChangeTold(revision=number, position=number * 10, type=type_, path=path, old=old, new=new)


def move(on: str, whereabouts: Whereabouts, into: str | None = None) -> MoveTold:
    """Where the record is from a day on."""
    return MoveTold(on=date.fromisoformat(on), whereabouts=whereabouts, merged_into=into)


def told(
    revisions: Sequence[RevisionTold],
    changes: Sequence[ChangeTold] = (),
    *,
    results: Sequence[ResultsTold] = (),
    moves: Sequence[MoveTold] = (),
    newest: Json = None,
) -> LifeTold:
    """All that a ledger tells; ``newest`` is the record of the last revision."""
    return LifeTold(
        trial_id=ID,
        revisions=revisions,
        changes=changes,
        results=results,
        moves=moves,
        record=record() if newest is None else newest,
    )


def long_life() -> Life:
    """A trial with some of everything: slips, UNKNOWN by the rule and as published, withheld, results, a forecast."""
    status = {
        "studyFirstPostDateStruct": {"date": "2018-01-10"},
        "primaryCompletionDateStruct": {"date": "2022-05", "type": "ACTUAL"},
        "resultsFirstPostDateStruct": {"date": "2024-01-15", "type": "ACTUAL"},
        "dispFirstSubmitDate": "2023-03",
    }
    newest = record(statusModule=status, designModule={"enrollmentInfo": {"count": 88, "type": "ACTUAL"}})
    revisions = [
        revision(1, "2018-03-01", "NOT_YET_RECRUITING", origin="baseline"),
        revision(2, "2018-09-01", "RECRUITING", lapses_on="2020-10-01"),
        revision(3, "2021-01-01", "UNKNOWN", lapses_on="2020-10-01", last_known="RECRUITING", origin="registry"),
        revision(4, "2021-06-01", "ACTIVE_NOT_RECRUITING", lapses_on="2027-01-01"),
        revision(5, "2024-02-01", "ACTIVE_NOT_RECRUITING", lapses_on="2027-01-01", origin="backfill"),
    ]
    changes = [
        change(2, f"{PRIMARY}/date", "2020-05", "2021-05"),
        change(4, f"{PRIMARY}/date", "2021-05", "2022-05"),
        change(4, f"{PRIMARY}/type", "ESTIMATED", "ACTUAL"),
        change(4, f"{ENROLLMENT}/count", 120, 88),
        change(4, f"{ENROLLMENT}/type", "ESTIMATED", "ACTUAL"),
    ]
    posted = ResultsTold(revision=5, position=50, type=EventType.RESULTS_POSTED, changes_count=1)
    moves = [move("2025-01-01", Whereabouts.WITHHELD), move("2025-03-01", Whereabouts.VISIBLE)]
    return life_of(told(revisions, changes, results=[posted], moves=moves, newest=newest), today=TODAY)


def busy_life(revisions_count: int) -> Life:
    """A trial whose every revision, ten days after the other, moves its dates and its enrollment."""
    days = [date(2015, 1, 1) + timedelta(days=10 * number) for number in range(revisions_count)]
    said = [(date(2026, 1, 1) + timedelta(days=number * 37 % 900)).isoformat() for number in range(revisions_count)]
    changes = []
    for number in range(1, revisions_count):
        for path in (START, PRIMARY, COMPLETION):
            changes.append(change(number + 1, f"{path}/date", said[number - 1], said[number]))
        changes.append(change(number + 1, f"{ENROLLMENT}/count", 100 + (number - 1) * 7 % 90, 100 + number * 7 % 90))
    dates = {path.rpartition("/")[2]: {"date": said[-1], "type": "ESTIMATED"} for path in (START, PRIMARY, COMPLETION)}
    counted = {"enrollmentInfo": {"count": 100 + (revisions_count - 1) * 7 % 90, "type": "ESTIMATED"}}
    revisions = [revision(number + 1, day.isoformat()) for number, day in enumerate(days)]
    return life_of(told(revisions, changes, newest=record(statusModule=dates, designModule=counted)), today=TODAY)
