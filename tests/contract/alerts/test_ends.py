"""Ends of conditions of trials that left a subscription's scope; that backtests say the same is a law of its own."""

from datetime import UTC, date, datetime
from typing import Any

from tests.contract.alerts.alert_lab import AlertLab, request
from tests.contract.pipeline.lab import OBSERVED_AT
from tests.records import record
from tracker.alerts.backtesting import Backtest
from tracker.alerts.subscribing import require_subscription
from tracker.domain.query import Query
from tracker.domain.watching import WatchEventType
from tracker.ledger.watch_events import Membership, Tracking, WatchEvent
from tracker.ledger.watch_ledger import WatchLedger
from tracker.views.watch_writer import WatchWriter

ID = "NCT00000001"
UNKNOWN = f"unknown:{ID}:2026-07-01"
TOLD = ("condition", [UNKNOWN])
OVER = ("over", [f"over:{UNKNOWN}"])


def see(alerts: AlertLab, on: str, *, posted: str = "2026-01-10", verified: str = "2024-06", **given: Any) -> None:
    """A trial as it is shown from a day on: complete in 2025 and verified in June 2024, unless told otherwise."""
    told = {"statusVerifiedDate": verified, "completionDateStruct": {"date": "2025-05"}}
    if given.get("status") == "UNKNOWN":
        told["lastKnownStatus"] = "RECRUITING"
    alerts.lab.see(record(ID, posted_on=posted, data_on=on, statusModule=told, **given))


def look(alerts: AlertLab, day: int, *, hour: int = 8) -> None:
    """Evaluate on a day of July."""
    alerts.now = datetime(2026, 7, day, hour, tzinfo=UTC)
    alerts.evaluate()


def keys(alerts: AlertLab) -> list[tuple[str, list[str]]]:
    """Kind and item keys of what was told."""
    return [(one.kind, list(one.items)) for one in alerts.deliveries()]


def backtested(alerts: AlertLab, until: int) -> list[tuple[str, list[str]]]:
    """The same of a backtest from June to a day of July."""
    with alerts.lab.database.reading() as transaction:
        tested = Backtest(
            transaction=transaction,
            subscription=require_subscription(transaction, "stale"),
            since=date(2026, 6, 1),
            until=date(2026, 7, until),
        )
        return [(one.kind.value, [item["key"] for item in one.items]) for one in tested.messages()]


def test_the_registrys_flip_out_of_scope_is_no_end(alerts: AlertLab) -> None:
    """Nothing is said while it holds; its end is, by whatever record it comes."""
    see(alerts, "2026-01-10")
    alerts.subscribe(request(when=("unknown",), statuses=("RECRUITING",), remind_days=2))
    look(alerts, 1)
    see(alerts, "2026-07-02", status="UNKNOWN")
    for day in (2, 4, 6):
        look(alerts, day)
    assert [TOLD] == keys(alerts) == backtested(alerts, 6)
    see(alerts, "2026-07-07", posted="2026-07-07", status="COMPLETED", verified="2026-07")
    look(alerts, 7)
    look(alerts, 9)
    assert [TOLD, OVER] == keys(alerts) == backtested(alerts, 9)
    assert "completed" == alerts.contents()[1]["items"][0]["over"]


def test_what_comes_back_into_scope_is_not_told_again(alerts: AlertLab) -> None:
    """It was told for that cause; where it holds for another one outside, the first has its end all the same."""
    see(alerts, "2026-01-10")
    alerts.subscribe(request(when=("unknown",), statuses=("RECRUITING",)))
    look(alerts, 1)
    see(alerts, "2026-07-02", status="UNKNOWN")
    look(alerts, 2)
    see(alerts, "2026-07-03")
    look(alerts, 3)
    assert [TOLD] == keys(alerts) == backtested(alerts, 3)
    see(alerts, "2026-07-04", status="UNKNOWN", verified="2024-05")
    look(alerts, 4)
    see(alerts, "2026-07-05", posted="2026-07-05", verified="2026-07")
    look(alerts, 5)
    assert [TOLD, OVER] == keys(alerts) == backtested(alerts, 5)


def test_a_trial_that_left_the_query_has_its_end(alerts: AlertLab) -> None:
    """A query's members change as statuses do."""
    watched = Tracking(
        type=WatchEventType.QUERY_TRACKED, name="liver", query=Query(parameters=(("query.cond", "liver"),))
    )
    see(alerts, "2026-01-10")
    watch(alerts, watched, member(WatchEventType.MEMBER_ENTERED, "2026-01-10", is_first=True))
    alerts.subscribe(request(when=("unknown",), queries=("liver",)))
    look(alerts, 1)
    watch(alerts, member(WatchEventType.MEMBER_LEFT, "2026-07-02"))
    look(alerts, 3)
    assert [TOLD] == keys(alerts) == backtested(alerts, 3)
    see(alerts, "2026-07-05", posted="2026-07-05", verified="2026-07")
    look(alerts, 5)
    assert [TOLD, OVER] == keys(alerts) == backtested(alerts, 5)


def test_the_end_of_what_is_not_asked_for_any_more_is_not_told(alerts: AlertLab) -> None:
    """An edit that leaves a condition out ends it without a word."""
    see(alerts, "2026-01-10")
    alerts.subscribe(request(when=("unknown", "lapsing:5d")))
    look(alerts, 1)
    with alerts.acting() as acting:
        acting.edit("stale", request=request(when=("lapsing:5d",)))
    look(alerts, 2)
    see(alerts, "2026-07-05", posted="2026-07-05", verified="2026-07")
    look(alerts, 5)
    assert [TOLD] == keys(alerts)


def watch(alerts: AlertLab, *events: WatchEvent) -> None:
    """Record events of watching."""
    with alerts.lab.database.writing() as transaction:
        for event in events:
            recorded = WatchLedger(transaction).append([event], run_id="made")
            WatchWriter(transaction.connection).apply(recorded)


def member(kind: WatchEventType, on: str, *, is_first: bool = False) -> Membership:
    """The trial came to the query liver, or went."""
    return Membership(
        type=kind,
        name="liver",
        trial_id=ID,
        data_on=date.fromisoformat(on),
        observed_at=OBSERVED_AT,
        is_first_listing=is_first,
    )
