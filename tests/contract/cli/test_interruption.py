"""An import that is broken off: what was stored stays, and running it again completes it, on both databases."""

import signal
import subprocess
import time
from pathlib import Path

import pytest

from store.unit_of_work import Database
from tests.contract.cli.command import COMMAND, ask, environment, write_lines
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


def wait_until_something_is_stored(database: Database, started: "subprocess.Popen[str]") -> None:
    """Return as soon as the import has committed."""
    while not events_count(database):
        assert started.poll() is None, "the import ended too soon"
        time.sleep(0.001)


def events_count(database: Database) -> int:
    """Events in the ledger now."""
    with database.reading() as transaction:
        return transaction.events.head().count
