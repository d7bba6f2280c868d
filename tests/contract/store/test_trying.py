"""Trying a database out, whatever state it is in."""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, text

from store.errors import NotFound, Permanent, Transient
from store.footing import file_system_of, is_remote
from store.migrate import REVISION
from store.trying import Trial
from store.unit_of_work import Database

WAIT_S = 0.2


def sqlalchemy_url(url: str) -> str:
    """As SQLAlchemy takes it."""
    return url.replace("postgresql://", "postgresql+psycopg://")


def test_a_trial_tells_the_schema_and_leaves_no_trace(database_url: str) -> None:
    """What it writes is taken back: the schema stays as it was."""
    with Trial(database_url, wait_s=WAIT_S) as trial:
        assert (REVISION, True) == (trial.revision(), trial.write() < WAIT_S)
        assert (REVISION, True) == (trial.revision(), trial.now().tzinfo is not None)


def test_where_nothing_was_made_nothing_is_made(new_sqlite_url: str, new_postgresql_url: str) -> None:
    """A file that is not there is NotFound; a database without tables has no schema, and can be written."""
    with pytest.raises(NotFound):
        Trial(new_sqlite_url, wait_s=WAIT_S)
    assert not Path(new_sqlite_url.removeprefix("sqlite:///")).exists()
    with Trial(new_postgresql_url, wait_s=WAIT_S) as trial:
        assert trial.revision() is None
        assert trial.write() < WAIT_S


def test_a_writer_at_work_is_not_waited_for_long(database: Database, database_url: str) -> None:
    """While another holds the writer's turn, a trial to write ends as Transient, and reading goes on."""
    with database.writing(), Trial(database_url, wait_s=WAIT_S) as trial:
        with pytest.raises(Transient):
            trial.write()
        assert REVISION == trial.revision()


def test_what_is_no_database_says_so(tmp_path: Path) -> None:
    """A file of something else is Permanent, and stays as it was."""
    file = tmp_path / "ledger.db"
    file.write_bytes(b"no database at all, and longer than a header" * 40)
    before = file.read_bytes()
    with Trial(file, wait_s=WAIT_S) as trial, pytest.raises(Permanent):
        trial.revision()
    assert before == file.read_bytes()


def test_a_schema_that_is_not_known_can_be_tried(database_url: str) -> None:
    """The trial needs no schema of this program's."""
    engine = create_engine(sqlalchemy_url(database_url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with Trial(database_url, wait_s=WAIT_S) as trial:
        assert ("9999", True) == (trial.revision(), trial.write() < WAIT_S)


def test_a_file_without_a_log_is_found(sqlite_url: str) -> None:
    """Whether SQLite keeps a write-ahead log is the file's own."""
    engine = create_engine(sqlite_url)
    with Trial(sqlite_url, wait_s=WAIT_S) as trial:
        assert trial.footing().has_write_ahead_log
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
    engine.dispose()
    with Trial(sqlite_url, wait_s=WAIT_S) as trial:
        assert (False, None) == (trial.footing().has_write_ahead_log, trial.footing().connections_left)


def test_a_library_tells_whether_it_finds_words(sqlite_url: str) -> None:
    """These tests could not run without."""
    with Trial(sqlite_url, wait_s=WAIT_S) as trial:
        assert trial.footing().has_word_search


def test_the_connections_of_a_server_are_counted(postgresql_url: str) -> None:
    """Each connection that is opened is one less that is left."""
    with Trial(postgresql_url, wait_s=WAIT_S) as trial:
        before = trial.footing()
        with psycopg.connect(postgresql_url), psycopg.connect(postgresql_url):
            during = trial.footing()
    assert before.connections_left is not None
    assert during.connections_left == before.connections_left - 2
    assert before.connections_most == during.connections_most


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:44 / /srv/with\\040blank rw - nfs4 host:/export rw
41 22 0:45 / /srv rw master:2 - xfs /dev/sdb rw
42 22 0:46 / /srv/top rw - cifs //host/share rw
43 22 0:47 / /srv/top rw - tmpfs tmpfs rw
broken
"""


@pytest.mark.parametrize(
    ("file", "kind", "remote"),
    (
        ("/ledger.db", "ext4", False),
        ("/srv/ledger.db", "xfs", False),
        ("/srvother/ledger.db", "ext4", False),
        ("/srv/with blank/ledger.db", "nfs4", True),
        ("/srv/top/deep/ledger.db", "tmpfs", False),
    ),
)
def test_the_file_system_is_that_of_the_nearest_mount(file: str, kind: str, remote: bool) -> None:
    """The deepest mount above a file counts, the last of several at one place; blanks are written as octals."""
    assert (kind, remote) == (file_system_of(Path(file), MOUNTS), is_remote(kind))


def test_where_the_system_tells_no_mounts_nothing_is_said() -> None:
    """No answer is no claim."""
    assert (None, None) == (file_system_of(Path("/ledger.db"), ""), is_remote(None))
