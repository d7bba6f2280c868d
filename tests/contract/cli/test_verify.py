"""What ``trialog verify`` answers on ledgers that cannot be opened, or whose tables are gone, on both databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Connection, create_engine

from store.migrate import REVISION
from tests.contract.cli.command import write_json
from tests.records import enrollment, record
from tracker.cli.main import run

TRIAL = "NCT00000001"
KEYS = ["ok", "position", "reason", "events", "revisions", "snapshots"]


@pytest.fixture
def ledger(database_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> str:
    """A ledger of two versions of a trial."""
    for number, count in enumerate((50, 100), 1):
        seen = record(TRIAL, data_on=f"2026-0{number}-12", designModule=enrollment(count))
        write_json(tmp_path / f"{number}.json", seen)
    files = [str(tmp_path / f"{number}.json") for number in (1, 2)]
    assert 0 == run(["import", *files, "--database", database_url])
    capfd.readouterr()
    return database_url


@contextmanager
def behind_its_back(url: str) -> Iterator[Connection]:
    """A connection of somebody else."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def reason_of(url: str, capfd: pytest.CaptureFixture[str]) -> str:
    """Why the ledger is wrong; it is told to people too, and to programs as one object that blames no event."""
    assert 1 == run(["verify", "--database", url])
    out, err = capfd.readouterr()
    assert "trialog: a fault" not in err
    told = "".join((out + err).split())  # a page is wrapped, and a long path in the middle of a word
    assert 1 == run(["verify", "--json", "--database", url])
    out, err = capfd.readouterr()
    (answer,) = map(orjson.loads, out.splitlines())
    assert (KEYS, False, None) == (list(answer), answer["ok"], answer["position"])
    reason: str = answer["reason"]
    assert "".join(reason.split()) in told
    return reason


@pytest.mark.parametrize(
    ("statement", "expected", "way_on"),
    (
        ("DELETE FROM ledger_head", "the ledger's head is missing", "restore a backup"),
        ("DROP TABLE ledger_head", "the table ledger_head is missing", "restore a backup"),
        ("DROP TABLE snapshots", "the table snapshots is missing", "restore a backup"),
        ("DROP TABLE checkpoints", "the table checkpoints is missing", "restore a backup"),
        ("DROP TABLE view_trials", "the table view_trials is missing", "run trialog rebuild"),
        ("DROP TABLE view_state", "the table view_state is missing", "run trialog rebuild"),
        ("ALTER TABLE view_changes DROP COLUMN field", "view_changes lacks field", "run trialog rebuild"),
        ("ALTER TABLE view_revisions ADD COLUMN more TEXT", "view_revisions has more", "run trialog rebuild"),
        ("UPDATE view_state SET version = 0", "the views are of version 0", "run trialog rebuild"),
        ("UPDATE checkpoints SET position = 1", "the views' checkpoint is 1", "run trialog rebuild"),
        ("DELETE FROM checkpoints", "the views' checkpoint is 0", "run trialog rebuild"),
        ("UPDATE alembic_version SET version_num = '0000'", f"0000, this program's {REVISION}", "trialog migrate"),
        ("UPDATE alembic_version SET version_num = '9999'", "a newer one made it", "update the program"),
        ("DROP TABLE alembic_version", "no ledger at", "import or track something first"),
    ),
)
def test_what_is_gone_is_named(
    ledger: str, statement: str, expected: str, way_on: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A row or a table that is missing, or of another shape: the reason says which, and what to do."""
    with behind_its_back(ledger) as connection:
        connection.exec_driver_sql(statement)
    reason = reason_of(ledger, capfd)
    assert expected in reason
    assert way_on.removeprefix("run ") in reason


@pytest.mark.parametrize(
    "statement",
    (
        "DROP TABLE view_trials",
        "DROP TABLE view_state",
        "ALTER TABLE view_changes DROP COLUMN field",
        "ALTER TABLE view_revisions ADD COLUMN more TEXT",
        "UPDATE view_state SET version = 0",
        "UPDATE checkpoints SET position = 1",
    ),
)
def test_what_a_rebuild_is_advised_for_it_mends(ledger: str, statement: str, capfd: pytest.CaptureFixture[str]) -> None:
    """After the rebuild the ledger is whole."""
    with behind_its_back(ledger) as connection:
        connection.exec_driver_sql(statement)
    assert [1, 0, 0] == [run([*words, "--database", ledger]) for words in (["verify"], ["rebuild"], ["verify"])]


def test_verifying_changes_nothing(ledger: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Views of another version are told, not made anew."""
    with behind_its_back(ledger) as connection:
        connection.exec_driver_sql("UPDATE view_state SET version = 0")
    assert reason_of(ledger, capfd) == reason_of(ledger, capfd)


def test_a_ledger_that_is_not_there_is_told_to_programs_too(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """One object, one line on standard error, and nothing is made."""
    assert "no ledger at" in reason_of(str(tmp_path / "none.db"), capfd)
    assert [] == list(tmp_path.iterdir())


def _noise(file: Path) -> None:
    file.write_bytes(b"not a database\n" * 1000)


def _half(file: Path) -> None:
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])


def _first_hundred(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:100])


def _overwritten(file: Path) -> None:
    whole = bytearray(file.read_bytes())
    whole[4096 : 4096 * 4] = b"\xff" * (4096 * 3)
    file.write_bytes(whole)


def _index_only(file: Path) -> None:
    """A table's rows stay good, and one of its indexes is overwritten."""
    with behind_its_back(f"sqlite:///{file}") as connection:
        question = "SELECT rootpage FROM sqlite_master WHERE name = 'sqlite_autoindex_events_1'"
        page = connection.exec_driver_sql(question).scalar_one()
    whole = bytearray(file.read_bytes())
    whole[4096 * page - 64 : 4096 * page] = b"\x00" * 64
    file.write_bytes(whole)


def _text(file: Path) -> None:
    """The text of an event is no text any more."""
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"label":"First observed"', b'"label":"\xff\xfe\xff\xfet observed"'))


@pytest.mark.parametrize("damage", (_text, _noise, _half, _first_hundred, _overwritten, _index_only))
def test_a_damaged_file_is_told(
    damage: object, sqlite_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Noise, a file cut short, pages overwritten: one answer that says what to do."""
    write_json(tmp_path / "a.json", record(TRIAL))
    assert 0 == run(["import", str(tmp_path / "a.json"), "--database", sqlite_url])
    capfd.readouterr()
    assert callable(damage)
    damage(Path(sqlite_url.removeprefix("sqlite:///")))
    reason = reason_of(sqlite_url, capfd)
    assert "backup" in reason or "name another file" in reason
    assert len(reason) < 400
