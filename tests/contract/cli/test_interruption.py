"""An import or a delivery that is broken off: what was stored stays, and running it again completes it."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from store.unit_of_work import Database
from tests.contract.cli.command import COMMAND, ask, environment, write_lines
from tests.endpoints import Answer, Fault, listening_endpoint
from tests.records import enrollment, record, trial_ids
from tracker.domain.clock import SystemClock

RECORDS = 1200
TWICE = 20  # of these trials two versions come


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Records enough for several transactions."""
    folder = tmp_path_factory.mktemp("records")
    ids = trial_ids()
    first = [record(next(ids), designModule=enrollment(n + 1), data_on="2026-01-12") for n in range(RECORDS)]
    ids = trial_ids()
    later = [record(next(ids), designModule=enrollment(0), data_on="2026-02-12") for _ in range(TWICE)]
    return write_lines(folder / "records.jsonl", first + later)


@pytest.mark.parametrize("kind", ("SIGINT", "SIGKILL"))
def test_an_interrupted_import_is_completed_by_running_it_again(
    kind: str, records: Path, database_url: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """After Ctrl-C or kill -9, the same import run again ends with the trials, revisions and events of one run."""
    database = Database.open(database_url, clock=SystemClock().now)
    started = subprocess.Popen(
        [*COMMAND, "import", str(records)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(TRIALOG_DATABASE=database_url),
        text=True,
    )
    wait_until_something_is_stored(database, started)
    started.send_signal(signal.Signals[kind])
    _, err = started.communicate(timeout=30)
    stored = events_count(database)
    database.close()
    assert 0 < stored < RECORDS + 2 * TWICE
    if kind == "SIGINT":
        assert (130, 1) == (started.returncode, len(err.splitlines()))
        assert "records of this import stored; run the same command again to go on" in err
    assert 0 == ask(capfdbinary, "import", records, "--database", database_url).status
    (info,) = ask(capfdbinary, "info", "--json", "--database", database_url).objects
    assert (RECORDS, RECORDS + TWICE, RECORDS + TWICE) == (info["trials"], info["revisions"], info["events"])


def test_an_interrupted_delivery_is_settled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Ctrl-C while an endpoint is silent: what is under way ends within its time and is settled; one line says so."""
    here = {"TRIALOG_DATABASE": str(tmp_path / "ledger.db"), "TRIALOG_WEBHOOK__ALLOW_NETWORKS": "127.0.0.0/8"}
    for name, value in (here | {"TRIALOG_WEBHOOK__TIMEOUT_S": "0.1"}).items():
        monkeypatch.setenv(name, value)
    with listening_endpoint() as endpoint:
        assert 0 == ask(capfdbinary, "subscribe", "all", "--to", endpoint.url).status
        endpoint.otherwise = lambda received: Answer(fault=Fault.SILENCE)
        assert 1 == ask(capfdbinary, "try", "all").status
        assert 0 == ask(capfdbinary, "redeliver", "--since", "2000-01-01").status
        started = subprocess.Popen(
            [*COMMAND, "deliver"],
            stderr=subprocess.PIPE,
            env=environment(**here, TRIALOG_WEBHOOK__TIMEOUT_S="1"),
            text=True,
        )
        while len(endpoint.received) < 2:
            assert started.poll() is None, "the delivery ended too soon"
            time.sleep(0.001)
        started.send_signal(signal.SIGINT)
        _, err = started.communicate(timeout=30)
    assert (130, True) == (started.returncode, "interrupted; what was sent is kept as sent" in err)
    (one,) = ask(capfdbinary, "deliveries", "--json").objects
    assert ("failed", 2) == (one["state"], len(one["attempts"]))


def wait_until_something_is_stored(database: Database, started: "subprocess.Popen[str]") -> None:
    """Return as soon as the import has committed."""
    while not events_count(database):
        assert started.poll() is None, "the import ended too soon"
        time.sleep(0.001)


def events_count(database: Database) -> int:
    """Events in the ledger now."""
    with database.reading() as transaction:
        return transaction.events.head().count
