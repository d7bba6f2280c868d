"""Who is stale, counted: by sponsor, condition and country, and how many lapse on each day."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from tracker.views.stale import StaleFilter, is_wanted, lapsing_until
from tracker.views.tables import REVISIONS

Counted = Sequence[tuple[str, int]]
"""Names with how many trials, the most first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaleSummary:
    """How many trials are UNKNOWN or will be; ``lapses``: by day, how many will be from then on."""

    unknown: int
    lapsing: int
    by_sponsor: Counted
    by_condition: Counted
    by_country: Counted
    lapses: Mapping[str, int]


def stale_summary(connection: Connection, wanted: StaleFilter, *, most: int) -> StaleSummary:
    """The trials of ``stale_trials``, counted; ``most``: so many names of each kind. It reads all of them."""
    columns = (REVISIONS.c.lapses_on, REVISIONS.c.lead_sponsor, REVISIONS.c.conditions, REVISIONS.c.countries)
    rows: Iterable[Any] = connection.execute(select(*columns).where(*lapsing_until(wanted)))
    on, days = wanted.on.isoformat(), Counter[str]()
    sponsors, conditions, countries = Counter[str | None](), Counter[str](), Counter[str]()
    for row in rows if not wanted.is_narrow else (each for each in rows if is_wanted(each, wanted)):
        days[row[0]] += 1
        sponsors[row[1]] += 1
        conditions[row[2]] += 1
        countries[row[3]] += 1
    unknown = sum(total for day, total in days.items() if day <= on)
    return StaleSummary(
        unknown=unknown,
        lapsing=days.total() - unknown,
        by_sponsor=[(name, total) for name, total in sponsors.most_common() if name][:most],
        by_condition=_lines(conditions, most),
        by_country=_lines(countries, most),
        lapses={day: total for day, total in days.items() if day > on},
    )


def _lines(counted: Mapping[str, int], most: int) -> Counted:
    """Of lists, one value to a line, how often each value is in one."""
    found = Counter[str]()
    for lines, total in counted.items():
        for value in dict.fromkeys(lines.splitlines()):
            found[value] += total
    return found.most_common(most)
