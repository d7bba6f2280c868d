"""Pauses: what came before one is sent after it, what came in it is sent or skipped; on both databases."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from store.deliveries import DeliveryState
from tests.contract.alerts.alert_lab import AlertLab, request
from tests.records import record
from tracker.alerts.conditions import tell_conditions

ID, OTHER, THIRD = "NCT00000001", "NCT00000002", "NCT00000003"
UNKNOWN = f"unknown:{ID}:2026-07-01"
JULY = datetime(2026, 7, 2, 8, tzinfo=UTC)
DAILY = {"every": "daily", "at": "07:00"}


def see(alerts: AlertLab, *, trial: str = ID, day: int = 1, verified: str = "2024-06", **given: Any) -> None:
    """A recruiting trial, complete in 2025 and verified in June 2024: UNKNOWN from 2026-07-01."""
    told = {"statusVerifiedDate": verified, "completionDateStruct": {"date": "2025-05"}}
    posted = f"2026-01-{day:02}"
    alerts.lab.see(record(trial, posted_on=posted, data_on=posted, statusModule=told, **given))


def pause(alerts: AlertLab) -> None:
    """Pause, at an instant of its own."""
    alerts.later(minutes=1)
    with alerts.acting() as acting:
        assert acting.pause("stale")
    alerts.later(minutes=1)


def resume(alerts: AlertLab, *, skip: bool = True) -> int:
    """Resume, at an instant of its own."""
    alerts.later(minutes=1)
    with alerts.acting() as acting:
        return acting.resume("stale", skip=skip)


def going(alerts: AlertLab) -> list[list[str]]:
    """What of each delivery is not dead: the trials of its items."""
    return [list(one.trial_ids) for one in alerts.deliveries() if one.state is not DeliveryState.DEAD]


@pytest.mark.parametrize("is_looked", (False, True), ids=("nobody looked", "looked"))
@pytest.mark.parametrize("digest", (None, DAILY), ids=("at once", "digest"))
def test_changes_of_a_pause_are_skipped_and_no_others(
    alerts: AlertLab, digest: dict[str, str] | None, is_looked: bool
) -> None:
    """Whether they were evaluated in the pause or not; what came before it or comes after is told."""
    for trial in (ID, OTHER, THIRD):
        see(alerts, trial=trial)
    alerts.subscribe(request(digest=digest))
    see(alerts, day=2, status="COMPLETED")
    pause(alerts)
    see(alerts, trial=OTHER, day=2, status="COMPLETED")
    if is_looked:
        alerts.later(days=2)
        alerts.evaluate()
    resume(alerts)
    see(alerts, trial=THIRD, day=2, status="COMPLETED")
    alerts.later(days=2)
    alerts.evaluate()
    assert [[ID], [THIRD]] == going(alerts)


@pytest.mark.parametrize("is_looked", (False, True), ids=("nobody looked", "looked"))
@pytest.mark.parametrize("digest", (None, DAILY), ids=("at once", "digest"))
def test_what_came_true_in_a_pause_and_was_skipped_is_known(
    alerts: AlertLab, digest: dict[str, str] | None, is_looked: bool
) -> None:
    """It is not told later, nor is its end; what came true before the pause is told, with its end."""
    alerts.now = JULY
    alerts.subscribe(request(when=("unknown",), digest=digest, remind_days=None))
    see(alerts)
    pause(alerts)
    see(alerts, trial=OTHER)
    if is_looked:
        alerts.later(days=2)
        alerts.evaluate()
    resume(alerts)
    alerts.later(days=2)
    alerts.evaluate()
    assert [[ID]] == going(alerts)
    see(alerts, day=2, verified="2026-06")
    see(alerts, trial=OTHER, day=2, verified="2026-06")
    see(alerts, trial=THIRD)
    alerts.later(days=2)
    alerts.evaluate()
    over = [[THIRD, ID]] if digest else [[THIRD], [ID]]
    assert [[ID], *over] == going(alerts)


def test_an_end_that_came_in_a_pause_is_skipped(alerts: AlertLab) -> None:
    """What was told before it is over without a word."""
    alerts.now = JULY
    alerts.subscribe(request(when=("unknown",)))
    see(alerts)
    alerts.evaluate()
    pause(alerts)
    see(alerts, day=2, verified="2026-06")
    resume(alerts)
    alerts.later(days=2)
    alerts.evaluate()
    assert [[ID]] == going(alerts)


@pytest.mark.parametrize("digest", (None, DAILY), ids=("at once", "digest"))
def test_a_day_that_began_in_a_pause_is_skipped_with_it(alerts: AlertLab, digest: dict[str, str] | None) -> None:
    """What time alone brought about is known as well."""
    alerts.now = datetime(2026, 6, 30, 8, tzinfo=UTC)
    see(alerts)
    alerts.subscribe(request(when=("unknown",), digest=digest))
    alerts.evaluate()
    pause(alerts)
    alerts.later(days=3)
    resume(alerts)
    alerts.later(days=2)
    alerts.evaluate()
    assert [] == going(alerts)


@pytest.mark.parametrize("digest", (None, DAILY), ids=("at once", "digest"))
def test_without_skipping_everything_is_told_once(alerts: AlertLab, digest: dict[str, str] | None) -> None:
    """What came before the pause, in it and after it."""
    alerts.now = JULY
    alerts.subscribe(request(when=("unknown",), digest=digest))
    see(alerts)
    pause(alerts)
    see(alerts, trial=OTHER)
    resume(alerts, skip=False)
    see(alerts, trial=THIRD)
    alerts.later(days=2)
    alerts.evaluate()
    assert [ID, OTHER, THIRD] == sorted(trial for one in going(alerts) for trial in one)


def test_a_look_ahead_of_the_day_that_others_are_judged_by_is_kept(alerts: AlertLab) -> None:
    """What was told by a later day is not over because the day of the others has not turned yet."""
    see(alerts)
    alerts.now = datetime(2026, 7, 1, 0, 5, tzinfo=UTC)
    alerts.subscribe(request(when=("unknown",)))
    pause(alerts)
    resume(alerts, skip=False)
    with alerts.lab.database.writing() as transaction:
        tell_conditions(transaction, today=date(2026, 6, 30), now=alerts.now)
    assert [("condition", [UNKNOWN])] == [(one.kind, list(one.items)) for one in alerts.deliveries()]


@pytest.mark.parametrize("digest", (None, DAILY), ids=("at once", "digest"))
@pytest.mark.parametrize("is_before", (True, False), ids=("before the pause", "in the pause"))
def test_a_lapse_of_a_day_nobody_looked_at_falls_where_it_came(
    alerts: AlertLab, digest: dict[str, str] | None, is_before: bool
) -> None:
    """One that came before a pause is told after it, one that came in it is skipped with it."""
    see(alerts)
    alerts.subscribe(request(origins=("clock",), digest=digest))
    alerts.evaluate()
    alerts.now = JULY if is_before else datetime(2026, 6, 30, 8, tzinfo=UTC)
    pause(alerts)
    alerts.later(days=3)
    if is_before:
        alerts.evaluate()
    resume(alerts)
    alerts.later(days=2)
    alerts.evaluate()
    assert ([[ID]] if is_before else []) == going(alerts)
