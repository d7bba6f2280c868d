"""Backing up and restoring by command, over both kinds of database, with what people subscribed to."""

import resource
import signal
import subprocess
from pathlib import Path

import pytest

from store.migrate import REVISION
from tests.contract.cli.command import COMMAND, environment, trialog, write_json
from tests.contract.cli.desk import ME, Desk
from tests.contract.store.test_upgrading import OLDER, make_older
from tests.records import record
from tests.unit.simulator.worlds import ONE, TWO
from tracker.cli.progress import position_shown
from tracker.services import Surroundings, open_services
from tracker.settings import read_settings

ALERT = ("--when", "unknown", "--when", "lapsing:60d")


@pytest.fixture(params=("sqlite", "postgresql"))
def other_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind in turn in which nothing was made, besides that of the desk."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'restored.db'}"
    url: str = request.getfixturevalue("second_postgresql_url")
    return url


def test_what_was_sent_since_a_backup_is_sent_again_under_its_ids(desk: Desk, other_url: str, tmp_path: Path) -> None:
    """Nothing that waited is lost, to whichever kind of database it is restored, and the ledger goes on from there."""
    file = tmp_path / "b.db"
    desk.done("track", ONE, TWO)
    desk.done("subscribe", "stale", "--to", ME, "--to", desk.endpoint.url, *ALERT)
    desk.options["webhook.allow_networks"] = ""  # the webhook waits, the mail goes
    assert 1 == desk.delivered(status=1)["sent"]
    (told,) = desk.objects("backup", str(file))
    del desk.options["webhook.allow_networks"]
    desk.later(hours=1)
    assert 1 == desk.delivered()["sent"]
    (hook,) = desk.endpoint.received

    desk.database = other_url
    (restored,) = desk.objects("restore", str(file))
    assert ["database", "position", "hash", "events", "revisions", "snapshots"] == list(restored)
    assert [told[name] for name in ("position", "hash")] == [restored[name] for name in ("position", "hash")]
    assert 1 == desk.delivered()["sent"]
    assert hook.headers["webhook-id"] == desk.endpoint.received[-1].headers["webhook-id"]
    assert 1 == len(desk.mailbox.mails)
    desk.released(days=48)
    desk.done("poll")
    assert 2 == desk.delivered()["sent"]
    assert 0 == desk.told("verify").status


def test_a_backup_that_is_not_whole_is_refused_before_anything_is_made(desk: Desk, tmp_path: Path) -> None:
    """Noise, a file cut short, none at all, one that is altered: told, and the database stays empty."""
    desk.done("track", ONE)
    desk.done("backup", str(tmp_path / "good.db"))
    whole = (tmp_path / "good.db").read_bytes()
    (tmp_path / "noise.db").write_bytes(b"not a database\n" * 1000)
    (tmp_path / "half.db").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "changed.db").write_bytes(whole.replace(ONE.encode(), ONE[:-1].encode() + b"9"))
    desk.database = f"sqlite:///{tmp_path / 'new.db'}"
    for name in ("noise", "half", "changed", "none"):
        answer = desk.told("restore", str(tmp_path / f"{name}.db"))
        assert (1, True) == (answer.status, f"{name}.db" in answer.err)
    assert not (tmp_path / "new.db").exists()
    assert [] == [each.name for each in tmp_path.iterdir() if each.name.startswith((".", "new"))]


def test_a_ledger_that_holds_anything_is_not_restored_over(desk: Desk, tmp_path: Path) -> None:
    """It is told what is there; a ledger in which nothing was recorded yet is taken."""
    desk.done("track", ONE)
    desk.done("backup", str(tmp_path / "b.db"))
    answer = desk.told("restore", str(tmp_path / "b.db"))
    assert (1, True) == (answer.status, "not empty, its table events has" in answer.err)
    assert 0 == desk.told("verify").status


def test_a_ledger_of_an_older_trialog_is_migrated_when_asked(new_desk: Desk, tmp_path: Path) -> None:
    """It says from which schema, and where a file was copied to; a backup of an older one is to be migrated too."""
    new_desk.done("track", ONE)
    make_older(new_desk.database)
    refused = new_desk.told("backup", str(tmp_path / "b.db"))
    assert (1, True) == (refused.status, "bring it up to date: trialog migrate" in refused.err)
    (told,) = new_desk.objects("migrate")
    copy = str(tmp_path / f"ledger.before-{REVISION}.db") if new_desk.database.startswith("sqlite") else None
    assert {"found": OLDER, "schema_version": REVISION, "copy": copy} == told
    assert f"up to date, its schema is {REVISION}" in new_desk.done("migrate")
    new_desk.done("backup", str(tmp_path / "b.db"))
    make_older(f"sqlite:///{tmp_path / 'b.db'}")
    new_desk.database = f"sqlite:///{tmp_path / 'new.db'}"
    refused = new_desk.told("restore", str(tmp_path / "b.db"))
    assert (1, True) == (refused.status, f"trialog migrate --database {tmp_path / 'b.db'}" in refused.err)


def test_a_file_that_is_brought_up_to_date_on_the_way_is_told(sqlite_url: str, tmp_path: Path) -> None:
    """An import does it, and says on standard error where the ledger lies as it was before."""
    write_json(tmp_path / "a.json", record("NCT00000001"))
    make_older(sqlite_url)
    answer = trialog("import", tmp_path / "a.json", "--database", sqlite_url)
    assert (0, 1) == (answer.status, answer.err.count(f"from schema {OLDER} to {REVISION} and was copied before, to "))
    assert Path(answer.err.partition("before, to ")[2].split()[0]).exists()


def _little_room() -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))


def test_a_disk_without_room_is_told_and_left_as_it_was(tmp_path: Path) -> None:
    """One line, exit status 1, and no part of a file."""
    folder, ledger = tmp_path / "backups", tmp_path / "ledger.db"
    folder.mkdir()
    write_json(tmp_path / "a.json", record("NCT00000001"))
    assert 0 == trialog("import", tmp_path / "a.json", TRIALOG_DATABASE=str(ledger)).status
    done = subprocess.run(
        [*COMMAND, "backup", str(folder / "b.db"), "--database", str(ledger)],
        capture_output=True,
        env=environment(),
        preexec_fn=_little_room,
        check=False,
        text=True,
        timeout=60,
    )
    assert (1, 1) == (done.returncode, len(done.stderr.splitlines()))
    assert "b.db" in done.stderr
    assert [] == list(folder.iterdir())


def test_scheduled_backups_go_into_their_folder_and_the_newest_stay(desk: Desk, tmp_path: Path) -> None:
    """As many as the settings say, each named by its instant."""
    desk.done("track", ONE)
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "mine.db").touch()
    options = {"database": desk.database, "backup.folder": str(folder), "backup.keep": "2"}
    settings = read_settings(options=options, environment={})
    made = []
    with open_services(settings, surroundings=Surroundings(clock=desk)) as services:
        for _ in range(3):
            desk.later(days=1)
            made.append(Path(services.scheduled_backup(stage=position_shown).file).name)
    assert [f"trialog-{desk.now():%Y%m%dT%H%M%SZ}.db"] == made[2:]
    assert ["mine.db", *made[1:]] == sorted(each.name for each in folder.iterdir())
