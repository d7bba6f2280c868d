"""The operator's alarms, by real daemons: through the outbox, and past it while the database is away."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.daemon.conftest import House, a_house
from tests.contract.daemon.daemons import RunningDaemon, running, until
from tests.contract.daemon.test_daemon import NEVER, OFTEN
from tests.endpoints import Endpoint
from tests.mailbox import Mailbox, listening_mailbox
from tests.postgres import fresh_database, own_server
from tests.unit.simulator.worlds import ONE
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.world import World

TO = "mailto:operator@example.org"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Where mail goes."""
    with listening_mailbox() as listening:
        yield listening


def mailing(mailbox: Mailbox) -> dict[str, str]:
    """The settings by which the operator gets mail."""
    return {
        "TRIALOG_LOG__LEVEL": "debug",
        "TRIALOG_OPERATOR__TO": TO,
        "TRIALOG_EMAIL__HOST": "127.0.0.1",
        "TRIALOG_EMAIL__PORT": str(mailbox.port),
        "TRIALOG_EMAIL__SECURITY": "none",
        "TRIALOG_EMAIL__SENDER": "trialog@example.org",
    }


def subjects(mailbox: Mailbox) -> list[str]:
    """The subjects of all mails, behind the host's name."""
    return [one.headers["subject"].partition("] ")[2] for one in mailbox.mails]


def looked(daemon: RunningDaemon) -> None:
    """Return when it has looked some more times."""
    daemon.wait_for("alarms_looked_at", count=len(daemon.events("alarms_looked_at")) + 4)


def test_silence_is_told_by_mail_once_over_all_starts_and_once_when_it_is_over(
    at_registry: House, registry: World, mailbox: Mailbox
) -> None:
    """The daemon that starts anew tells it no second time; the one that polls ends it."""
    here = at_registry.here | mailing(mailbox)
    at_registry.do("poll")
    registry.advance(days=2)
    for _ in range(2):
        with running(**here | NEVER) as daemon:
            until(lambda: mailbox.mails, "the mail")
            looked(daemon)
            assert 0 == daemon.end()
    assert 1 == len(mailbox.mails)
    with running(**here | OFTEN) as daemon:
        daemon.wait_for("alarm_over", code="silence")
        until(lambda: 2 == len(mailbox.mails), "the second mail")
        assert 0 == daemon.end()
    first, second = mailbox.mails
    assert ["operator@example.org"] * 2 == [*first.recipients, *second.recipients]
    assert ["No complete run", "Over: no comple"] == [one[:15] for one in subjects(mailbox)]
    assert first.headers["references"] == second.headers["references"]
    assert "list-unsubscribe" not in first.headers
    told = at_registry.do("deliveries", "--subscription", "@operator", "--json").objects
    assert ["sent", "sent"] == [one["state"] for one in told]
    assert 0 == at_registry.ask("verify").status


def test_once_looks_too(
    at_registry: House, registry: World, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For cron: one look tells, and the next one that finds nothing amiss tells that it is over."""
    monkeypatch.setenv("TRIALOG_OPERATOR__TO", endpoint.url)
    at_registry.do("poll")
    registry.advance(days=2)
    for schedule in ("off", "off", "every 1s"):
        monkeypatch.setenv("TRIALOG_SCHEDULE__RELEASE", schedule)
        at_registry.do("run", "--once")
    events = [json.loads(one.body) for one in endpoint.received]
    assert [("trialog.notice", "silence", False), ("trialog.notice", "silence", True)] == [
        (one["type"], one["data"]["code"], one["data"]["over_at"] is not None) for one in events
    ]


def test_an_operator_that_is_not_reached_is_shown(
    at_registry: House, registry: World, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By status, info and deliveries, with what to do; another address in the settings ends it and is told."""
    for name, value in (mailing(mailbox) | NEVER).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TRIALOG_LOG__LEVEL", "error")
    mailbox.to_rcpt.append("550 no such user")
    at_registry.do("poll")
    registry.advance(days=2)
    at_registry.do("run", "--once")
    for command in ("status", "info"):
        text = " ".join(at_registry.ask(command).text.split())
        assert ("operator" in text, "start trialog run anew" in text) == (True, True), text
    (lost,) = at_registry.do("deliveries", "--subscription", "@operator", "--json").objects
    assert ("dead", "address disabled") == (lost["state"], lost["reason"])
    assert "start trialog run anew" in at_registry.ask("redeliver", lost["id"]).err
    monkeypatch.setenv("TRIALOG_OPERATOR__TO", "mailto:other@example.org")
    at_registry.do("run", "--once")
    assert [("other@example.org",)] == [one.recipients for one in mailbox.mails]
    assert ["silence"] == [one["code"] for one in at_registry.ask("status", "--json").objects[0]["reasons"]]


def test_with_the_database_away_it_is_told_directly_once_and_once_when_it_is_back(
    server: SimulatedRegistry, mailbox: Mailbox, capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    """A server that is down for a while; nothing of it is told again through the outbox."""
    at = {"TRIALOG_CTGOV__BASE_URL": server.url, "TRIALOG_CLOCK__URL": f"{server.url}/clock"}
    with (
        own_server() as postgres,
        fresh_database(postgres.url) as url,
        a_house(url, capfdbinary, folder=tmp_path, **at) as house,
    ):
        house.do("track", ONE)
        with running(**house.here | mailing(mailbox) | OFTEN) as daemon:
            daemon.wait_for("job_done", job="release")
            postgres.stop()
            until(lambda: mailbox.mails, "the mail")
            looked(daemon)
            postgres.start()
            until(lambda: 2 == len(mailbox.mails), "the second mail")
            looked(daemon)
            assert 0 == daemon.end()
        assert ["The database can", "Over: the databa"] == [one[:16] for one in subjects(mailbox)]
        assert [] == house.deliveries()


def test_an_address_that_can_be_none_is_refused(on_sqlite: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the start, with the setting's name and without the address; so is a secret that is none."""
    monkeypatch.setenv("TRIALOG_OPERATOR__TO", "pigeon://hidden@example.org")
    refused = on_sqlite.ask("run", "--once")
    assert (2, True, False) == (refused.status, "operator.to: " in refused.err, "hidden" in refused.err)
    monkeypatch.setenv("TRIALOG_OPERATOR__TO", TO)
    monkeypatch.setenv("TRIALOG_OPERATOR__SECRET", "hidden")
    refused = on_sqlite.ask("run", "--once")
    assert (2, True, False) == (refused.status, "operator.secret: " in refused.err, "hidden" in refused.err)
