"""Backups of either kind of ledger: verified files, and nothing where anything went wrong."""

import os
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab, silent, ticking_clock
from tests.records import enrollment
from tracker.domain.errors import InvalidInput, Permanent
from tracker.pipeline.backing_up import Backup, Stage, back_up, keep_newest, scheduled_name
from tracker.pipeline.replaying import Show
from tracker.pipeline.verifying import verify

NOW = datetime(2026, 6, 2, tzinfo=UTC)


@contextmanager
def unseen(_what: str) -> Iterator[Show]:
    """Shows no stage."""
    yield silent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the backups of a test go, and nothing else does."""
    made = tmp_path / "backups"
    made.mkdir()
    return made


def backed_up(lab: Lab, file: Path, *, replaces: bool = False, stage: Stage = unseen) -> Backup:
    """Back up."""
    return back_up(lab.database, file, now=NOW, stage=stage, replaces=replaces)


def test_a_backup_is_a_whole_ledger_in_one_file(good: Lab, folder: Path) -> None:
    """It answers and verifies as the ledger does, has its head, and lies alone in its folder, for its owner."""
    made = backed_up(good, folder / "b.db")
    with closing(Database.open_present(folder / "b.db", clock=ticking_clock())) as copy:
        lab = Lab(copy, ticking_clock())
        assert good.rows() == lab.rows()
        assert good.timeline() == lab.timeline()
        assert verify(copy, show=silent).ok
    with good.database.reading() as transaction:
        head = transaction.events.head()
    assert (head.position, head.hash, head.count) == (made.position, made.hash, made.events)
    assert ["b.db"] == [each.name for each in folder.iterdir()]
    assert 0o600 == stat.S_IMODE((folder / "b.db").stat().st_mode)
    assert (folder / "b.db").stat().st_size == made.size_bytes


def test_a_backup_is_read_where_nothing_can_be_written(good: Lab, folder: Path) -> None:
    """The file says itself that it needs no log beside it."""
    backed_up(good, folder / "b.db")
    assert b"\x01\x01" == (folder / "b.db").read_bytes()[18:20]  # "SQLite file format", read and write version


def test_a_file_that_is_there_stays_unless_it_is_to_be_replaced(good: Lab, folder: Path) -> None:
    """The old backup is whole until the new one takes its place at once."""
    backed_up(good, folder / "b.db")
    before = (folder / "b.db").read_bytes()
    good.see(good.record(data_on="2026-03-01", designModule=enrollment(90)))
    with pytest.raises(InvalidInput, match="there already; name another file, or replace it with --force"):
        backed_up(good, folder / "b.db")
    assert before == (folder / "b.db").read_bytes()
    assert good.events_count() == backed_up(good, folder / "b.db", replaces=True).events
    assert ["b.db"] == [each.name for each in folder.iterdir()]


def test_what_cannot_be_a_backup_is_refused(good: Lab, folder: Path) -> None:
    """A folder, a place in none, the ledger itself, a ledger in use: each is told, replacing or not."""
    (folder / "used.db-wal").write_bytes(b"")
    places = [(folder, "is a folder"), (folder / "no" / "b.db", "no folder"), (folder / "used.db", "in use")]
    if good.database.dialect_name == "sqlite":
        places.append((Path(good.database.url.removeprefix("sqlite:///")), "the ledger itself"))
    for place, words in places:
        with pytest.raises(InvalidInput, match=words):
            backed_up(good, place, replaces=True)


@pytest.mark.parametrize("at", ("Copying", "Verifying"))
def test_an_interrupted_backup_leaves_nothing(good: Lab, folder: Path, at: str) -> None:
    """Ctrl-C in the copy or in its verification: the folder is as it was."""

    @contextmanager
    def stage(what: str) -> Iterator[Show]:
        def show(_done: int, _total: int) -> None:
            if what == at:
                raise KeyboardInterrupt

        yield show

    with pytest.raises(KeyboardInterrupt):
        backed_up(good, folder / "b.db", stage=stage)
    assert [] == list(folder.iterdir())


def test_a_damaged_ledger_gives_no_backup(good: Lab, folder: Path) -> None:
    """The copy is verified as it lies in the file: the reason is told, and the last good backup stays."""
    backed_up(good, folder / "b.db")
    before = (folder / "b.db").read_bytes()
    with good.database.writing() as transaction:
        transaction.connection.exec_driver_sql("UPDATE ledger_head SET count = 7")
    with pytest.raises(Permanent, match="not whole, so no backup was made: the ledger's head counts 7 events"):
        backed_up(good, folder / "b.db", replaces=True)
    assert before == (folder / "b.db").read_bytes()
    assert ["b.db"] == [each.name for each in folder.iterdir()]


def test_the_newest_scheduled_backups_are_kept(tmp_path: Path) -> None:
    """By the instant in their names, in UTC; whatever else lies there is left alone."""
    others = ["trialog-mine.db", "trialog-20260101T000000Z.db.txt", "notes"]
    names = [scheduled_name(NOW + timedelta(days=day)) for day in range(9)]
    assert "trialog-20260602T000000Z.db" == names[0]
    for name in [*names, *others]:
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (0, 0))
    now = NOW + timedelta(days=9)
    assert names[:2] == [each.name for each in keep_newest(tmp_path, 7, now=now)]
    assert sorted([*names[2:], *others]) == sorted(each.name for each in tmp_path.iterdir())
    assert [] == keep_newest(tmp_path, 7, now=now)


def test_backups_of_a_clock_that_was_ahead_go_first(tmp_path: Path) -> None:
    """Once it was set right, the backup that was just made stays, and the newest of those before it."""
    ahead = [scheduled_name(NOW + timedelta(days=365 + day)) for day in range(7)]
    names = [scheduled_name(NOW + timedelta(days=day)) for day in range(2)]
    for name in (*ahead, *names):
        (tmp_path / name).touch()
    assert ahead[:2] == [each.name for each in keep_newest(tmp_path, 7, now=NOW + timedelta(days=1))]
