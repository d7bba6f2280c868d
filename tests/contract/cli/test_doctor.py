"""``trialog doctor``: everything that trialog leans on, tried out against real servers."""

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from store.unit_of_work import Database
from tests.contract.cli.desk import ME, Desk
from tests.endpoints import free_port
from tests.mailbox import listening_mailbox
from tests.tellers import telling
from tests.unit.simulator.worlds import ONE

CHECKS = ["database", "schema", "clock", "registry", "smtp_login", "disk", "lock"]
NOWHERE = "http://127.0.0.1:1"


def examined(desk: Desk) -> tuple[int, dict[str, dict[str, Any]]]:
    """Exit status, and the checks by name."""
    answer = desk.told("doctor", "--json")
    assert "" == answer.err
    assert CHECKS == [one["check"] for one in answer.objects]
    assert all(list(one) == ["check", "ok", "message", "advice"] for one in answer.objects)
    assert all(bool(one["advice"]) or one["ok"] for one in answer.objects)
    return answer.status, {one["check"]: one for one in answer.objects}


def unwell(checks: dict[str, dict[str, Any]]) -> list[str]:
    """The checks that are not well."""
    return [name for name, one in checks.items() if not one["ok"]]


@pytest.fixture
def tracking(desk: Desk) -> Desk:
    """A desk with a ledger, and somebody who wants mail."""
    desk.done("track", ONE)
    desk.done("subscribe", "mine", "--to", ME, "--condition", "Asthma")
    return desk


def test_where_all_is_well_everything_was_tried(tracking: Desk) -> None:
    """Exit status 0: the ledger was written, the registry asked once, the mail server met; nothing is left of it."""
    before = len(tracking.done("changes", "--json"))
    status, checks = examined(tracking)
    assert (0, []) == (status, unwell(checks))
    assert "can be written" in checks["database"]["message"]
    assert "its data are of 2026-01-12" in checks["registry"]["message"]
    assert "agrees with the machine's" in checks["clock"]["message"]
    assert "nothing was sent" in checks["smtp_login"]["message"]
    assert "no daemon is on record" in checks["lock"]["message"]
    assert ([], before) == (tracking.mailbox.mails, len(tracking.done("changes", "--json")))
    page = tracking.done("doctor")
    assert 7 == sum(line.startswith("ok") for line in page.splitlines())


def test_without_a_ledger_the_rest_is_tried_and_none_is_made(new_desk: Desk) -> None:
    """It says that there is no ledger and how one is made; registry, mail and disk are tried all the same."""
    status, checks = examined(new_desk)
    assert 1 == status
    assert set(unwell(checks)) <= {"database", "schema", "lock"}
    assert "no ledger" in checks["database"]["message"]
    assert "trialog track" in checks["database"]["advice"] or "track something" in checks["database"]["advice"]
    if new_desk.database.startswith("sqlite"):
        assert not Path(new_desk.database.removeprefix("sqlite:///")).exists()
        assert "not tried" in checks["lock"]["message"]


def test_each_fault_is_its_own_checks_alone(tracking: Desk) -> None:
    """A registry, a mail server and a backup folder that are not there do not hide one another, nor the ledger."""
    tracking.options |= {"ctgov.base_url": NOWHERE, "email.port": str(free_port())}
    status, checks = examined(tracking)
    assert (1, ["registry", "smtp_login"]) == (status, unwell(checks))
    assert "gave no answer" in checks["registry"]["message"]
    assert "no connection to the mail server" in checks["smtp_login"]["message"]
    assert "the registry could not be asked" in checks["clock"]["message"]


def test_a_login_is_tried_and_its_secret_kept(tracking: Desk) -> None:
    """The right password is well and the wrong one is not; neither is shown."""
    with listening_mailbox(auth_require_tls=False) as guarded:
        tracking.options |= {"email.port": str(guarded.port), "email.username": "ada", "email.password": "secret"}
        _, well = examined(tracking)
        tracking.options["email.password"] = "hunter2"
        status, checks = examined(tracking)
    assert (1, [], ["smtp_login"]) == (status, unwell(well), unwell(checks))
    assert "TRIALOG_EMAIL__PASSWORD" in checks["smtp_login"]["message"]
    assert "hunter2" not in str(checks)
    assert [] == guarded.mails


def test_mail_that_somebody_wants_needs_a_server(tracking: Desk) -> None:
    """Without a mail server all is well only as long as nobody asked for mail."""
    tracking.options["email.host"] = ""
    status, checks = examined(tracking)
    assert (1, ["smtp_login"]) == (status, unwell(checks))
    assert "1 address of subscriptions" in checks["smtp_login"]["message"]
    tracking.done("unsubscribe", "mine")
    assert "nobody asked for mail" in examined(tracking)[1]["smtp_login"]["message"]
    tracking.options["operator.to"] = "mailto:grace@example.net"
    status, checks = examined(tracking)
    assert (1, True) == (status, "mail is for the operator" in checks["smtp_login"]["message"])
    assert "grace" not in str(checks)


def test_a_writer_that_does_not_end_is_told(tracking: Desk) -> None:
    """While somebody holds the writer's turn the lock is not well, after some seconds; the database is."""
    database = Database.open_present(tracking.database, clock=tracking.now)
    with database.writing():
        status, checks = examined(tracking)
    database.close()
    assert (1, ["lock"]) == (status, unwell(checks))
    assert "no writer got its turn within 3 s" in checks["lock"]["message"]


def test_a_schema_of_another_trialog_is_told(tracking: Desk) -> None:
    """An older schema is to be migrated, a newer one needs a newer trialog; both are looked at, not changed."""
    for revision, words in (("0005", "trialog migrate"), ("9999", "update trialog")):
        _put_revision(tracking.database, revision)
        status, checks = examined(tracking)
        assert (1, ["schema"]) == (status, unwell(checks))
        assert words in checks["schema"]["advice"]


def test_who_works_on_the_ledger_is_named(tracking: Desk) -> None:
    """A daemon that is on record and alive is told with its process."""
    with _sleeper() as process:
        database = Database.open_present(tracking.database, clock=tracking.now)
        with database.writing() as transaction:
            transaction.daemons.begin(_holder_of(process), version="1")
        database.close()
        _, checks = examined(tracking)
    assert f"process {process.pid} on " in checks["lock"]["message"]
    assert "is a daemon" in checks["lock"]["message"]


def test_a_clock_at_an_address_is_asked(tracking: Desk) -> None:
    """Its time is told; one that does not answer is not well, and the rest is tried."""
    with telling("2031-05-06T07:08:09Z") as teller:
        tracking.options["clock.url"] = teller.url
        _, checks = examined(tracking)
        assert "2031-05-06 07:08:09 UTC" in checks["clock"]["message"]
        assert checks["clock"]["ok"]
    status, checks = examined(tracking)
    assert (1, ["clock"]) == (status, unwell(checks))


def test_a_damaged_file_is_told_without_a_traceback(desk: Desk, tmp_path: Path) -> None:
    """What is no database is told in the store's words, and the other checks are made."""
    file = tmp_path / "other.db"
    file.write_bytes(b"not a database" * 400)
    desk.database = str(file)
    status, checks = examined(desk)
    assert (1, ["database", "schema", "lock"]) == (status, unwell(checks))
    assert "not a SQLite database" in checks["database"]["message"]


def test_a_server_that_is_not_there_is_told(desk: Desk) -> None:
    """A PostgreSQL that cannot be reached is named without its password."""
    desk.database = f"postgresql://linus:tux@127.0.0.1:{free_port()}/trials"
    status, checks = examined(desk)
    assert (1, ["database", "schema", "lock"]) == (status, unwell(checks))
    assert "cannot be reached" in checks["database"]["message"]
    assert "tux" not in str(checks)


def test_settings_that_are_wrong_are_wrong_usage(desk: Desk) -> None:
    """Nothing is tried with settings that do not hold."""
    desk.options["email.port"] = "0"
    assert 2 == desk.told("doctor").status


def _put_revision(url: str, revision: str) -> None:
    if url.startswith("sqlite"):
        with sqlite3.connect(url.removeprefix("sqlite:///")) as file:
            file.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        file.close()
        return
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (revision,))


@contextmanager
def _sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that lives as long as the block."""
    process = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()


def _holder_of(process: subprocess.Popen[bytes]) -> Any:
    from store.holders import Holder, this_process

    mine = this_process()
    return Holder(holder_id="another", host=mine.host, pid=process.pid, numbering=mine.numbering, process_started=None)
