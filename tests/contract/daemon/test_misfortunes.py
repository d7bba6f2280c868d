"""Daemons that misfortunes befall: the short form of ``make chaos`` (`tests.chaos_daemons`)."""

from tests.chaos_daemons import Course, compared
from tests.postgres import own_server

SHORT = Course(rounds=3, trials=40, seed=5)  # replaced, cut off, the database restarted


def test_whatever_befalls_them_the_ledger_and_what_is_told_are_the_same() -> None:
    """Three daemons in trouble record and tell exactly what one does that nothing befalls, each thing under one id."""
    with own_server() as server:
        found, wrong = compared(server, SHORT, say=lambda _: None)
    assert [] == wrong
    assert SHORT.rounds == found.misfortunes.total()
    assert found.deliveries_count > 0
