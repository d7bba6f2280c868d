"""Strategies: observations of one trial as sources may bring them, in any order, old and new, whole and thin."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from hypothesis import strategies as st

from tests.records import Json, enrollment, observation, record, sites
from tracker.domain.coverage import WHOLE, Coverage
from tracker.domain.whereabouts import Whereabouts
from tracker.source import Observation

FIRST_DAY = date(2026, 1, 1)

STATUSES = ("RECRUITING", "UNKNOWN", "COMPLETED")
COVERAGES = (
    WHOLE,
    Coverage(patterns=frozenset({"/protocolSection/statusModule"})),
    Coverage(patterns=frozenset({"/protocolSection/designModule", "/derivedSection"})),
    Coverage(
        patterns=frozenset(
            {
                "/protocolSection/contactsLocationsModule/locations/*/facility",
                "/protocolSection/contactsLocationsModule/locations/*/city",
                "/protocolSection/statusModule/overallStatus",
                "/protocolSection/statusModule/lastUpdatePostDateStruct/date",
            }
        )
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What a version of a trial is made of; days count from the first of the year, None leaves a date out."""

    data_day: int | None
    posted_day: int | None
    status: str = "RECRUITING"
    count: int = 10
    sites_count: int = 0
    coverage: Coverage = WHOLE

    def record(self, trial_id: str) -> dict[str, Json]:
        """The record of this version."""
        return record(
            trial_id,
            status=self.status,
            posted_on=day_text(self.posted_day),
            data_on=day_text(self.data_day),
            designModule=enrollment(self.count),
            contactsLocationsModule=sites(self.sites_count) if self.sites_count else {},
        )

    def observation(self, trial_id: str) -> Observation:
        """This version as its source shows it."""
        return observation(self.record(trial_id), self.coverage)


def day_text(day: int | None) -> str | None:
    """That day of the year."""
    return None if day is None else (FIRST_DAY + timedelta(days=day)).isoformat()


def versions(*, coverages: tuple[Coverage, ...] = (WHOLE,)) -> st.SearchStrategy[Version]:
    """Versions with few dates and few contents, so that they tie, repeat and come back."""
    return st.builds(
        Version,
        data_day=st.none() | st.integers(10, 15),
        posted_day=st.none() | st.integers(7, 9),
        status=st.sampled_from(STATUSES),
        count=st.integers(1, 3),
        sites_count=st.integers(0, 3),
        coverage=st.sampled_from(coverages),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Where the record was seen to be, in the data release of a day."""

    now: Whereabouts
    data_day: int

    @property
    def into(self) -> str | None:
        """The trial that it was merged into."""
        return "NCT99999999" if self.now is Whereabouts.MERGED else None


def moves() -> st.SearchStrategy[Move]:
    """Moves of a record with few dates, so that they tie with versions and with each other."""
    return st.builds(Move, now=st.sampled_from(Whereabouts), data_day=st.integers(10, 15))


def dated_alike() -> st.SearchStrategy[tuple[list[Version], list[Version]]]:
    """Versions held and versions imported that all have a date, of either kind, or all have none."""
    some = versions()
    alike = (
        some.filter(lambda version: version.data_day is not None or version.posted_day is not None),
        some.map(lambda version: replace(version, data_day=None, posted_day=None)),
    )
    pairs = [st.tuples(st.lists(kind, max_size=3), st.lists(kind, min_size=1, max_size=6)) for kind in alike]
    return st.one_of(pairs)


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """The true course of a trial: data dates that rise, contents that stay, change and come back.

    A post date moves with a content or stays, and never goes back.
    """
    days = sorted(draw(st.sets(st.integers(1, 60), min_size=2, max_size=6)))
    post_days = {day for day in days if draw(st.integers(0, 3)) == 3}
    history: list[Version] = []
    posted_day = 0
    for day in days:
        posted_day = day if day in post_days else posted_day
        history.append(Version(data_day=day, posted_day=posted_day, count=draw(st.integers(1, 2))))
    return history


def arrivals(history: list[Version]) -> st.SearchStrategy[list[list[Version]]]:
    """The versions of a history in any order, over several imports, some of them again."""
    again = st.lists(st.sampled_from(history), max_size=2)
    orders = st.tuples(st.permutations(history), again).map(lambda both: [*both[0], *both[1]])
    return st.tuples(orders, st.sets(st.integers(1, len(history)))).map(lambda both: _cut(*both))


def _cut(order: list[Version], cuts: set[int]) -> list[list[Version]]:
    ends = sorted({0, *cuts, len(order)})
    return [order[begin:end] for begin, end in pairwise(ends)]
