"""Opening: new databases, old ones, newer ones, and things that are no database."""

import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import make_url

import store
from store.dialects.postgresql import PostgresqlDialect
from store.engine import has_table, open_engine
from store.errors import InvalidInput, Outdated, Permanent, StoreError, Transient
from store.events import NO_STREAM
from store.migrate import REVISION, Upgrading, migrate
from store.tables import METADATA
from store.unit_of_work import Database
from tests.contract.store.builders import event, open_database, ticking_clock

PACKAGE = Path(store.__path__[0])
OPEN_AND_APPEND = """
import sys
from datetime import UTC, datetime
from store.events import ANY, EventData
from store.unit_of_work import Database
database = Database.open(sys.argv[1], clock=lambda: datetime.now(UTC))
with database.writing() as transaction:
    given = EventData(type="opened", data={}, event_id=sys.argv[2])
    transaction.events.append("opened", [given], expected_version=ANY)
database.close()
print("alembic" in sys.modules)
"""


def start(url: str, name: str) -> "subprocess.Popen[str]":
    """Another process that opens the database, appends one event and says whether it imported alembic."""
    command = [sys.executable, "-c", OPEN_AND_APPEND, url, name]
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent)}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)


def test_processes_that_open_a_new_database_at_once_share_one_migration(new_database_url: str) -> None:
    """One migrates, the others wait; all of them then work."""
    processes = [start(new_database_url, str(n)) for n in range(4)]
    migrated = [process.communicate()[0].strip() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0, 0]
    assert "True" in migrated
    database = open_database(new_database_url)
    with database.reading() as transaction:
        assert transaction.events.head().count == 4
        assert transaction.events.verify() is None
    database.close()


def test_an_up_to_date_database_opens_without_alembic(database: Database) -> None:
    """Only a database that must change pays for the import of alembic."""
    assert start(database.url, "1").communicate()[0].strip() == "False"


def test_the_tables_are_what_the_migrations_make(database: Database) -> None:
    """store.tables and store.migrations describe the same shape."""
    with database.reading() as transaction:
        context = MigrationContext.configure(transaction.connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []


def test_a_table_is_there_or_it_is_not(database: Database) -> None:
    """An index is none, and a name is the whole name as it is written."""
    with database.reading() as transaction:
        asked = ("alembic_version", "snapshots", "snap", "Snapshots", "deliveries_first")
        assert [True, True, *[False] * 3] == [has_table(transaction.connection, name) for name in asked]


def test_the_known_revision_is_the_newest() -> None:
    """REVISION, which saves the import of alembic, names the last module in versions/."""
    config = Config()
    config.set_main_option("script_location", str(PACKAGE / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == REVISION


def test_a_database_of_a_newer_program_is_refused_untouched(database: Database) -> None:
    """The person is told to update the program; nothing in the database changes."""
    with database.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Permanent, match="9999, which this program does not know"):
        open_database(database.url)
    with database.reading() as transaction:
        found = transaction.connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    assert found == "9999"


def test_migrating_twice_changes_nothing(database: Database) -> None:
    """An up-to-date database is left alone."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
    engine = open_engine(database.url)
    migrate(engine)
    engine.dispose()
    with database.reading() as transaction:
        assert transaction.events.head().count == 1


NEWER_THAN = {
    "0001": ["DROP TABLE digests", "DROP TABLE sightings"],
    "0002": ["DROP TABLE held", "DROP TABLE cursors", "DROP TABLE runs"],
    "0003": ["DROP TABLE leases", "ALTER TABLE runs DROP COLUMN term"],
    "0004": [f"DROP TABLE {name}" for name in ("tellings", "attempts", "deliveries", "endpoints", "addresses")],
    "0005": [f"DROP TABLE {name}" for name in ("daemons", "jobs", "alarms", "verifications")],
    "0006": [
        "DROP TABLE pruned_attempts",
        "DROP INDEX deliveries_unpruned",
        "ALTER TABLE deliveries DROP COLUMN pruned_at",
    ],
    "0007": [f"DROP TABLE {name}" for name in ("access_tokens", "web_sessions", "sign_in_links", "feed_keys")],
}
"""What makes a database of each earlier shape one of it, out of one of the next."""


@pytest.mark.parametrize("found", NEWER_THAN)
def test_a_database_of_an_older_program_is_brought_up_to_date(database: Database, found: str) -> None:
    """Refused untouched to those who only ask; else every table is there afterwards, and every event still."""
    with database.writing() as transaction:
        transaction.events.append("a", [event("1")], expected_version=NO_STREAM)
        for later in reversed([revision for revision in NEWER_THAN if revision >= found]):
            for statement in NEWER_THAN[later]:
                transaction.connection.exec_driver_sql(statement)
        transaction.connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{found}'")
    database.close()
    with pytest.raises(Outdated, match=f"its schema is {found}"):
        Database.open_present(database.url, clock=ticking_clock())
    Database.open_present(database.url, clock=ticking_clock(), upgrading=Upgrading.ASKED).close()
    with database.reading() as transaction:
        assert transaction.integrity.shape_fault() is None
        assert compare_metadata(MigrationContext.configure(transaction.connection), METADATA) == []
        assert transaction.events.head().count == 1
        assert transaction.events.verify() is None


def test_a_database_says_what_and_how_large_it_is(database: Database) -> None:
    """The dialect is named, the size is in bytes, and what is printed never holds a password."""
    assert database.dialect_name in database.url
    assert database.size_bytes() > 4096
    assert "://" not in repr(database) or ":***@" in repr(database)


def test_the_folder_of_a_file_is_made(tmp_path: Path) -> None:
    """A plain path opens a SQLite file, its folders made, and its URL opens it from anywhere."""
    database = Database.open(tmp_path / "new" / "deep" / "ledger.db", clock=ticking_clock())
    assert database.url == f"sqlite:///{tmp_path}/new/deep/ledger.db"
    database.close()


@pytest.mark.parametrize(
    "url", ("sqlite://", "sqlite:///:memory:", "mysql://host/name", "postgresql://u:secret@host:port/x")
)
def test_what_is_no_url_of_the_stores_is_refused(url: str) -> None:
    """A database that cannot be shared, of another kind, or misspelt is the person's to mend."""
    with pytest.raises(InvalidInput) as refused:
        open_engine(url)
    assert "secret" not in str(refused.value)


def test_what_is_no_database_is_refused(tmp_path: Path) -> None:
    """A folder, another kind of file and a path through a file: each is named and left as it was."""
    text = tmp_path / "notes.txt"
    text.write_text("not a database\n" * 100)
    with pytest.raises(InvalidInput, match="is a folder"):
        open_database(str(tmp_path))
    with pytest.raises(Permanent, match=r"notes\.txt: the file is not a SQLite database"):
        open_database(str(text))
    with pytest.raises(Permanent, match="cannot be made a folder"):
        open_database(str(text / "ledger.db"))
    assert text.read_text() == "not a database\n" * 100


@pytest.mark.parametrize(
    ("place", "named"),
    (
        ("127.0.0.1:1/ledger", "the server 127.0.0.1, port 1, cannot be reached"),
        ("no-such-host.invalid/ledger", "the server no-such-host.invalid, port 5432, cannot be reached"),
        ("/ledger?host={folder}&port=7777", "the server {folder}, port 7777, cannot be reached"),
    ),
    ids=("refused", "unresolvable", "no socket"),
)
def test_a_server_that_is_not_there_may_come_back(place: str, named: str, tmp_path: Path) -> None:
    """No server is Transient, and is named with host and port, never with the password."""
    with pytest.raises(Transient) as gone:
        open_database(f"postgresql://user:secret@{place.format(folder=tmp_path)}")
    message = str(gone.value)
    assert named.format(folder=tmp_path) in message
    assert "check that it runs" in message
    assert not [word for word in ("secret", "busy") if word in message]


def test_what_a_server_refuses_is_the_persons_to_mend(postgresql_url: str) -> None:
    """A database and a user that the server does not know are Permanent, each with what to do."""
    with pytest.raises(Permanent, match=r"has no such database .* create it, or name another"):
        open_database(postgresql_url.replace("/test_", "/missing_"))
    parts = urlsplit(postgresql_url)
    stranger = parts._replace(netloc=f"stranger:secret@{parts.netloc.rpartition('@')[2]}").geturl()
    with pytest.raises(Permanent, match=r"refused the login .* check user and password") as refused:
        open_database(stranger)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "kind", "told"),
    (
        ('FATAL:  password authentication failed for user "user"', Permanent, "refused the login"),
        ("fe_sendauth: no password supplied", Permanent, "refused the login"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.9", user "user"', Permanent, "refused the login"),
        ("FATAL:  the database system is starting up", Transient, "takes no connection now"),
        ("FATAL:  sorry, too many clients already", Transient, "takes no connection now"),
    ),
)
def test_what_a_server_says_to_a_newcomer_is_told(said: str, kind: type[StoreError], told: str) -> None:
    """A login that is refused will not work next time; a server that is starting or full may."""
    text = f'connection failed: connection to server at "10.0.0.1", port 5432 failed: {said}\nMultiple attempts failed.'
    url = make_url("postgresql+psycopg://user:secret@10.0.0.1/ledger")
    error = PostgresqlDialect().store_error(psycopg.OperationalError(text), where="there", connecting_to=url)
    assert (kind, True) == (type(error), told in str(error))


def test_errors_keep_their_cause(tmp_path: Path) -> None:
    """The driver's own error is the cause, for whoever reads the log."""
    text = tmp_path / "notes.txt"
    text.write_text("not a database\n" * 100)
    with pytest.raises(StoreError) as refused:
        open_database(str(text))
    assert type(refused.value.__cause__).__module__ == "sqlite3"
