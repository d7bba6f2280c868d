"""Backtests through the API: of a subscription that stands, and of one that nobody made."""

from typing import Any

import pytest

from tests.contract.pipeline.lab import Lab
from tests.contract.web.acting import ME, ask, subscribed, wrong
from tests.contract.web.site import Site
from tests.records import record
from tracker.access.callers import Scope
from tracker.alerts.backtest_summary import summary_of, timed
from tracker.alerts.backtesting import Backtest, imagined
from tracker.domain.subscription import Subscription

STATUS: dict[str, Any] = {"scope": {"trials": ["nct00000001"]}, "what": {"types": ["recruitment_status_changed"]}}
YEAR = "?since=2026-01-01"


@pytest.fixture(autouse=True)
def told(site: Site) -> None:
    """A trial whose status changed twice."""
    site.scope = Scope.ADMIN
    lab = Lab.open(site.database.url)
    for day, status in (("2026-01-05", "RECRUITING"), ("2026-02-05", "SUSPENDED"), ("2026-03-05", "COMPLETED")):
        lab.see(record("NCT00000001", posted_on=day, statusModule={"overallStatus": status}))
    lab.close()


def kinds(answer: dict[str, Any]) -> list[tuple[str, str, int]]:
    """What is told of the messages."""
    return [(one["kind"], one["on"], len(one["items"])) for one in answer["items"]]


def test_one_that_is_made_and_one_that_is_not_come_to_the_same(site: Site) -> None:
    """The promised keys; nothing is stored of the latter."""
    answer = ask(site, "POST", f"/backtest{YEAR}", STATUS)
    assert (200, ["messages_count", "trials_count", "items", "complete"]) == (answer.status, list(answer.object))
    assert [("changes", "2026-02-05", 1), ("changes", "2026-03-05", 1)] == kinds(answer.object)
    assert (2, 1, True) == tuple(answer.object[key] for key in ("messages_count", "trials_count", "complete"))
    assert [] == ask(site, "GET", "/subscriptions").object["items"]
    subscribed(site, **STATUS)
    assert answer.object == ask(site, "GET", f"/subscriptions/stale/backtest{YEAR}").object
    short = ask(site, "GET", f"/subscriptions/stale/backtest{YEAR}&until=2026-02-28&limit=1").object
    assert (1, 1) == (short["messages_count"], len(short["items"]))
    few = ask(site, "POST", f"/backtest{YEAR}&limit=1", {**STATUS, "to": [ME], "name": "x"}).object
    assert (2, 1) == (few["messages_count"], len(few["items"]))


def test_what_cannot_be_is_refused(site: Site) -> None:
    """A span without a day, days beyond the calendar, a body that asks for what there is not, nobody in particular."""
    for query, status in (
        ("?since=2026-03-01&until=2026-02-01", 409),
        ("?since=0001-01-01", 409),
        ("?since=2026-01-01&until=9999-12-31", 409),
        ("?since=2026-02-30", 422),
        ("", 422),
    ):
        daily = {"when": {"digest": {"every": "daily"}, "even_empty": True}}
        assert status == ask(site, "POST", f"/backtest{query}", daily).status
    refused = ask(site, "POST", f"/backtest{YEAR}", {"what": {"fields": ["enrolment"]}})
    assert (422, ["what.fields"]) == (refused.status, wrong(refused))
    assert 404 == ask(site, "GET", f"/subscriptions/none/backtest{YEAR}").status
    site.scope = None
    assert 401 == ask(site, "POST", f"/backtest{YEAR}", STATUS).status


def test_a_backtest_ends_when_its_time_is_over(site: Site) -> None:
    """With what was reached, and says so."""
    ticks = iter(range(10_000))
    with site.database.reading() as transaction:
        tested = Backtest(
            transaction=transaction,
            subscription=imagined(Subscription(name="all")),
            since=site.now.date().replace(month=1, day=1),
            until=site.now.date(),
        )
        found = summary_of(timed(tested, elapsed_s=lambda: next(ticks), limit_s=0), most=5)
    assert (False, 0) == (found.complete, found.messages_count)
