"""The refresh: the whole scope in full, a thirtieth for each day of the registry's data.

What no other leg can see (derived references, places on the map, links) is so seen within thirty days, whatever days
have no release. A trial's part follows from its number alone.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from tracker.domain.query import EVERYTHING
from tracker.pipeline.polling.work import Work

PARTS = 30
CURSOR = "refresh"
_DIGITS_AT = len("NCT")


def read(work: Work) -> str | None:
    """Read the parts whose day has come; answers why it is not complete, None where it is."""
    parts = parts_due(work.cursor(CURSOR), work.release.data_on, is_forced=work.is_forced)
    if len(parts) == PARTS and work.scope.is_everything:
        incomplete = _crawl(work)
        if incomplete is not None:
            return incomplete
    else:
        absent = work.take_whole(_counted(work, parts), singly=True)
        work.saw((work.expected or 0) - len(absent))
    work.move_all(CURSOR, through=work.release.data_on.isoformat())
    return None


def parts_due(cursor: dict[str, str] | None, today: date, *, is_forced: bool) -> frozenset[int]:
    """The parts of the days since the one of the last refresh up to ``today``, which is always among them."""
    if is_forced:
        return frozenset(range(PARTS))
    last = date.fromisoformat(cursor["through"]) if cursor else today
    days = {min(last + timedelta(days=1), today) + timedelta(days=n) for n in range(PARTS)}
    return frozenset(part_of_day(day) for day in days if day <= today)


def part_of_day(day: date) -> int:
    """The part that is read on a day."""
    return day.toordinal() % PARTS


def part_of(trial_id: str) -> int:
    """The part that a trial belongs to."""
    return int(trial_id[_DIGITS_AT:]) % PARTS


def _crawl(work: Work) -> str | None:
    crawl = work.registry.crawl(EVERYTHING)
    for page in work.pages_of(crawl):
        for record in page.rows:
            work.intake.take(record, work.release)
    return crawl.incomplete


def _counted(work: Work, parts: frozenset[int]) -> Iterator[str]:
    for trial_id in work.followed_ids():
        if part_of(trial_id) in parts:
            work.expect(1)
            yield trial_id
