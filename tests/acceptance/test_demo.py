"""The demonstration tells its story truthfully and leaves nothing behind."""

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.contract.cli.command import COMMAND, TOP, Answer, ask, environment, trialog

SILENTLY = "by the registry itself, without a new post date"
DATABASE = "demo.db"


@pytest.fixture(scope="module")
def told() -> Answer:
    """The demonstration, run once as a person would."""
    return trialog("demo")


def test_the_demonstration_foretells_the_lapse_and_ends_with_a_verified_ledger(told: Answer) -> None:
    """It exits with 0 after it foretold UNKNOWN, saw the silent flip by a poll, and verified its ledger."""
    assert (0, "") == (told.status, told.err)
    places = [
        told.text.index(text)
        for text in (
            "$ trialog stale --within 60\n",
            "NCT90000001  lapsing  2026-04-01, in 42 days",
            f"revision 2  2026-04-22 (today), {SILENTLY}\n  Last known status: added RECRUITING\n"
            "  Recruitment status: RECRUITING -> UNKNOWN  (major)",
            "$ trialog verify\nThe ledger is whole.",
        )
    ]
    assert sorted(places) == places


def test_it_shows_what_is_hard_to_see(told: Answer) -> None:
    """A silent rename, a record merged into another, and a trial that enters the tracked query are in its trail."""
    rename = f"{SILENTLY}\n  Lead sponsor: Aldgate Renal Group -> Aldgate Kidney Care  (major)"
    assert rename in told.text
    assert "Record merged: visible -> merged  (into NCT90000004, major)" in told.text
    before, after = "Tracking the query arthritis: 1 trial today.", "query arthritis  2026-01-15  2 members:"
    assert told.text.index(before) < told.text.index(after) < told.text.index("NCT90000006  Walking Groups")


def test_every_poll_is_complete_and_on_record(told: Answer) -> None:
    """Nothing is held, refused or incomplete, and the newest runs are shown."""
    assert [] == re.findall(r"not complete|held\b(?!.*Run)|refused", told.text)
    assert 5 == len(re.findall(r"demo-\d+: complete after", told.text))


def test_it_is_told_alike_every_time(told: Answer, tmp_path: Path) -> None:
    """Clock and ids are the story's: another run says the same to the letter, whatever registry a person has chosen."""
    again = trialog(
        "demo",
        TRIALOG_DATABASE=str(tmp_path / "mine.db"),
        TRIALOG_CTGOV__BASE_URL="https://registry.invalid",
        TRIALOG_CTGOV__REQUEST_INTERVAL_S="30",
        TRIALOG_CLOCK__URL="http://127.0.0.1:9/",
        TMPDIR=str(tmp_path),
    )
    assert told.text.splitlines() == again.text.splitlines()
    assert [] == list(tmp_path.iterdir())


def test_the_readme_shows_what_it_prints(told: Answer) -> None:
    """Each line of the README's excerpt is a line of the demonstration, in its order; ``...`` stands for a rest."""
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    excerpt = readme.partition("prints, among the rest:\n")[2].partition("\n![")[0]
    wanted = [line.removeprefix("    ") for line in excerpt.splitlines() if line.strip()]
    assert len(wanted) > 10
    lines = iter(told.text.splitlines())
    missing = [
        want
        for want in wanted
        if not any(line.startswith(want[:-3]) if want.endswith("...") else line == want for line in lines)
    ]
    assert [] == missing


def test_the_demonstration_can_be_kept(told: Answer, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """With --keep the ledger stays in the folder that was named, can be asked, and is not written over."""
    folder = tmp_path / "kept"
    kept = trialog("demo", "--keep", folder)
    database = folder / DATABASE
    rest = f"\nKept in {folder}: go on with  trialog --database {database} history NCT90000001\n"
    assert (0, told.text + rest) == (kept.status, kept.text)
    assert {DATABASE} == {path.name for path in folder.iterdir()} - {f"{DATABASE}-wal", f"{DATABASE}-shm"}
    assert 0 == ask(capfdbinary, "verify", "--database", database).status
    again = ask(capfdbinary, "demo", "--keep", folder)
    assert (2, f"trialog: {database} is there already; name another folder, or remove it\n") == (
        again.status,
        again.err,
    )


def test_interrupted_it_ends_in_one_line_and_leaves_nothing(tmp_path: Path) -> None:
    """Ctrl-C in the middle of the story ends it with 130, and its folder is gone."""
    started = subprocess.Popen(
        [*COMMAND, "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(TMPDIR=str(tmp_path), PYTHONUNBUFFERED="1"),
        text=True,
    )
    assert started.stdout is not None
    while not started.stdout.readline().startswith("sweep:"):
        assert started.poll() is None, "the demonstration ended too soon"
    started.send_signal(signal.SIGINT)
    out, err = started.communicate(timeout=30)
    assert (130, "trialog: interrupted\n") == (started.returncode, err)
    assert "verify" not in out
    assert [] == list(tmp_path.iterdir())
