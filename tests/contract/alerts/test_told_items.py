"""Every item of a message is listed by the command that it names, whatever kind it is of and whatever changed since."""

from datetime import date
from typing import Any

import pytest

from tests.contract.alerts.alert_lab import HOOK, MAIL, AlertLab, request
from tests.records import record
from tracker.alerts.backtesting import Backtest, imagined
from tracker.alerts.content import MOST_ITEMS
from tracker.alerts.told_items import every_item
from tracker.domain.errors import NotFound
from tracker.domain.record import Json
from tracker.domain.subscription import Subscription

TRIALS = [f"NCT{number:08}" for number in range(1, MOST_ITEMS + 8)]
ACME = TRIALS[: MOST_ITEMS + 5]
ASKED = ("unknown:180d", "unverified:12mo", "results-overdue")
CHANGED = "recruitment_status_changed"


def made(trial: str, *, posted_on: str = "2026-01-10", **given: Any) -> dict[str, Json]:
    """A trial of Acme or of another sponsor, UNKNOWN since 2025-07-01, whose results are overdue."""
    told = {
        "statusVerifiedDate": "2023-06",
        "startDateStruct": {"date": "2018-01"},
        "completionDateStruct": {"date": "2025-03"},
    }
    return record(
        trial,
        posted_on=posted_on,
        data_on=posted_on,
        statusModule=told,
        designModule={"studyType": "INTERVENTIONAL"},
        oversightModule={"isFdaRegulatedDrug": True},
        sponsorCollaboratorsModule={"leadSponsor": {"name": "Acme" if trial in ACME else "Other"}},
        **given,
    )


def see_all(alerts: AlertLab, **given: Any) -> None:
    """Many trials, in one import."""
    alerts.lab.see(*(made(trial, **given) for trial in TRIALS))


def listed(alerts: AlertLab, number: int = -1) -> list[dict[str, Any]]:
    """Every item of one of the messages, by the command that it names."""
    content = alerts.contents()[number]
    words = (content["more"] or content["more_command"]).split()
    assert ["trialog", "deliveries", "--items"] == words[:3]
    with alerts.lab.database.reading() as transaction:
        items = list(every_item(transaction, words[3]))
    assert content["items"] == items[: len(content["items"])]
    assert content["items_count"] == len(items)
    assert (content["more"] is None) is (content["more_count"] == 0)
    return items


def test_the_rest_of_any_message_is_listed_and_stays_so(alerts: AlertLab) -> None:
    """What was matched and no more, each with its row as of that day; also after all of it has ended."""
    see_all(alerts)
    for name, condition in enumerate(ASKED):
        alerts.subscribe(request(f"c{name}", when=(condition,), sponsors=("acme",)), MAIL, HOOK)
    alerts.subscribe(request("digest", when=ASKED[:1], types=(CHANGED,), sponsors=("acme",), digest={"every": "daily"}))
    alerts.evaluate()
    told = [listed(alerts, 2 * number) for number in range(len(ASKED))]
    for condition, items in zip(ASKED, told, strict=True):
        assert [(trial, condition) for trial in ACME] == [(item["trial_id"], item["condition"]) for item in items]
        assert [items[0].keys()] * len(items) == [item.keys() for item in items]
    alerts.later(days=1)
    see_all(alerts, posted_on="2026-06-02", status="WITHDRAWN")
    alerts.evaluate()
    assert told == [listed(alerts, 2 * number) for number in range(len(ASKED))]
    unknown_over = next(number for number, one in enumerate(alerts.contents()) if one["kind"] == "over")
    over = listed(alerts, unknown_over)
    assert sorted(f"over:{item['key']}" for item in told[0]) == [item["key"] for item in over]
    assert ["withdrawn"] * len(over) == [item["over"] for item in over]
    digest = listed(alerts, -1)
    assert [CHANGED] * len(ACME) == [item["type"] for item in digest[: len(ACME)]]
    assert ACME == [item["trial_id"] for item in digest]


def test_a_small_message_is_listed_too_and_an_unknown_one_refused(alerts: AlertLab) -> None:
    """A webhook of few items may leave some out for want of room."""
    alerts.lab.see(made(TRIALS[0]))
    alerts.subscribe(request(when=("unknown",)))
    alerts.evaluate()
    assert 1 == len(listed(alerts))
    with alerts.lab.database.reading() as transaction, pytest.raises(NotFound, match="no delivery x"):
        list(every_item(transaction, "x"))


def test_a_backtest_tells_a_day_in_full(alerts: AlertLab) -> None:
    """Of that day every item, of the others the first 200."""
    see_all(alerts)
    days = [date(2026, 6, 15), date(2026, 7, 1)]
    for digest in (None, {"every": "daily"}):
        asked = request(when=("unverified:36mo", "unverified:12mo"), sponsors=("acme",), digest=digest)
        counts = [told_in_full(alerts, asked, days, in_full_on=day) for day in days]
        assert counts == [
            [(days[0], len(ACME), len(ACME)), (days[1], MOST_ITEMS, len(ACME))],
            [(days[0], MOST_ITEMS, len(ACME)), (days[1], len(ACME), len(ACME))],
        ]


def told_in_full(
    alerts: AlertLab, asked: Subscription, days: list[date], *, in_full_on: date
) -> list[tuple[date, int, int]]:
    """Day, items in full and items counted of each message of a backtest between two days."""
    with alerts.lab.database.reading() as transaction:
        tested = Backtest(
            transaction=transaction,
            subscription=imagined(asked),
            since=days[0],
            until=days[1],
            in_full_on=in_full_on,
        )
        return [(one.on, len(one.items), one.items_count) for one in tested.messages()]
