"""Checks that are kept, and that go on where the last sound one ended."""

from datetime import UTC, datetime

import pytest

from store.verifications import Verification
from tests.contract.pipeline.lab import Lab
from tests.contract.pipeline.test_verify import UNLOCK
from tests.records import enrollment, record
from tracker.pipeline.checking import ALL, NEW, check

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def checked(lab: Lab, scope: str) -> Verification:
    """What a check came to; it is kept."""
    found = check(lab.database, scope=scope, now=lambda: NOON)
    with lab.database.reading() as transaction:
        assert found == transaction.verifications.last(scope)
    return found


def tamper(lab: Lab, *statements: str) -> None:
    """Change something behind the ledger's back."""
    with lab.database.writing() as transaction:
        for statement in (*UNLOCK[lab.database.dialect_name], *statements):
            transaction.connection.exec_driver_sql(statement)


def test_each_check_goes_on_where_the_last_one_ended(good: Lab) -> None:
    """What was checked stands, what came since is checked, in an empty remainder too; all speaks of what is new."""
    assert (True, 10) == (checked(good, NEW).ok, checked(good, NEW).checked_to)
    good.see(record(data_on="2026-03-01", designModule=enrollment(77)))
    assert (True, 11) == (checked(good, NEW).ok, checked(good, NEW).checked_to)
    good.see(record(data_on="2026-03-09", designModule=enrollment(78)))
    assert (True, 12) == (checked(good, ALL).ok, checked(good, ALL).checked_to)
    with good.database.reading() as transaction:
        new = transaction.verifications.last(NEW)
    assert new is not None
    assert 12 == new.checked_to


@pytest.mark.parametrize(
    ("statement", "position"),
    (
        ("UPDATE events SET data = replace(data, '77', '41') WHERE position = 11", 11),
        ("UPDATE events SET stream_version = stream_version + 1 WHERE position = 11", 11),
        ("DELETE FROM events WHERE position = 11", 11),
        (f"UPDATE events SET hash = '{'1' * 64}' WHERE position = 10", 10),
        ("DELETE FROM events WHERE position >= 9", 10),
        ("DELETE FROM snapshots WHERE sha256 = (SELECT max(snapshot) FROM view_revisions WHERE position = 11)", 11),
    ),
)
def test_a_fault_behind_the_mark_is_found_and_found_again(good: Lab, statement: str, position: int) -> None:
    """What is new is checked as all is, and that the place where the last check ended is what it was."""
    sound = checked(good, NEW)
    good.see(record(data_on="2026-03-01", designModule=enrollment(77)))
    tamper(good, statement)
    for _ in range(2):
        found = checked(good, NEW)
        assert (False, position, sound.checked_to) == (found.ok, found.position, found.checked_to)
    assert not checked(good, ALL).ok


def test_what_was_checked_is_not_read_again(good: Lab) -> None:
    """A check of what is new does not look at what lies before the last one; a check of everything does."""
    assert checked(good, NEW).ok
    tamper(good, "UPDATE events SET data = replace(data, '40', '41') WHERE position = 3")
    taken_away, altered = checked(good, NEW), checked(good, ALL)
    assert (None, True) == (taken_away.position, "refuse" in (taken_away.reason or ""))
    assert (3, True) == (altered.position, "altered" in (altered.reason or ""))
