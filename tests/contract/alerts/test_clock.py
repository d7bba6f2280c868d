"""Lapses of days that nobody looked at yet stand on the side of an act on which they came, on both databases."""

from datetime import UTC, date, datetime

from tests.contract.alerts.alert_lab import AlertLab, request
from tests.records import record
from tracker.alerts.backtesting import Backtest
from tracker.alerts.clock import last_day, record_what_lapsed
from tracker.alerts.subscribing import require_subscription

ID = "NCT00000001"
JULY = datetime(2026, 7, 2, 8, tzinfo=UTC)
BY_THE_CLOCK = request(origins=("clock",))


def see(alerts: AlertLab) -> None:
    """A recruiting trial that is UNKNOWN from 2026-07-01."""
    told = {"statusVerifiedDate": "2024-06", "completionDateStruct": {"date": "2025-05"}}
    alerts.lab.see(record(ID, posted_on="2026-01-01", data_on="2026-01-01", statusModule=told))


def test_who_subscribes_after_a_lapse_is_not_told_of_it(alerts: AlertLab) -> None:
    """As a backtest since today has it."""
    see(alerts)
    alerts.now = JULY
    alerts.subscribe(BY_THE_CLOCK)
    alerts.evaluate()
    assert [] == alerts.deliveries()
    assert ["2026-07-01"] == [one.data_on for one in alerts.lab.trail(ID) if one.origin == "clock"]
    with alerts.lab.database.reading() as transaction:
        asked = require_subscription(transaction, "stale")
        tested = Backtest(transaction=transaction, subscription=asked, since=JULY.date(), until=JULY.date())
        assert [] == list(tested.messages())


def test_an_edit_neither_loses_a_lapse_before_it_nor_tells_it_to_a_request_behind_it(alerts: AlertLab) -> None:
    """It is told by the request that held on its day."""
    see(alerts)
    alerts.subscribe(BY_THE_CLOCK)
    alerts.subscribe(request("other", types=("results_posted",)))
    alerts.evaluate()
    alerts.now = JULY
    with alerts.acting() as acting:
        acting.edit("other", request=request("other", origins=("clock",)))
        acting.edit("stale", request=request(types=("results_posted",)))
    alerts.evaluate()
    assert [("stale", 1)] == [(one.subscription, len(one.items)) for one in alerts.deliveries()]


def test_a_day_that_was_looked_at_never_comes_back(alerts: AlertLab) -> None:
    """A look by an earlier day records nothing anew, and the next one goes on where the latest was."""
    see(alerts)
    with alerts.lab.database.writing() as transaction:
        days = (date(2026, 7, 2), date(2026, 6, 30), date(2026, 7, 2))
        told = [record_what_lapsed(transaction, today=day, now=JULY, run_id="clock") for day in days]
        assert [1, 0, 0] == told
        record_what_lapsed(transaction, today=date(2026, 6, 30), now=JULY, run_id="clock")
        assert date(2026, 7, 2) == last_day(transaction)
