"""What the demonstration stands on: its daemon's process, and those who receive."""

import http.client
import smtplib
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from notifiers.signing import new_secret, signature_header
from tests.contract.cli.command import TOP, environment
from tests.contract.daemon.daemons import until
from tests.contract.store.builders import open_database
from tracker.cli.demo.daemon_process import DaemonProcess, running
from tracker.cli.demo.receivers import HOST, receiving
from tracker.cli.demo.watch import Watch
from tracker.daemon.lock import only_daemon
from tracker.domain.errors import Conflict, Permanent
from tracker.settings import environment_with

BEGAN_AT = datetime(2026, 1, 15, tzinfo=UTC)


def test_a_daemon_that_cannot_run_is_told_with_its_last_words(sqlite_url: str, tmp_path: Path) -> None:
    """Nobody waits for one that has ended: the error names its status, and what it said last."""
    database = open_database(sqlite_url)
    environment = environment_with({"database": sqlite_url, "schedule.release": "now and then"})
    with (
        running(environment, log=tmp_path / "log") as daemon,
        pytest.raises(Permanent, match=r"with 2; .*now and then"),
    ):
        Watch(daemon=daemon, database=database).until_done("release", since=BEGAN_AT)
    database.close()


def test_what_takes_too_long_is_named(sqlite_url: str, tmp_path: Path) -> None:
    """A daemon that runs and does not do its work is given up, with the work's name; the block's end ends it."""
    database = open_database(sqlite_url)
    environment = environment_with({"database": sqlite_url, "schedule.release": "off", "http.listen": "off"})
    with running(environment, log=tmp_path / "log") as daemon:
        impatient = Watch(daemon=daemon, database=database, within_s=0.0)
        with pytest.raises(Permanent, match="had not done release"):
            impatient.until_done("release", since=BEGAN_AT)
        daemon.require_alive()
    with pytest.raises(Permanent):
        daemon.require_alive()
    database.close()


_OF_DEMO = """
import sys, time
from pathlib import Path
from tracker.cli.demo.daemon_process import running
from tracker.settings import environment_with
options = {"database": sys.argv[1], "schedule.release": "off", "http.listen": "off", "log.format": "json"}
with running(environment_with(options), log=Path(sys.argv[2])):
    time.sleep(600)
"""


def test_a_daemon_ends_with_a_demonstration_that_is_killed(sqlite_url: str, tmp_path: Path) -> None:
    """kill -9 of the one lets the other end in order: it says so, and nothing of it holds the file."""
    log = tmp_path / "log"
    with subprocess.Popen([sys.executable, "-c", _OF_DEMO, sqlite_url, str(log)], cwd=TOP, env=environment()) as demo:
        until(lambda: log.exists() and "daemon_started" in log.read_text("utf-8"), "the daemon's start", alive=demo)
        with pytest.raises(Conflict), only_daemon(sqlite_url):
            raise AssertionError("no daemon runs")
        demo.kill()
    until(lambda: "daemon_ended" in log.read_text("utf-8"), "the daemon's end")
    until(lambda: _is_free(sqlite_url), "the lock's end")


def _is_free(url: str) -> bool:
    try:
        with only_daemon(url):
            return True
    except Conflict:
        return False


def test_a_daemon_that_does_not_end_is_killed(tmp_path: Path) -> None:
    """Whoever does not wait any longer leaves no process behind."""
    log = tmp_path / "log"
    stubborn = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", stubborn], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert b"deaf\n" == process.stdout.readline()
        assert -9 == DaemonProcess(process, log).end(within_s=0.1)


def test_mail_and_webhook_are_received_over_sockets() -> None:
    """What comes is kept as it came, and a signature holds by its own secret alone."""
    own, other = new_secret(lambda size: b"s" * size), new_secret(lambda size: b"t" * size)
    with receiving() as receivers:
        assert ["mailto:ada@example.org", f"http://{HOST}:{receivers.hook_port}/hook"] == list(receivers.addresses)
        assert receivers.smtp_port is not None
        with smtplib.SMTP(HOST, receivers.smtp_port) as smtp:
            smtp.sendmail("alerts@example.org", "ada@example.org", "Subject: told\r\n\r\ntext\r\n")
        _post(receivers.hook_port, b"{}", secret=own)
    (mail,), (post,) = receivers.mails, receivers.posts
    assert ("told", "text") == (mail["Subject"], mail.get_content().strip())
    assert (b"{}", [True, False]) == (post.body, [post.is_signed_with(secret) for secret in (own, other)])


def _post(port: int, body: bytes, *, secret: str) -> None:
    stamp = int(datetime.now(UTC).timestamp())
    signature = signature_header([secret], message_id="msg_1", timestamp=stamp, body=body)
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(stamp), "webhook-signature": signature}
    with closing(http.client.HTTPConnection(HOST, port, timeout=10)) as connection:
        connection.request("POST", "/hook", body, headers)
        assert 204 == connection.getresponse().status
