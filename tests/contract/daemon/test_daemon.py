"""``trialog run``: what it does by itself, how it ends, and who else may run."""

import signal
import subprocess
import threading
import time
from pathlib import Path

import pytest

from tests.contract.cli.command import COMMAND, environment
from tests.contract.daemon.conftest import House
from tests.contract.daemon.daemons import QUICK, running, until
from tests.contract.store.test_upgrading import OLDER, make_older, revision_of
from tests.endpoints import Answer, Endpoint, Fault
from tests.mailbox import listening_mailbox
from tests.unit.simulator.worlds import ONE
from tracker.daemon.lock import only_daemon
from tracker.simulator import edits
from tracker.simulator.faults import Fault as RegistryFault
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.world import World

NEVER = {f"TRIALOG_SCHEDULE__{job}": "off" for job in ("RELEASE", "CLOCK", "DIGESTS")}
OFTEN = {"TRIALOG_SCHEDULE__RELEASE": "every 1s"}
PATIENT = {"TRIALOG_WEBHOOK__TIMEOUT_S": "60", "TRIALOG_CTGOV__TIMEOUT_S": "60"}


def test_a_release_is_polled_and_told_by_itself(at_registry: House, registry: World, endpoint: Endpoint) -> None:
    """What changed at the registry reaches the endpoint without any other command."""
    with running(**at_registry.here | OFTEN) as daemon:
        daemon.wait_for("job_done", job="release")
        at_registry.do("subscribe", "all", "--to", endpoint.url)
        registry.edit(ONE, edits.status("TERMINATED"))
        registry.publish()
        until(lambda: endpoint.received, "the message")
        assert 0 == daemon.end()
    assert b"TERMINATED" in endpoint.received[0].body


def test_what_another_process_records_is_told_within_two_seconds(house: House, endpoint: Endpoint) -> None:
    """An import while the daemon runs: its changes are under way at once, without any schedule."""
    house.take_in("RECRUITING", posted_on="2026-01-10")
    house.do("subscribe", "all", "--to", endpoint.url)
    with running(**house.here | NEVER, TRIALOG_SCHEDULE__DELIVER="every 1d") as daemon:
        daemon.wait_for("job_done", job="deliver")
        house.take_in("TERMINATED", posted_on="2026-02-10")
        ended_at_s = time.monotonic()
        until(lambda: endpoint.received, "the message")
        assert time.monotonic() - ended_at_s < 2
        assert 0 == daemon.end()


def test_a_second_daemon_on_a_file_is_refused(on_sqlite: House) -> None:
    """By whatever name it comes: it names the process that runs and ends with 1; kill -9 leaves no lock behind."""
    here = on_sqlite.here | NEVER
    with running(**here) as daemon:
        for options in ((), ("--once",)):
            refused = on_sqlite.ask("run", *options)
            assert (1, True) == (refused.status, f"process {daemon.process.pid};" in refused.err)
        alias = on_sqlite.folder / "alias.db"
        alias.symlink_to(on_sqlite.here["TRIALOG_DATABASE"].removeprefix("sqlite:///"))
        assert 1 == on_sqlite.ask("run", "--once", "--database", alias).status
        assert -signal.SIGKILL == daemon.end(signal.SIGKILL)
    with running(**here) as daemon:
        assert 0 == daemon.end(signal.SIGINT)


def test_a_refused_daemon_changes_nothing(on_sqlite: House) -> None:
    """The file of an older trialog, on which another daemon runs, is neither brought up to date nor copied."""
    url = on_sqlite.here["TRIALOG_DATABASE"]
    file = Path(url.removeprefix("sqlite:///"))
    make_older(url)
    with only_daemon(url):
        before = sorted(file.parent.iterdir())
        for options in ((), ("--once",)):
            refused = on_sqlite.ask("run", *options)
            assert (1, True) == (refused.status, "a daemon runs on" in refused.err)
        assert (OLDER, before) == (revision_of(file), sorted(file.parent.iterdir()))


def test_a_file_of_several_names_is_refused(on_sqlite: House) -> None:
    """Under its other name a second daemon would have a lock, and a log, of its own."""
    on_sqlite.take_in("RECRUITING", posted_on="2026-01-10")
    other = on_sqlite.folder / "other.db"
    other.hardlink_to(on_sqlite.here["TRIALOG_DATABASE"].removeprefix("sqlite:///"))
    refused = on_sqlite.ask("run", "--once", "--database", other)
    assert (1, True) == (refused.status, "has 2 names" in refused.err)
    other.unlink()
    on_sqlite.do("run", "--once")


def test_it_ends_in_time_whatever_it_waits_for(house: House, endpoint: Endpoint) -> None:
    """While an endpoint is silent it ends with 0 within ten seconds, and what it held is due at once."""
    house.take_in("RECRUITING", posted_on="2026-01-10")
    house.do("subscribe", "all", "--to", endpoint.url)
    endpoint.otherwise = lambda received: Answer(fault=Fault.SILENCE)
    with running(**house.here | NEVER | PATIENT) as daemon:
        house.take_in("TERMINATED", posted_on="2026-02-10")
        until(lambda: endpoint.received, "the request")
        began_s = time.monotonic()
        assert 0 == daemon.end()
        assert time.monotonic() - began_s < 10
    (one,) = house.deliveries()
    assert ("pending", []) == (one["state"], one["attempts"])


def test_a_second_signal_ends_it_at_once(on_sqlite: House, endpoint: Endpoint) -> None:
    """Nothing is lost: whoever delivers next sends what was under way, under the same id."""
    on_sqlite.take_in("RECRUITING", posted_on="2026-01-10")
    on_sqlite.do("subscribe", "all", "--to", endpoint.url)
    endpoint.otherwise = lambda received: Answer(fault=Fault.SILENCE)
    with running(**on_sqlite.here | NEVER | PATIENT) as daemon:
        on_sqlite.take_in("TERMINATED", posted_on="2026-02-10")
        until(lambda: endpoint.received, "the request")
        daemon.process.send_signal(signal.SIGINT)
        daemon.wait_for("daemon_ending")
        began_s = time.monotonic()
        assert 128 + signal.SIGTERM == daemon.end(signal.SIGTERM)
        assert time.monotonic() - began_s < 3
    endpoint.otherwise = lambda received: Answer()
    on_sqlite.do("deliver")
    assert (2, 1) == (len(endpoint.received), len({received.headers["webhook-id"] for received in endpoint.received}))


def test_new_settings_are_taken_whole_or_not_at_all(on_sqlite: House) -> None:
    """SIGHUP: settings that cannot hold are refused with the reason and the old ones go on; sound ones are taken."""
    file = on_sqlite.folder / "s.toml"
    file.write_text('[schedule]\nclock = ["every 1d"]\n', encoding="utf-8")
    with running("--config", str(file), **on_sqlite.here, TRIALOG_SCHEDULE__RELEASE="off") as daemon:
        daemon.wait_for("job_done", job="clock")
        for text, told, count in (
            ('[schedule]\nclock = ["every now and then"]\n', "schedule.clock", 1),
            ('[schedule]\nclock = ["every 1s"]\n', None, 1),
            ('[delivery]\ntemplates = "/nowhere"\n[log]\nlevel = "error"\n', "delivery.templates", 2),
            ('[clock]\nurl = "http://127.0.0.1:9/clock"\n[schedule]\nclock = ["off"]\n', "new start", 3),
        ):
            file.write_text(text, encoding="utf-8")
            daemon.process.send_signal(signal.SIGHUP)
            said = daemon.wait_for("settings_taken" if told is None else "settings_refused", count=count)
            assert told is None or told in said["reason"]
        daemon.wait_for("job_done", job="clock", count=2)
        assert 0 == daemon.end()


def test_templates_are_read_anew(on_sqlite: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """SIGHUP: from the next message on, what the folder holds that is named then is sent."""
    file = on_sqlite.folder / "s.toml"
    with listening_mailbox() as mailbox:
        mail = {"HOST": "127.0.0.1", "PORT": str(mailbox.port), "SECURITY": "none", "SENDER": "alerts@example.org"}
        here = on_sqlite.here | {f"TRIALOG_EMAIL__{name}": value for name, value in mail.items()}
        for name, value in here.items():
            monkeypatch.setenv(name, value)
        on_sqlite.take_in("RECRUITING", posted_on="2026-01-10")
        on_sqlite.do("subscribe", "all", "--to", "mailto:me@example.org")
        lay_templates(on_sqlite.folder / "one", file)
        with running("--config", str(file), **here | NEVER) as daemon:
            on_sqlite.take_in("TERMINATED", posted_on="2026-02-10")
            until(lambda: mailbox.mails, "the first message")
            lay_templates(on_sqlite.folder / "another", file)
            daemon.process.send_signal(signal.SIGHUP)
            daemon.wait_for("settings_taken")
            on_sqlite.take_in("WITHDRAWN", posted_on="2026-03-10")
            until(lambda: len(mailbox.mails) == 2, "the second message")
            assert 0 == daemon.end()
    assert [b"told by one", b"told by another"] == [
        word for one in mailbox.mails for word in (b"told by one", b"told by another") if word in one.raw
    ]


def lay_templates(folder: Path, settings: Path) -> None:
    """Templates of a folder's own, which settings name."""
    folder.mkdir()
    (folder / "message.txt").write_text(f"told by {folder.name}", encoding="utf-8")
    settings.write_text(f'[delivery]\ntemplates = "{folder}"\n', encoding="utf-8")


def test_once_does_what_is_due_and_ends(
    at_registry: House, registry: World, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For cron: it polls, tells, delivers, and ends with 0; with 1 where a leg was not complete."""
    monkeypatch.setenv("TRIALOG_SCHEDULE__RELEASE", "every 1s")
    at_registry.do("run", "--once")
    at_registry.do("subscribe", "all", "--to", endpoint.url)
    registry.edit(ONE, edits.status("TERMINATED"))
    registry.publish()
    until(lambda: 0 == at_registry.ask("run", "--once").status and endpoint.received, "the message")
    assert 1 == len(endpoint.received)
    monkeypatch.setenv("TRIALOG_CTGOV__BASE_URL", QUICK["TRIALOG_CTGOV__BASE_URL"])
    until(lambda: 1 == at_registry.ask("run", "--once").status, "the failure")


def test_once_ends_in_time_as_well(at_registry: House, server: SimulatedRegistry) -> None:
    """Told to end while the registry is silent, it ends within ten seconds, with 1 since not all was done."""
    is_over = threading.Event()

    def stay_silent(_pause_s: float) -> None:
        is_over.wait(30)

    server.pause = stay_silent
    server.faults.at_random(1.0, seed=1, kinds=(RegistryFault.SLOW,))
    server.requests.clear()
    started = subprocess.Popen([*COMMAND, "run", "--once"], env=environment(**at_registry.here | PATIENT))
    until(lambda: server.requests, "the request")
    began_s = time.monotonic()
    started.send_signal(signal.SIGTERM)
    assert 1 == started.wait(30)
    assert time.monotonic() - began_s < 10
    is_over.set()


def test_once_says_that_it_was_told_to_end(at_registry: House, server: SimulatedRegistry) -> None:
    """With 1, at once, though no job failed: what it waited for was left."""
    server.faults.at_random(1.0, seed=1, kinds=(RegistryFault.SERVER_ERROR,))
    server.requests.clear()
    waits = {
        "TRIALOG_CTGOV__RETRIES": "9",
        "TRIALOG_CTGOV__RETRY_WAIT_S": "60",
        "TRIALOG_CTGOV__RETRY_WAIT_MOST_S": "60",
    }
    started = subprocess.Popen([*COMMAND, "run", "--once"], env=environment(**at_registry.here | waits))
    until(lambda: server.requests, "the request")
    began_s = time.monotonic()
    started.send_signal(signal.SIGTERM)
    assert 1 == started.wait(30)
    assert time.monotonic() - began_s < 7


def test_once_says_that_something_could_not_be_sent(on_sqlite: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 1 while a login is refused, though every job did its work; with 0 once that is mended."""
    with listening_mailbox(auth_require_tls=False) as mailbox:
        mail = {"HOST": "127.0.0.1", "PORT": str(mailbox.port), "SECURITY": "none", "SENDER": "alerts@example.org"}
        for name, value in (mail | {"USERNAME": "ada", "PASSWORD": "wrong"}).items():
            monkeypatch.setenv(f"TRIALOG_EMAIL__{name}", value)
        monkeypatch.setenv("TRIALOG_SCHEDULE__RELEASE", "off")
        on_sqlite.take_in("RECRUITING", posted_on="2026-01-10")
        on_sqlite.do("subscribe", "all", "--to", "mailto:me@example.org")
        on_sqlite.take_in("TERMINATED", posted_on="2026-02-10")
        assert 1 == on_sqlite.ask("run", "--once").status
        monkeypatch.setenv("TRIALOG_EMAIL__PASSWORD", "secret")
        assert (0, 1) == (on_sqlite.ask("run", "--once").status, len(mailbox.mails))


def test_one_job_that_fails_stops_no_other(
    at_registry: House, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the registry out of reach the rest goes on, and the failure is logged and kept."""
    nowhere = {"TRIALOG_CTGOV__BASE_URL": QUICK["TRIALOG_CTGOV__BASE_URL"]}
    with running(**at_registry.here | nowhere) as daemon:
        assert 0 < daemon.wait_for("job_failed", job="release")["failures_in_a_row"]
        daemon.wait_for("job_done", job="digests")
        at_registry.do("subscribe", "all", "--to", endpoint.url)
        at_registry.take_in("TERMINATED", posted_on="2026-02-10")
        at_registry.take_in("WITHDRAWN", posted_on="2026-02-11")
        until(lambda: endpoint.received, "the message")
        assert 0 == daemon.end()
