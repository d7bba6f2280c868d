"""Questions where there is no ledger, or none that may be written to: nothing is made, and the way on is told."""

import os
import shlex
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from tests.contract.cli.command import write_json
from tests.records import record
from tracker.cli.main import run

TRIAL = "NCT00000001"
QUESTIONS = (
    f"history {TRIAL}",
    f"revisions {TRIAL}",
    f"show {TRIAL}",
    f"diff {TRIAL}",
    f"backfill {TRIAL}",
    *("changes", "stale", "trials", "tracked", "rejects", "runs", "release run", "poll", "info", "verify", "rebuild"),
)

ABOUT_MESSAGES = ("subscriptions", "pause me", "resume me", "unsubscribe me", "try me", "deliver", "redeliver --dead")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of the test's own, and no ledger named elsewhere."""
    monkeypatch.delenv("TRIALOG_DATABASE", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("more", ((), ("--json",)), ids=("people", "json"))
@pytest.mark.parametrize("words", QUESTIONS)
def test_a_question_makes_no_ledger(
    words: str, more: tuple[str, ...], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Status 1 and one line that names the file and the way on; neither the file nor its folders are made."""
    ledger = folder / "not" / "here.db"
    status = run([*words.split(), *more, "--database", str(ledger)])
    out, err = capfd.readouterr()
    assert (1, 1) == (status, len(err.splitlines()))
    assert f"no ledger at {ledger}; import or track something first: trialog import PATH... or trialog track" in err
    assert [] == list(folder.iterdir())
    assert out == "" or (words, out.count("\n")) == ("verify", 1)


@pytest.mark.parametrize("words", (*ABOUT_MESSAGES, "edit me --digest daily", "rotate-secret me", "deliveries"))
def test_what_is_done_about_messages_makes_no_ledger(
    words: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Only subscribing does."""
    assert 1 == run([*words.split(), "--database", "not/here.db"])
    assert (1, True) == (len((err := capfd.readouterr().err).splitlines()), "no ledger at" in err)
    assert [] == list(folder.iterdir())


REFUSED_REQUESTS = (
    ("--to mailto:me@example.org --field misspelt", "no field 'misspelt'"),
    ("--to mailto:me@example.org --field enrolment", "did you mean enrollment"),
    ("--to mailto:me@example.org --query liver", "no ledger at"),
    ("--to mailto:me@example.org --to mailto:me@example.org", "given twice"),
    ("--to mailto:me@example.org --type result_posted", "did you mean results_posted"),
    ("--to mailto:me@example.org --sponsor ''", "cannot be looked for"),
    ("--to ftp://example.org", "address 1"),
    ("--digest daily", "expected an address"),
)


@pytest.mark.parametrize(("words", "said"), REFUSED_REQUESTS, ids=(words for words, _ in REFUSED_REQUESTS))
def test_a_request_that_is_refused_makes_no_ledger(
    words: str, said: str, new_database_url: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Whatever is wrong with it is told before anything is made, also in a database that is there and empty."""
    assert 0 != run(["subscribe", "me", *shlex.split(words), "--database", new_database_url])
    assert said in capfd.readouterr().err
    assert 1 == run(["subscriptions", "--database", new_database_url])
    assert "no ledger at" in capfd.readouterr().err
    assert [] == list(folder.iterdir())


@pytest.mark.parametrize("words", QUESTIONS)
def test_a_question_makes_no_ledger_in_a_database_that_is_there(
    words: str, new_database_url: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """An empty database, or one of another program, is left as it is."""
    if new_database_url.startswith("sqlite"):
        with closing(sqlite3.connect(new_database_url.removeprefix("sqlite:///"))) as other:
            other.execute("CREATE TABLE of_another_program (name TEXT)")
        before = (folder / "ledger.db").read_bytes()
    assert 1 == run([*words.split(), "--database", new_database_url])
    out, err = capfd.readouterr()
    assert ("", True) == (out, "no ledger at" in err and "import or track something first" in err)
    if new_database_url.startswith("sqlite"):
        assert before == (folder / "ledger.db").read_bytes()
    else:
        engine = create_engine(new_database_url.replace("postgresql://", "postgresql+psycopg://"))
        assert [] == inspect(engine).get_table_names()
        engine.dispose()


def test_an_empty_file_stays_empty(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A file of no bytes is a database to SQLite, and no ledger to trialog."""
    (folder / "empty.db").touch()
    assert 1 == run(["info", "--database", "empty.db"])
    assert "no ledger at" in capfd.readouterr().err
    assert [0] == [file.stat().st_size for file in folder.iterdir()]


def test_comparing_needs_no_ledger(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Two files are compared, and no ledger is made for it."""
    write_json(folder / "a.json", record(TRIAL))
    assert 0 == run(["compare", "a.json", "a.json", "--database", "not/here.db"])
    assert ["a.json"] == [file.name for file in folder.iterdir()]


@pytest.mark.parametrize("words", ("history NCT1", "changes --limit 0", "stale --on 9999-12-31 --within 5"))
def test_wrong_usage_is_told_before_the_ledger_is_looked_for(
    words: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Status 2, whether there is a ledger or not."""
    assert 2 == run([*words.split(), "--database", "not/here.db"])
    assert "no ledger" not in capfd.readouterr().err


def test_a_ledger_of_an_older_trialog_is_not_changed_by_a_question(
    database_url: str, folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """It says how to bring it up to date; nothing is done behind a person's back."""
    write_json(folder / "a.json", record(TRIAL))
    assert 0 == run(["import", "a.json", "--database", database_url])
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    engine.dispose()
    capfd.readouterr()
    assert [1, 1] == [run([*words, "--database", database_url]) for words in (["info"], ["history", TRIAL, "--json"])]
    out, err = capfd.readouterr()
    assert ("", 2) == (out, err.count("bring it up to date: trialog migrate"))


WEB = "access_tokens web_sessions sign_in_links feed_keys"
DAEMONS = f"{WEB} daemons jobs alarms verifications pruned_attempts"
OUTBOX = f"{DAEMONS} tellings attempts deliveries endpoints addresses"


@pytest.mark.parametrize("way", (["migrate"], ["rebuild"], ["import", "a.json"]), ids=("migrate", "rebuild", "import"))
@pytest.mark.parametrize(
    ("found", "newer"),
    (
        ("0001", f"{OUTBOX} leases held cursors runs digests sightings"),
        ("0002", f"{OUTBOX} leases held cursors runs"),
        ("0003", f"{OUTBOX} leases"),
        ("0004", OUTBOX),
    ),
)
def test_a_ledger_of_an_older_trialog_is_brought_up_to_date(
    database_url: str, folder: Path, found: str, newer: str, way: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    """From every schema there was: on request always, and a file by what needs it; what is held is kept and works."""
    write_json(folder / "a.json", record(TRIAL))
    assert 0 == run(["import", "a.json", "--database", database_url])
    engine = create_engine(database_url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        for table in newer.split():
            connection.exec_driver_sql(f"DROP TABLE {table}")
        if "leases" in newer and "runs" not in newer:
            connection.exec_driver_sql("ALTER TABLE runs DROP COLUMN term")
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{found}'")
    engine.dispose()
    assert 1 == run(["history", TRIAL, "--database", database_url])
    assert f"its schema is {found}" in capfd.readouterr().err
    if way != ["migrate"] and not database_url.startswith("sqlite"):
        assert 1 == run([*way, "--database", database_url])
        assert "bring it up to date: trialog migrate" in capfd.readouterr().err
        return
    statuses = [run([*words, "--database", database_url]) for words in (way, ["verify"], ["history", TRIAL], ["runs"])]
    assert [0] * 4 == statuses
    assert "First observed" in capfd.readouterr().out


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root is bound by no permissions")
@pytest.mark.parametrize("words", (f"history {TRIAL}", "info --json", "rebuild", "import a.json"))
def test_a_folder_that_cannot_be_written_is_told(words: str, folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """SQLite keeps its log beside the file, also to read: without the permission one line says so."""
    write_json(folder / "a.json", record(TRIAL))
    assert 0 == run(["import", "a.json", "--database", "ledger.db"])
    capfd.readouterr()
    for path, mode in ((folder / "ledger.db", 0o444), (folder, 0o555)):
        path.chmod(mode)
    status = run([*words.split(), "--database", "ledger.db"])
    folder.chmod(0o755)
    out, err = capfd.readouterr()
    assert (1, "", 1) == (status, out, len(err.splitlines()))
    assert "ledger.db: the file, or the folder" in err
