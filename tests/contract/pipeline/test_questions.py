"""Which revision answers a question: by the registry's day, by what was known, by number; and by what date it holds."""

from datetime import UTC, date, datetime

import pytest

from tests.contract.pipeline.lab import Lab
from tests.records import Json
from tracker.domain.errors import NotFound
from tracker.views.answers import AnsweredChange
from tracker.views.trails import FeedFilter, TrailFilter, feed, trail


def three(lab: Lab) -> list[Json]:
    """Baseline, a silent change, and a change with a new post date."""
    return [
        lab.record(data_on="2026-02-02"),
        lab.record(data_on="2026-03-05", status="UNKNOWN"),
        lab.record(data_on="2026-04-20", posted_on="2026-04-16", status="COMPLETED"),
    ]


def test_a_revision_holds_from_the_day_it_was_posted_else_from_its_data_date(lab: Lab) -> None:
    """The post date counts if it moved; a silent change holds from the data release that showed it."""
    lab.see_each(*three(lab))
    held = [(revision.holds_from, revision.posted_on, revision.data_on) for revision in lab.timeline()]
    assert [
        ("2026-01-10", "2026-01-10", "2026-02-02"),
        ("2026-03-05", None, "2026-03-05"),
        ("2026-04-16", "2026-04-16", "2026-04-20"),
    ] == held


@pytest.mark.parametrize(
    ("observed_at", "expected"),
    (
        (datetime(2026, 5, 7, 23, 30, tzinfo=UTC), "2026-05-07"),
        (datetime.fromisoformat("2026-05-08T01:30:00+02:00"), "2026-05-07"),
    ),
)
def test_without_any_date_a_revision_holds_from_when_it_was_observed(
    lab: Lab, observed_at: datetime, expected: str
) -> None:
    """The day it was observed is that of UTC, whatever zone the instant was given in."""
    lab.see(lab.record(posted_on=None), observed_at=observed_at)
    lab.see(lab.record(posted_on=None, status="COMPLETED"), observed_at=observed_at)
    assert [expected, expected] == [revision.holds_from for revision in lab.timeline()]
    assert 2 == len({revision.snapshot for revision in lab.timeline()})


def test_a_naive_instant_of_observation_is_refused(lab: Lab) -> None:
    """Nobody can know which zone it meant."""
    with pytest.raises(ValueError, match="time zone"):
        lab.see(lab.record(), observed_at=datetime(2026, 5, 7))  # noqa: DTZ001 - the point of the test
    with pytest.raises(NotFound):
        lab.at()


@pytest.mark.parametrize(
    ("as_of", "revision"),
    (
        ("2026-01-10", 1),
        ("2026-03-04", 1),
        ("2026-03-05", 2),
        ("2026-04-15", 2),
        ("2026-04-16", 3),
        ("2030-01-01", 3),
    ),
)
def test_as_of_answers_what_the_registry_said_on_a_day(lab: Lab, as_of: str, revision: int) -> None:
    """The last revision of the timeline that holds from that day or an earlier one."""
    lab.see_each(*three(lab))
    assert revision == lab.at(as_of=as_of).revision


def test_as_of_before_everything_says_since_when_something_is_known(lab: Lab) -> None:
    """No revision holds on a day before the first."""
    lab.see_each(*three(lab))
    with pytest.raises(NotFound, match="the earliest known record holds from 2026-01-10"):
        lab.at(as_of="2026-01-09")


def test_known_at_answers_what_this_ledger_knew(lab: Lab) -> None:
    """The newest revision recorded at or before the instant, whatever days it speaks of."""
    lab.see(lab.record(data_on="2026-02-02"))
    first = lab.at().recorded_at
    lab.see(lab.record(data_on="2026-03-05", status="COMPLETED"))
    assert 1 == lab.at(known_at=datetime.fromisoformat(first)).revision
    assert 2 == lab.at(known_at=lab.clock()).revision


def test_known_at_before_everything_says_when_it_was_stored(lab: Lab) -> None:
    """Nothing was known before the first record was stored."""
    lab.see(lab.record())
    with pytest.raises(NotFound, match=f"its first record was stored at {lab.at().recorded_at}"):
        lab.at(known_at=datetime(2026, 1, 1, tzinfo=UTC))


def test_a_revision_that_does_not_exist_is_answered_with_those_that_do(lab: Lab) -> None:
    """The message says which numbers there are."""
    lab.see_each(*three(lab))
    assert "COMPLETED" == lab.at(number=3).published_status
    for number in (0, 4):
        with pytest.raises(NotFound, match=f"no revision {number}: expected one of 1 to 3"):
            lab.at(number=number)


def test_a_trial_that_is_not_held_is_answered_with_near_misses(lab: Lab) -> None:
    """Held ids that differ in one digit or by two neighbours changing places are suggested."""
    lab.see(lab.record())
    mistyped = lab.trial[:4] + "9" + lab.trial[5:]
    with pytest.raises(NotFound, match=f"did you mean {lab.trial}"):
        lab.at(mistyped)
    with pytest.raises(NotFound, match="import its record first"):
        lab.at("NCT98765432")


def test_since_and_until_are_days_of_the_registrys_timeline_both_included(lab: Lab) -> None:
    """A silent change stands at its data date, a posted one at its post date."""
    lab.see_each(*three(lab))
    wanted = TrailFilter(since=date(2026, 3, 5), until=date(2026, 4, 16), fields=["overall_status"])
    with lab.database.reading() as transaction:
        found = trail(transaction.connection, lab.trial, wanted, limit=None)
        narrower = TrailFilter(since=date(2026, 3, 6), until=date(2026, 4, 15))
        assert [] == trail(transaction.connection, lab.trial, narrower, limit=None)
        assert found[-1:] == trail(transaction.connection, lab.trial, wanted, limit=1)
    assert [(2, "UNKNOWN"), (3, "COMPLETED")] == [(one.revision, one.new) for one in found]


def test_the_feed_goes_on_where_a_reader_left_off(lab: Lab) -> None:
    """Reading after a position, a few at a time, meets each change once, in the order of recording."""
    lab.see_each(*three(lab))
    met: list[AnsweredChange] = []
    with lab.database.reading() as transaction:
        everything = list(feed(transaction.connection, FeedFilter(trials=[lab.trial]), limit=None))
        newest = list(feed(transaction.connection, FeedFilter(trials=[lab.trial]), limit=2))
        after = 0
        while page := list(feed(transaction.connection, FeedFilter(trials=[lab.trial], after=after), limit=2)):
            met += page
            after = page[-1].position or 0
    assert [one.event.change.type for one in lab.events()] == [one.type for one in everything]
    assert everything == met
    assert everything[-2:] == newest
