"""Timers: how they end while something is under way."""

import threading

from tracker.daemon.timers import Timers

WITHIN_S = 20.0


def test_a_call_that_ends_with_a_hurry_holds_no_end_up() -> None:
    """What is under way is waited for, and may hurry another timer as its last act."""
    timers, is_under_way, may_end, has_hurried = (Timers(), *(threading.Event() for _ in range(3)))

    def look() -> None:
        is_under_way.set()
        may_end.wait(WITHIN_S)
        timers.hurry("other")
        has_hurried.set()

    timers.every(3600, "look", look)
    timers.every(3600, "other", lambda: None)
    timers.start()
    assert is_under_way.wait(WITHIN_S)
    threading.Timer(0.1, may_end.set).start()
    assert timers.stop(within_s=WITHIN_S / 4)
    assert has_hurried.is_set()
