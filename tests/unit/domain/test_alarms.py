"""Of what the operator is told, and when a trouble is over."""

from datetime import UTC, datetime

import pytest

from tracker.domain.alarms import absent_looks, alarming, are_over, key_of, unclear
from tracker.domain.fitness import Code
from tracker.domain.running import OPERATOR, DatabaseFault, Facts, JobFacts, LegFacts

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
HELD = (str(Code.HELD_RUN), "run1")
DISK = (str(Code.DISK_NEARLY_FULL), "")


def facts(**given: object) -> Facts:
    """What was seen, all well but for what is given."""
    return Facts(now=NOW, silence_h=26.0, **given)  # type: ignore[arg-type]


def test_all_that_is_amiss_is_told_but_that_there_is_no_ledger_or_nobody_to_tell() -> None:
    """A job that fails is; an empty place is no alarm, and of his own address nobody can be told there."""
    job = JobFacts(job="release", failures_in_a_row=3, reason="no")
    assert [("job_failing", "release")] == [
        key_of(one) for one in alarming(facts(jobs=(job,), unreachable=(OPERATOR,)))
    ]
    assert [] == alarming(facts(database_fault=DatabaseFault.NO_LEDGER))
    assert [("subscription_unreachable", "a")] == [key_of(one) for one in alarming(facts(unreachable=("a",)))]


def test_a_trouble_is_over_after_two_looks_without_it() -> None:
    """One that comes back in between starts to count anew."""
    once = absent_looks({}, [HELD], present=[], unclear=())
    assert frozenset() == are_over(once)
    back = absent_looks(once, [HELD], present=[HELD], unclear=())
    assert frozenset() == are_over(absent_looks(back, [HELD], present=[], unclear=()))
    assert {HELD} == are_over(absent_looks(once, [HELD], present=[], unclear=()))


def test_a_disk_around_the_limit_is_over_late_and_the_last_look_decides_at_once() -> None:
    """Ten looks for a disk; where nobody looks again soon, one for anything."""
    absent: dict[tuple[str, str], int] = {}
    for _ in range(9):
        absent = absent_looks(absent, [DISK], present=[], unclear=())
        assert frozenset() == are_over(absent)
    assert {DISK} == are_over(absent_looks(absent, [DISK], present=[], unclear=()))
    assert {DISK} == are_over(absent_looks({}, [DISK], present=[], unclear=()), is_last_look=True)


def test_a_look_that_is_unclear_counts_neither_way() -> None:
    """What was absent once before is absent once after it."""
    once = absent_looks({}, [HELD], present=[], unclear=())
    assert once == absent_looks(once, [HELD], present=[], unclear={Code.HELD_RUN})


@pytest.mark.parametrize(
    ("seen", "code", "is_clear"),
    (
        (facts(), Code.HELD_RUN, True),
        (facts(database_fault=DatabaseFault.UNREACHABLE), Code.HELD_RUN, False),
        (facts(database_fault=DatabaseFault.UNREACHABLE), Code.DISK_NEARLY_FULL, True),
        (facts(database_fault=DatabaseFault.VIEWS_OUTDATED), Code.SILENCE, False),
        (facts(database_fault=DatabaseFault.VIEWS_OUTDATED), Code.HELD_RUN, True),
        (facts(legs=(LegFacts(leg="delta", outcome="running"),)), Code.REGISTRY_BLOCKS, False),
    ),
)
def test_what_could_not_be_looked_at_is_unclear(seen: Facts, code: Code, is_clear: bool) -> None:
    """Without the database only the disk is seen, without the views no polls, and under a poll no end of a 403."""
    assert is_clear == (code not in unclear(seen))
