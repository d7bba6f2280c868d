"""A backtest is what a subscription that was there would have been told, on both databases."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.contract.alerts.past_lab import FIRST_ON, MOVED, SEEN, Moved, Seen, lab_of, plain, requests
from tests.laws import tries
from tests.properties.records import LAWFUL
from tracker.domain.subscription import Subscription

DAYS = 60
LIVES = st.lists(SEEN, min_size=1, max_size=8)
MOVES = st.lists(MOVED, max_size=3)


@settings(LAWFUL, max_examples=tries(6))
@given(seen=LIVES, moved=MOVES, asked=requests(), since=st.integers(0, 59), cut=st.integers(0, 59))
def test_a_backtest_is_what_sixty_days_would_have_sent(
    made: str, seen: list[Seen], moved: list[Moved], asked: Subscription, since: int, cut: int
) -> None:
    """Message by message and item by item; and what it tells until an earlier day is how that begins."""
    with lab_of(made) as lab:
        lab.live(DAYS, seen, moved, asked=asked, since=since)
        tested = lab.backtest(since=since, until=DAYS - 1)
        assert lab.sent() == plain(tested)
        until = max(since, cut)
        sooner = lab.backtest(since=since, until=until)
        last = FIRST_ON + timedelta(days=until)
        assert [one for one in tested if one.on <= last] == sooner


@settings(LAWFUL, max_examples=tries(6))
@given(seen=LIVES, moved=MOVES, asked=requests())
def test_since_today_it_is_what_subscribing_now_sends(
    made: str, seen: list[Seen], moved: list[Moved], asked: Subscription
) -> None:
    """Where nothing changed since the day began: item by item, in the same order."""
    with lab_of(made) as lab:
        lab.live(DAYS + 1, seen, moved, asked=asked, since=DAYS)
        assert lab.sent() == plain(lab.backtest(since=DAYS, until=DAYS))
