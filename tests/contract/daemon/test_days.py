"""Days of simulated time with three daemons: the short form of ``make month`` (`tests.month`)."""

from pathlib import Path

from tests.month import Course, lived

SHORT = Course(days=2, trials=150, subscriptions=40, step_h=8, quiet_days=1, seed=2)


def test_days_pass_and_everything_is_recorded_and_told_on_its_day(new_postgresql_url: str, tmp_path: Path) -> None:
    """Ledger, alerts and what is told are what the registry's own list and the pure rules say, whatever is faulty."""
    rows = lived(new_postgresql_url, SHORT, folder=tmp_path, say=lambda _: None)
    assert [] == [str(row) for row in rows if row.differences]
    assert all(row.wanted for row in rows), "nothing happened"
