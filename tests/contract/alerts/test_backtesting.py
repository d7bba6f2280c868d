"""What a backtest tells and leaves out, on both databases; that it equals evaluation is a law of its own."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.contract.alerts.alert_lab import MAIL, AlertLab, request
from tests.contract.pipeline.lab import OBSERVED_AT
from tests.records import record
from tracker.alerts.backtesting import Backtest, PastMessage, imagined
from tracker.domain.errors import InvalidInput
from tracker.domain.query import Query
from tracker.domain.subscription import Subscription
from tracker.domain.watching import WatchEventType
from tracker.domain.whereabouts import Whereabouts
from tracker.ledger.watch_events import Membership, Tracking, WatchEvent
from tracker.ledger.watch_ledger import WatchLedger
from tracker.views.watch_writer import WatchWriter

ID, OTHER = "NCT00000001", "NCT00000002"
SINCE, UNTIL = date(2026, 6, 1), date(2026, 8, 31)


def see(alerts: AlertLab, *, on: str, trial: str = ID, **given: Any) -> None:
    """A trial in the data release of a day: complete in 2025 and verified in June 2024, unless told otherwise."""
    told = {"statusVerifiedDate": given.pop("verified", "2024-06"), "completionDateStruct": {"date": "2025-05"}}
    alerts.lab.see(record(trial, posted_on=on, data_on=on, statusModule=told, **given))


def backtest(alerts: AlertLab, asked: Subscription, *, since: date = SINCE, until: date = UNTIL) -> list[PastMessage]:
    """The messages of a request that nobody made."""
    with alerts.lab.database.reading() as transaction:
        return list(
            Backtest(transaction=transaction, subscription=imagined(asked), since=since, until=until).messages()
        )


def told(messages: list[PastMessage]) -> list[tuple[str, str, list[str]]]:
    """Day, kind and keys of each message; of events the type."""
    return [
        (str(one.on), one.kind.value, [item.get("type") or str(item["key"]) for item in one.items]) for one in messages
    ]


def watch(alerts: AlertLab, *events: WatchEvent) -> None:
    """Record events of watching."""
    with alerts.lab.database.writing() as transaction:
        for event in events:
            recorded = WatchLedger(transaction).append([event], run_id="made")
            WatchWriter(transaction.connection).apply(recorded)


def member(kind: WatchEventType, trial: str, on: str, *, is_first: bool = False) -> Membership:
    """A member of the query liver that came or went."""
    return Membership(
        type=kind,
        name="liver",
        trial_id=trial,
        data_on=date.fromisoformat(on),
        observed_at=OBSERVED_AT,
        is_first_listing=is_first,
    )


def test_a_life_is_told_day_by_day(alerts: AlertLab) -> None:
    """What holds at the start, what comes true, what changes and what is over, each on its day."""
    see(alerts, on="2026-01-10")
    see(alerts, on="2026-08-03", status="COMPLETED", verified="2026-08")
    asked = request(when=("lapsing:60d", "unknown"), types=("recruitment_status_changed",))
    assert [
        ("2026-06-01", "condition", [f"lapsing:60d:{ID}:2026-07-01"]),
        ("2026-07-01", "condition", [f"unknown:{ID}:2026-07-01"]),
        ("2026-08-03", "changes", ["recruitment_status_changed"]),
        ("2026-08-03", "over", [f"over:unknown:{ID}:2026-07-01"]),
    ] == told(backtest(alerts, asked))


def test_from_now_on_what_holds_at_the_start_or_at_first_sight_is_not_told(alerts: AlertLab) -> None:
    """What comes true later is; of what is known there is neither a reminder nor an end."""
    see(alerts, on="2026-01-10")
    see(alerts, on="2026-06-10", trial=OTHER)
    asked = request(when=("lapsing:60d", "unknown"), from_now=True)
    unknown = [f"unknown:{trial}:2026-07-01" for trial in (ID, OTHER)]
    assert [("2026-07-01", "condition", unknown)] == told(backtest(alerts, asked))
    reminded = request(when=("lapsing:60d",), from_now=True, remind_days=20)
    assert [] == told(backtest(alerts, reminded))
    see(alerts, on="2026-08-03", trial=ID, status="COMPLETED")
    later = request(when=("unknown",), from_now=True, remind_days=20)
    assert [] == told(backtest(alerts, later, since=date(2026, 7, 2)))


def test_what_is_asked_of_days_past_needs_nothing_of_later_ones(alerts: AlertLab) -> None:
    """A change before the first day is not told, nor one behind the last."""
    for on, status in (("2026-05-31", "RECRUITING"), ("2026-06-01", "COMPLETED"), ("2026-09-01", "TERMINATED")):
        see(alerts, on=on, status=status)
    assert [("2026-06-01", "changes", ["recruitment_status_changed"])] == told(backtest(alerts, request()))


def test_the_timeline_counts_and_not_the_order_of_recording(alerts: AlertLab) -> None:
    """A version that was learnt of later stands where the registry had it; the way around it is told no more."""
    see(alerts, on="2026-06-01")
    see(alerts, on="2026-06-20", status="COMPLETED")
    see(alerts, on="2026-06-10", status="SUSPENDED")
    asked = request(types=("recruitment_status_changed",), include_backfill=True)
    messages = backtest(alerts, asked, since=date(2026, 6, 2))
    steps = [(str(one.on), item["old"], item["new"]) for one in messages for item in one.items]
    assert [("2026-06-10", "RECRUITING", "SUSPENDED"), ("2026-06-20", "SUSPENDED", "COMPLETED")] == steps


def test_what_only_the_history_tells_is_counted_where_it_is_left_out(alerts: AlertLab) -> None:
    """Without --include-backfill it is told of no more than evaluation would."""
    see(alerts, on="2026-06-01")
    see(alerts, on="2026-06-20", status="COMPLETED")
    see(alerts, on="2026-06-10", status="SUSPENDED")
    with alerts.lab.database.reading() as transaction:
        tested = Backtest(transaction=transaction, subscription=imagined(request()), since=SINCE, until=UNTIL)
        count = len(list(tested.messages()))
        whole = len(backtest(alerts, request(include_backfill=True)))
    assert (whole - count, True) == (tested.left_out_count, tested.left_out_count > 0)


def test_a_withheld_trial_tells_where_it_went_and_fulfils_nothing(alerts: AlertLab) -> None:
    """Until it is back."""
    see(alerts, on="2026-01-10")
    alerts.lab.move(Whereabouts.WITHHELD, on="2026-06-20")
    alerts.lab.move(Whereabouts.VISIBLE, on="2026-07-10")
    asked = request(when=("unknown",), types=("record_withheld",))
    assert [
        ("2026-06-20", "changes", ["record_withheld"]),
        ("2026-07-10", "condition", [f"unknown:{ID}:2026-07-01"]),
    ] == told(backtest(alerts, asked))


@pytest.mark.parametrize("asks_most", (0, 1, 5, 20))
def test_one_that_takes_too_long_says_so_and_begins_as_the_whole(alerts: AlertLab, asks_most: int) -> None:
    """However soon its time is over."""
    see(alerts, on="2026-01-10")
    for day in range(1, 29):
        see(alerts, on=f"2026-06-{day:02}", status="RECRUITING" if day % 2 else "SUSPENDED")
    asked, count = request(when=("unknown",), significance="major"), iter(range(asks_most))
    whole = backtest(alerts, asked)
    with alerts.lab.database.reading() as transaction:
        tested = Backtest(
            transaction=transaction,
            subscription=imagined(asked),
            since=SINCE,
            until=UNTIL,
            is_over=lambda: next(count, None) is None,
        )
        begun = list(tested.messages())
    assert (False, whole[: len(begun)]) == (tested.is_complete, begun)
    assert len(begun) < len(whole)


def test_nothing_is_written_and_no_day_is_refused(alerts: AlertLab) -> None:
    """A backtest of a subscription that waits leaves the outbox and the ledger as they were."""
    see(alerts, on="2026-01-10")
    alerts.subscribe(request(when=("lapsing:60d",)), MAIL)
    with alerts.lab.database.reading() as transaction:
        before = transaction.events.head()
    assert 1 == len(backtest(alerts, request(when=("lapsing:60d",))))
    with alerts.lab.database.reading() as transaction:
        assert before == transaction.events.head()
    assert [] == alerts.deliveries()
    with pytest.raises(InvalidInput, match="no day"):
        backtest(alerts, request(), since=UNTIL + timedelta(days=1))


def test_a_query_finds_a_trial_from_when_it_came_until_it_left(alerts: AlertLab) -> None:
    """Those of its first listing were there before, as far as anybody knows."""
    for trial in (ID, OTHER):
        see(alerts, on="2026-01-10", trial=trial)
        for day in (5, 15, 25):
            see(alerts, on=f"2026-06-{day:02}", trial=trial, status="SUSPENDED" if day != 15 else "RECRUITING")
    watch(
        alerts,
        Tracking(type=WatchEventType.QUERY_TRACKED, name="liver", query=Query(parameters=(("query.cond", "liver"),))),
        member(WatchEventType.MEMBER_ENTERED, ID, "2026-06-10", is_first=True),
        member(WatchEventType.MEMBER_ENTERED, OTHER, "2026-06-12"),
        member(WatchEventType.MEMBER_LEFT, OTHER, "2026-06-20"),
    )
    asked = request(queries=("liver",))
    days = [(str(one.on), item["trial_id"], item["type"]) for one in backtest(alerts, asked) for item in one.items]
    changed = "recruitment_status_changed"
    assert [
        ("2026-06-05", ID, changed),
        ("2026-06-12", OTHER, "member_entered"),
        ("2026-06-15", ID, changed),
        ("2026-06-15", OTHER, changed),
        ("2026-06-20", OTHER, "member_left"),
        ("2026-06-25", ID, changed),
    ] == days
