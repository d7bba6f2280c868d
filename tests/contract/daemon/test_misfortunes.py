"""Daemons that misfortunes befall: the short form of ``make chaos`` (`tests.chaos_daemons`)."""

from tests.chaos_daemons import Course, compared
from tests.postgres import own_server

SHORT = Course(rounds=2, trials=40, seed=5)  # one is paused for longer than its lease, one is killed


def test_whatever_befalls_them_the_ledger_and_what_is_told_are_the_same() -> None:
    """Three daemons in trouble record and tell exactly what one does that nothing befalls, each thing under one id."""
    with own_server() as server:
        found, wrong = compared(server, SHORT, say=lambda _: None)
    assert [] == wrong
    assert {"pause": 1, "kill": 1} == found.misfortunes
    assert found.deliveries_count > 0
