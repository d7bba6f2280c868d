"""Conditions of time: told once per trial and cause, over once, whatever brought them about, on both databases."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.alerts.alert_lab import MAIL, AlertLab, request
from tests.records import record
from tracker.domain.whereabouts import Whereabouts

ID, OTHER, THIRD = "NCT00000001", "NCT00000002", "NCT00000003"
UNKNOWN, LAPSING = f"unknown:{ID}:2026-07-01", f"lapsing:60d:{ID}:2026-07-01"


def see(alerts: AlertLab, *, trial: str = ID, day: int = 1, verified: str = "2024-06", **given: Any) -> None:
    """A recruiting trial, complete in 2025 and verified in June 2024: UNKNOWN from 2026-07-01."""
    told = {"statusVerifiedDate": verified, "completionDateStruct": {"date": "2025-05"}}
    posted = f"2026-01-{day:02}"
    alerts.lab.see(record(trial, posted_on=posted, data_on=posted, statusModule=told, **given))


def keys(alerts: AlertLab) -> list[tuple[str, list[str]]]:
    """Kind and item keys of what was told."""
    return [(one.kind, list(one.items)) for one in alerts.deliveries()]


def test_what_holds_already_is_told_when_somebody_subscribes(alerts: AlertLab) -> None:
    """Once; the item has the keys of the stale list."""
    see(alerts)
    alerts.subscribe(request(when=("lapsing:60d",)))
    assert 1 == alerts.evaluate().enqueued_count
    assert 0 == alerts.evaluate().enqueued_count
    assert [("condition", [LAPSING])] == keys(alerts)
    (item,) = alerts.contents()[0]["items"]
    assert ("lapsing", 30, "2026-07-01") == (item["state"], item["days_left"], item["lapses_on"])


def test_a_lapsing_that_ends_in_the_lapse_says_nothing_of_its_end(alerts: AlertLab) -> None:
    """On the rule's day it is UNKNOWN, which is told where that is asked for."""
    see(alerts)
    alerts.subscribe(request(when=("lapsing:60d", "unknown")))
    alerts.evaluate()
    alerts.now = datetime(2026, 6, 30, 23, 59, tzinfo=UTC)
    assert 0 == alerts.evaluate().enqueued_count
    alerts.now = datetime(2026, 7, 1, 0, 1, tzinfo=UTC)
    assert 1 == alerts.evaluate().enqueued_count
    assert [("condition", [LAPSING]), ("condition", [UNKNOWN])] == keys(alerts)


def test_the_registrys_flip_some_days_after_is_no_second_alert(alerts: AlertLab) -> None:
    """The cause is the rule's day, whoever shows it when."""
    see(alerts)
    alerts.subscribe(request(when=("unknown",)))
    alerts.now = datetime(2026, 7, 1, 0, 1, tzinfo=UTC)
    alerts.evaluate()
    alerts.later(days=3)
    told = {"statusVerifiedDate": "2024-06", "completionDateStruct": {"date": "2025-05"}}
    flipped = {**told, "lastKnownStatus": "RECRUITING"}
    alerts.lab.see(record(ID, posted_on="2026-01-01", data_on="2026-07-04", status="UNKNOWN", statusModule=flipped))
    alerts.evaluate()
    assert [("condition", [UNKNOWN])] == keys(alerts)


@pytest.mark.parametrize(
    ("new", "reason"),
    (({"verified": "2026-06"}, "verified again"), ({"status": "COMPLETED"}, "completed")),
)
def test_once_it_is_over_that_is_said_once(alerts: AlertLab, new: dict[str, str], reason: str) -> None:
    """With the reason in words, by what was recorded, without waiting for another day."""
    see(alerts)
    alerts.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    alerts.subscribe(request(when=("unknown",)))
    alerts.evaluate()
    see(alerts, day=2, **new)
    alerts.evaluate()
    alerts.later(days=1)
    alerts.evaluate()
    assert [("condition", [UNKNOWN]), ("over", [f"over:{UNKNOWN}"])] == keys(alerts)
    assert reason == alerts.contents()[1]["items"][0]["over"]


def test_all_that_comes_true_in_one_evaluation_is_one_message(alerts: AlertLab) -> None:
    """Whatever trials and conditions, for each subscription."""
    see(alerts)
    see(alerts, trial=OTHER)
    alerts.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    alerts.subscribe(request("a", when=("unknown", "unverified:12mo")))
    alerts.subscribe(request("b", when=("unknown",), trials=(OTHER,)))
    alerts.evaluate()
    assert [("a", 4), ("b", 1)] == [(one.subscription, len(one.items)) for one in alerts.deliveries()]


def test_from_now_on_nothing_that_held_already_is_told(alerts: AlertLab) -> None:
    """Neither of the trials there are, nor of one at its first sight; what comes true later is."""
    see(alerts)
    alerts.subscribe(request(when=("lapsing:60d", "unknown"), from_now=True))
    alerts.evaluate()
    see(alerts, trial=OTHER)
    alerts.evaluate()
    assert [] == keys(alerts)
    alerts.now = datetime(2026, 7, 1, 8, tzinfo=UTC)
    alerts.evaluate()
    assert [("condition", [UNKNOWN, UNKNOWN.replace(ID, OTHER)])] == keys(alerts)


@pytest.mark.parametrize("digest", (None, {"every": "daily", "at": "00:30"}), ids=("at once", "digest"))
def test_of_what_is_known_and_not_told_there_is_neither_reminder_nor_end(
    alerts: AlertLab, digest: dict[str, str] | None
) -> None:
    """With --from-now, of what held at the start or at a first sight; of what came true later both are told."""
    alerts.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    see(alerts)
    see(alerts, trial=THIRD, verified="2024-07")
    alerts.subscribe(request(when=("unknown",), from_now=True, remind_days=20, digest=digest))
    see(alerts, trial=OTHER)
    for _ in range(4):
        alerts.later(days=20)
        alerts.evaluate()
    for trial in (ID, OTHER, THIRD):
        see(alerts, trial=trial, day=2, status="COMPLETED")
    alerts.later(days=1)
    alerts.evaluate()
    late = f"unknown:{THIRD}:2026-08-01"
    assert [[late]] * 3 + [[f"over:{late}"]] == [told for _, told in keys(alerts)]


def test_an_edit_from_now_on_leaves_what_was_told_as_it_was(alerts: AlertLab) -> None:
    """Its reminder comes, and its end is told."""
    see(alerts)
    alerts.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    alerts.subscribe(request(when=("unknown",)))
    alerts.evaluate()
    with alerts.acting() as acting:
        acting.edit("stale", request=request(when=("unknown",), from_now=True, remind_days=20))
    alerts.later(days=20)
    alerts.evaluate()
    see(alerts, day=2, status="COMPLETED")
    alerts.evaluate()
    assert [[UNKNOWN], [UNKNOWN], [f"over:{UNKNOWN}"]] == [told for _, told in keys(alerts)]


def test_a_reminder_repeats_what_still_holds(alerts: AlertLab) -> None:
    """After so many days, and no sooner."""
    see(alerts)
    alerts.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    alerts.subscribe(request(when=("unknown",), remind_days=30))
    alerts.evaluate()
    alerts.later(days=29)
    alerts.evaluate()
    assert 1 == len(keys(alerts))
    alerts.later(days=1)
    alerts.evaluate()
    alerts.evaluate()
    assert [("condition", [UNKNOWN])] * 2 == keys(alerts)
    assert 2 == len({one.id for one in alerts.deliveries()})


@pytest.mark.parametrize("days", (1, 30))
def test_a_reminder_counts_days_and_not_hours(alerts: AlertLab, days: int) -> None:
    """What was told late on a day is repeated from the first minute of the day that is so many days later (UTC)."""
    see(alerts)
    alerts.now = datetime(2026, 7, 2, 23, 50, 1, 5, tzinfo=UTC)
    alerts.subscribe(request(when=("unknown",), remind_days=days))
    alerts.evaluate()
    reminded_at = datetime(2026, 7, 2, tzinfo=UTC) + timedelta(days=days)
    alerts.now = reminded_at - timedelta(microseconds=1)
    alerts.evaluate()
    assert [("condition", [UNKNOWN])] == keys(alerts)
    alerts.now = reminded_at
    alerts.evaluate()
    alerts.later(hours=20)
    alerts.evaluate()
    assert [("condition", [UNKNOWN])] * 2 == keys(alerts)


def test_a_trial_that_is_away_fires_nothing_and_is_not_over(alerts: AlertLab) -> None:
    """Once it is back, nothing is told again."""
    see(alerts)
    alerts.lab.trial = ID
    alerts.lab.move(Whereabouts.WITHHELD, on="2026-06-30")
    alerts.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    alerts.subscribe(request(when=("unknown",)))
    alerts.evaluate()
    assert [] == keys(alerts)
    alerts.lab.move(Whereabouts.VISIBLE, on="2026-07-03")
    alerts.later(days=2)
    alerts.evaluate()
    alerts.lab.move(Whereabouts.WITHHELD, on="2026-07-05")
    alerts.later(days=2)
    alerts.evaluate()
    alerts.lab.move(Whereabouts.VISIBLE, on="2026-07-07")
    alerts.later(days=2)
    alerts.evaluate()
    assert [("condition", [UNKNOWN])] == keys(alerts)


def test_the_clock_appends_each_lapse_once_for_days_after_first_sight(alerts: AlertLab) -> None:
    """Whoever subscribes; they are told by event options only where the clock's origin is asked for."""
    see(alerts)
    see(alerts, trial=OTHER, verified="2022-01")  # had lapsed long before it was first seen
    alerts.subscribe(request("plain"))
    alerts.subscribe(request("clock", origins=("clock",)))
    alerts.now = datetime(2026, 7, 1, 0, 5, tzinfo=UTC)
    assert 1 == alerts.evaluate().lapses_count
    assert 0 == alerts.evaluate().lapses_count
    assert ["status_lapsed"] == [one.type for one in alerts.lab.trail(ID) if one.origin == "clock"]
    assert ["clock"] == [one.subscription for one in alerts.deliveries()]
    report = alerts.lab.verify()
    assert (True, None) == (report.ok, report.reason)


def test_days_that_nobody_looked_are_made_up_for(alerts: AlertLab) -> None:
    """A lapse of a day on which nothing ran is appended at the next look."""
    see(alerts)
    alerts.evaluate()
    alerts.now = datetime(2026, 9, 15, 8, tzinfo=UTC)
    assert 1 == alerts.evaluate().lapses_count
    assert ["2026-07-01"] == [one.data_on for one in alerts.lab.trail(ID) if one.origin == "clock"]


def test_an_edited_request_is_looked_at_as_a_whole(alerts: AlertLab) -> None:
    """What the new request asks for and holds already is told at once; what was told is not told again."""
    see(alerts)
    see(alerts, trial=OTHER)
    alerts.now = datetime(2026, 7, 2, 8, tzinfo=UTC)
    alerts.subscribe(request("a", when=("unknown",), trials=(ID,)))
    alerts.evaluate()
    with alerts.acting() as acting:
        acting.edit("a", request=request("a", when=("unknown",)), targets=(MAIL,))
    alerts.evaluate()
    assert [("condition", [UNKNOWN]), ("condition", [UNKNOWN.replace(ID, OTHER)])] == keys(alerts)


def test_a_digest_has_what_came_since_the_last_one(alerts: AlertLab) -> None:
    """At its time; several that were missed make one, and an empty one is silent unless asked for."""
    see(alerts)
    daily = {"every": "daily", "at": "07:00", "zone": "Europe/Berlin"}
    alerts.subscribe(request("a", digest=daily, when=("lapsing:60d",), significance="major"))
    alerts.subscribe(request("empty", digest=daily, even_empty=True, trials=(OTHER,)))
    see(alerts, day=2, status="ACTIVE_NOT_RECRUITING")
    assert 0 == alerts.evaluate().enqueued_count
    alerts.now = datetime(2026, 6, 2, 5, 0, tzinfo=UTC)
    alerts.evaluate()
    assert {("a", 2), ("empty", 0)} == {(one.subscription, len(one.items)) for one in alerts.deliveries()}
    see(alerts, day=3, status="RECRUITING")
    alerts.later(days=5)
    alerts.evaluate()
    alerts.evaluate()
    assert [("digest", ["event", LAPSING]), ("digest", []), ("digest", ["event"]), ("digest", [])] == alerts.told()
    assert timedelta(0) == alerts.now - datetime(2026, 6, 7, 5, 0, tzinfo=UTC)


def test_each_digest_begins_behind_its_own_last_one(alerts: AlertLab) -> None:
    """However many are due together: who was told more lately is told less."""
    see(alerts)
    alerts.subscribe(request("daily", digest={"every": "daily"}, significance="major"))
    alerts.subscribe(request("weekly", digest={"every": "weekly", "on": "wed"}, significance="major"))
    for day in (2, 3):
        see(alerts, day=day, status="SUSPENDED" if day % 2 else "COMPLETED")
        alerts.later(days=1)
        alerts.evaluate()
    told = [(one.subscription, len(one.items)) for one in alerts.deliveries()]
    assert [("daily", 1), ("daily", 1), ("weekly", 2)] == told


def test_from_now_on_digests_tell_what_comes_true(alerts: AlertLab) -> None:
    """What holds at the first is known; what comes true after it is told, whenever the trial was first seen."""
    see(alerts)
    alerts.subscribe(request(when=("lapsing:60d", "unknown"), from_now=True, digest={"every": "daily"}))
    alerts.later(days=1)
    alerts.evaluate()
    assert [] == keys(alerts)
    alerts.now = datetime(2026, 7, 1, 8, tzinfo=UTC)
    alerts.evaluate()
    assert [("digest", [UNKNOWN])] == keys(alerts)


@pytest.mark.parametrize("digest", (None, {"every": "weekly"}), ids=("at once", "digest"))
def test_from_now_on_is_from_the_instant_of_subscribing(alerts: AlertLab, digest: dict[str, str] | None) -> None:
    """What comes true before the first message is told in it: known is what held when the subscription was made."""
    see(alerts)
    see(alerts, trial=OTHER, verified="2024-05")
    alerts.subscribe(request(when=("lapsing:60d", "unknown"), from_now=True, digest=digest))
    alerts.now = datetime(2026, 7, 6, 8, tzinfo=UTC)
    alerts.evaluate()
    assert [("digest" if digest else "condition", [UNKNOWN])] == keys(alerts)


def test_from_now_on_a_digest_tells_what_comes_true_of_a_trial_seen_since(alerts: AlertLab) -> None:
    """Known of it is what held at its first sight, also where that lies between two digests."""
    alerts.now = datetime(2026, 6, 30, 8, tzinfo=UTC)
    alerts.subscribe(request(when=("lapsing:60d", "unknown"), from_now=True, digest={"every": "weekly"}))
    see(alerts)
    alerts.evaluate()
    alerts.now = datetime(2026, 7, 6, 8, tzinfo=UTC)
    alerts.evaluate()
    assert [("digest", [UNKNOWN])] == keys(alerts)


@pytest.mark.parametrize("digest", (None, {"every": "weekly"}), ids=("at once", "digest"))
def test_from_now_on_known_of_a_new_trial_is_what_held_at_its_first_sight(
    alerts: AlertLab, digest: dict[str, str] | None
) -> None:
    """What came true since then is told, however late somebody looks for the first time."""
    alerts.now = datetime(2026, 6, 20, 8, tzinfo=UTC)
    alerts.subscribe(request(when=("lapsing:60d", "unknown"), from_now=True, digest=digest))
    for trial, verified in ((ID, "2024-06"), (OTHER, "2024-05")):
        told = {"statusVerifiedDate": verified, "completionDateStruct": {"date": "2025-05"}}
        made = record(trial, posted_on="2026-01-01", data_on="2026-01-01", statusModule=told)
        alerts.lab.see(made, observed_at=datetime(2026, 6, 21, 9, tzinfo=UTC))
    alerts.now = datetime(2026, 7, 6, 8, tzinfo=UTC)
    alerts.evaluate()
    assert [("digest" if digest else "condition", [UNKNOWN])] == keys(alerts)


def test_an_edit_from_now_on_loses_nothing_that_came_true_before(alerts: AlertLab) -> None:
    """What came true until the edit is told as it was asked for until then, and what holds then is known."""
    see(alerts)
    alerts.subscribe(request(when=("unknown",), from_now=True))
    alerts.now = datetime(2026, 7, 1, 8, tzinfo=UTC)
    with alerts.acting() as acting:
        acting.edit("stale", request=request(when=("unknown", "unverified:12mo"), from_now=True))
    alerts.evaluate()
    assert [("condition", [UNKNOWN])] == keys(alerts)
