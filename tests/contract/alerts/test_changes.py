"""Who is told of what was recorded: once, in one message for a revision, by the request that held then."""

import pytest

from tests.contract.alerts.alert_lab import HOOK, MAIL, AlertLab, request
from tests.records import record
from tracker.alerts.changes import tell_changes

ID, OTHER = "NCT00000001", "NCT00000002"


def see(alerts: AlertLab, *, day: int, trial: str = ID, **given: object) -> None:
    """A new version of a trial, posted on a day of January."""
    posted = f"2026-01-{day:02}"
    alerts.lab.see(record(trial, posted_on=posted, data_on=posted, **given))  # type: ignore[arg-type]


def test_a_status_change_is_told_once_to_each_address(alerts: AlertLab) -> None:
    """One message with what changed; evaluated again, nothing is new."""
    see(alerts, day=1)
    alerts.subscribe(request("a"), MAIL, HOOK)
    see(alerts, day=2, status="COMPLETED")
    assert 2 == alerts.evaluate().enqueued_count
    assert 0 == alerts.evaluate().enqueued_count
    mail, hook = alerts.deliveries()
    assert ("changes", "changes", 1, 2) == (mail.kind, hook.kind, mail.address_number, hook.address_number)
    assert mail.items == hook.items
    assert mail.id != hook.id
    (item,) = alerts.contents()[0]["items"]
    assert ("RECRUITING", "COMPLETED", "A made trial") == (item["old"], item["new"], item["title"])


def test_what_was_recorded_before_is_not_told(alerts: AlertLab) -> None:
    """A subscription begins with what comes after it, also where nobody had subscribed before."""
    see(alerts, day=1)
    see(alerts, day=2, status="COMPLETED")
    alerts.subscribe()
    assert 0 == alerts.evaluate().enqueued_count


def test_first_sights_are_told_only_if_asked_for(alerts: AlertLab) -> None:
    """Baseline and backfill events need their option."""
    alerts.subscribe(request("without", significance="administrative"))
    alerts.subscribe(request("with", significance="administrative", include_backfill=True))
    see(alerts, day=1)
    alerts.evaluate()
    assert ["with"] == [one.subscription for one in alerts.deliveries()]


def test_changes_of_one_revision_are_one_message(alerts: AlertLab) -> None:
    """Two revisions are two, however many changes each has."""
    see(alerts, day=1)
    alerts.subscribe(request("a", significance="administrative"))
    see(alerts, day=2, status="COMPLETED", designModule={"enrollmentInfo": {"count": 5}})
    see(alerts, day=3, status="TERMINATED")
    alerts.evaluate()
    first, second = alerts.deliveries()
    assert len(first.items) > 1
    assert not set(first.items) & set(second.items)


@pytest.mark.parametrize("about", (1, 2, 3, 1000))
def test_a_group_is_never_split(alerts: AlertLab, about: int) -> None:
    """However few changes are read at a time, the messages are the same."""
    alerts.subscribe(request("a", significance="administrative", include_backfill=True))
    for day in (1, 2, 3):
        see(
            alerts,
            day=day,
            status="COMPLETED" if day % 2 else "RECRUITING",
            designModule={"enrollmentInfo": {"count": day}},
        )
    is_done = False
    while not is_done:
        with alerts.lab.database.writing() as transaction:
            is_done = tell_changes(transaction, now=alerts.now, about=about).is_done
    assert 3 == len(alerts.deliveries())
    alerts.evaluate()
    assert 3 == len(alerts.deliveries())


def test_a_scope_holds_before_or_after_the_change(alerts: AlertLab) -> None:
    """Who asks for recruiting trials hears that one has stopped to be; who asks for completed ones as well."""
    see(alerts, day=1)
    alerts.subscribe(request("before", statuses=("RECRUITING",)))
    alerts.subscribe(request("after", statuses=("COMPLETED",)))
    alerts.subscribe(request("neither", statuses=("WITHDRAWN",)))
    alerts.subscribe(request("other", trials=(OTHER,)))
    see(alerts, day=2, status="COMPLETED")
    alerts.evaluate()
    assert ["after", "before"] == sorted(one.subscription for one in alerts.deliveries())


def test_an_edit_holds_for_what_is_recorded_behind_it(alerts: AlertLab) -> None:
    """What was recorded before, but not evaluated, is told by the request that held then."""
    see(alerts, day=1)
    alerts.subscribe(request("a", trials=(ID,)))
    see(alerts, day=2, status="COMPLETED")
    with alerts.acting() as acting:
        acting.edit("a", request=request("a", trials=(OTHER,)))
    see(alerts, day=3, status="RECRUITING")
    alerts.evaluate()
    assert [("changes", ["event"])] == alerts.told()


def test_what_came_in_a_pause_waits(alerts: AlertLab) -> None:
    """It is enqueued and held; resumed, it goes on, or is skipped."""
    see(alerts, day=1)
    for name in ("sent", "skipped"):
        alerts.subscribe(request(name))
        with alerts.acting() as acting:
            assert acting.pause(name)
            assert not acting.pause(name)
    see(alerts, day=2, status="COMPLETED")
    alerts.evaluate()
    assert [True, True] == [one.is_held for one in alerts.deliveries()]
    with alerts.acting() as acting:
        assert 1 == acting.resume("sent")
        assert 0 == acting.resume("skipped", skip=True)
    assert {("sent", "pending"), ("skipped", "dead")} == {(one.subscription, one.state) for one in alerts.deliveries()}


def test_unsubscribed_nothing_more_is_sent_and_forgotten_nothing_is_left(alerts: AlertLab) -> None:
    """What waits is dead; the address and its secret are erased, and the ledger stays sound."""
    see(alerts, day=1)
    alerts.subscribe(request("a"), HOOK)
    see(alerts, day=2, status="COMPLETED")
    alerts.evaluate()
    with alerts.acting() as acting:
        assert 1 == acting.unsubscribe("a", forget=True)
    (one,) = alerts.deliveries()
    assert ("dead", "unsubscribed") == (one.state, one.reason)
    with alerts.lab.database.reading() as transaction:
        (address,) = transaction.addresses.of(one.subscription_id, with_removed=True)
    assert (None, None) == (address.clear, address.secrets)
    report = alerts.lab.verify()
    assert (True, None) == (report.ok, report.reason)


def test_addresses_that_stay_keep_secret_and_deliveries(alerts: AlertLab) -> None:
    """Whatever their new place; one that goes loses what waits for it, one that comes has a secret of its own."""
    see(alerts, day=1)
    alerts.subscribe(request("a"), MAIL, HOOK)
    see(alerts, day=2, status="COMPLETED")
    alerts.evaluate()
    with alerts.acting() as acting:
        assert [] == acting.edit("a", request=request("a"), targets=(HOOK,))
    states = {(one.channel, one.state) for one in alerts.deliveries()}
    assert {("email", "dead"), ("webhook", "pending")} == states
    see(alerts, day=3, status="RECRUITING")
    alerts.evaluate()
    assert [("webhook", 1)] == [(one.channel, one.address_number) for one in alerts.deliveries()[2:]]
