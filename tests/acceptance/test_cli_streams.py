"""Where the command's words go: pipes, narrow terminals, odd characters, full disks, options in any place."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.cli.command import COMMAND, ask, environment, trialog, write_json, write_lines
from tests.records import record, trial_ids
from tracker.cli.main import run

TRIAL = "NCT00000001"
END = "--- the next question ---"
TITLE = "A made trial with a title so long that no terminal of forty columns has room for it on one single line"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A ledger of some hundred trials, the first with a long title and a hostile one."""
    folder = tmp_path_factory.mktemp("ledger")
    ids = trial_ids()
    first = record(next(ids), identificationModule={"briefTitle": TITLE})
    second = record(next(ids), identificationModule={"briefTitle": "red \x1b[31m and \u202e reversed \x9b2J"})
    write_lines(
        folder / "records.jsonl",
        [first, second, *(record(trial_id) for trial_id, _ in zip(ids, range(300), strict=False))],
    )
    write_json(
        folder / "later.json",
        record(TRIAL, posted_on="2026-02-10", identificationModule={"briefTitle": TITLE + " now"}),
    )
    path = str(folder / "ledger.db")
    for name in ("records.jsonl", "later.json"):
        assert 0 == run(["import", str(folder / name), "--database", path])
    return path


ASK_IN_TURN = f"""
import sys
from tracker.cli.main import run
for question in sys.argv[2:]:
    assert 0 == run(["--database", sys.argv[1], *question.split()])
    print("{END}", flush=True)
"""


def on_terminal(*questions: str, database: str, columns: int) -> list[str]:
    """What a terminal of so many columns shows of each question, asked in turn by one process."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", ASK_IN_TURN, database, *questions],
        stdout=theirs,
        stderr=subprocess.DEVNULL,
        env=environment(COLUMNS=str(columns), TERM="xterm-256color"),
    ) as started:
        os.close(theirs)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how a terminal says that the other side is gone
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
    assert 0 == started.returncode
    return shown.decode("utf-8").split(END)[:-1]


def test_a_pipe_gets_plain_text_uncut(database: str) -> None:
    """Into a pipe goes text without escape codes and of any width."""
    answer = trialog("history", TRIAL, "--database", database)
    assert (0, "", False) == (answer.status, answer.err, "\x1b" in answer.text)
    assert f"{TRIAL}  {TITLE} now\n" in answer.text
    assert "{+now+}" in answer.text


def test_a_narrow_terminal_is_enough(database: str) -> None:
    """No line is wider than a terminal of 40 columns, and colours are there, whatever is asked."""
    questions = (f"history {TRIAL}", f"show {TRIAL}", f"revisions {TRIAL}", "info", "changes --limit 3")
    answers = on_terminal(*questions, database=database, columns=40)
    assert len(questions) == len(answers)
    for shown in answers:
        check_narrow(shown)


def check_narrow(shown: str) -> None:
    """Nothing but a single long word is wider than 40 columns, and there are colours."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", shown).splitlines()
    assert [] == [line for line in lines if len(line) > 40 and " " in line.strip()]
    assert "\x1b[" in shown


def test_nothing_in_a_record_steers_the_terminal(database: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Control and bidirectional characters of a record are shown as escapes."""
    shown = ask(capfdbinary, "show", "NCT00000002", "--database", database).text
    assert r"red \x1b[31m and \u202e reversed \x9b2J" in shown
    assert not set("\x1b\u202e\x9b") & set(shown)


@pytest.mark.parametrize("question", ("changes", "changes --json", "stale --on 2030-01-01 --json"))
def test_a_reader_that_goes_away_is_met_in_silence(database: str, question: str) -> None:
    """``| head`` ends the command without a word."""
    with subprocess.Popen(
        [*COMMAND, *question.split(), "--database", database],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as started:
        assert started.stdout is not None
        assert started.stderr is not None
        started.stdout.readline()
        started.stdout.close()
        err = started.stderr.read()
    assert (b"", 0) == (err, started.returncode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
def test_output_that_cannot_be_written_is_told_in_one_line(database: str) -> None:
    """A full disk behind standard output is one line on standard error and exit status 1."""
    with open("/dev/full", "wb") as full:  # noqa: PTH123 - a device, opened for a process
        done = subprocess.run(
            [*COMMAND, "info", "--database", database],
            stdout=full,
            stderr=subprocess.PIPE,
            env=environment(),
            check=False,
        )
    assert (1, b"trialog: the system refused: No space left on device\n") == (done.returncode, done.stderr)


def test_global_options_stand_before_and_behind_the_command(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """--database and --config work on either side, an option wins over the environment, that over the file."""
    settings = tmp_path / "settings.toml"
    settings.write_text(f'database = "{database}"\n', encoding="utf-8")
    empty = str(tmp_path / "empty.db")
    (tmp_path / "nothing").mkdir()
    ask(capfdbinary, "import", str(tmp_path / "nothing"), "--database", empty)

    def trials(*arguments: str) -> int:
        (info,) = ask(capfdbinary, *arguments).objects
        return int(info["trials"])

    monkeypatch.delenv("TRIALOG_DATABASE", raising=False)
    assert 302 == trials("--config", str(settings), "info", "--json")
    assert 302 == trials("info", "--config", str(settings), "--json")
    monkeypatch.setenv("TRIALOG_DATABASE", empty)
    assert 0 == trials("info", "--config", str(settings), "--json")
    assert 302 == trials("--database", database, "info", "--json")
    assert 302 == trials("info", "--json", "--database", database)


def test_a_large_value_is_told_by_its_size_and_where_it_is(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """What is over 10 kB stands as its size with the command that shows it, a large text as its changed words."""
    words = " ".join(f"word{n}" for n in range(3000))
    old, new = record(TRIAL), record(TRIAL, posted_on="2026-02-10")
    old["protocolSection"]["descriptionModule"] = {"detailedDescription": words}
    new["protocolSection"]["descriptionModule"] = {"detailedDescription": words + " added"}
    new |= {"hasResults": True, "resultsSection": {"moreInfoModule": {"certainAgreement": {"otherDetails": words}}}}
    ledger = str(tmp_path / "ledger.db")
    for record_of in (old, new):
        ask(capfdbinary, "import", write_json(tmp_path / "a.json", record_of), "--database", ledger)
    shown = trialog("history", TRIAL, "--database", ledger).text
    assert re.search(rf"\(results, 26 kB: trialog show {TRIAL} --revision 2 --json\)", shown)
    assert "… word2994 word2995 word2996 word2997 word2998 word2999 {+added+}" in shown


def test_log_lines_are_json_for_machines(database: str) -> None:
    """Off a terminal each log line is one JSON object on standard error, and standard output has the answer alone."""
    answer = trialog("info", "--json", "--database", database, TRIALOG_LOG__LEVEL="debug")
    assert [["trials"]] == [list(line)[:1] for line in answer.objects]
    lines = [json.loads(line) for line in answer.err.splitlines()]
    assert lines
    assert [] == [line for line in lines if not {"event", "level", "timestamp"} <= line.keys()]


def test_any_encoding_of_the_output_will_do(database: str) -> None:
    """What the encoding of standard output does not have is written as an escape."""
    answer = trialog("show", TRIAL, "--database", database, PYTHONIOENCODING="ascii")
    assert (0, "") == (answer.status, answer.err)
    assert answer.out.isascii()


def test_standard_input_is_a_file_like_others(database: str, tmp_path: Path) -> None:
    """``-`` reads a record from standard input, for import and for one side of compare."""
    raw = write_json(tmp_path / "a.json", record(TRIAL, status="COMPLETED")).read_bytes()
    imported = trialog("import", "-", "--json", "--database", str(tmp_path / "own.db"), stdin=raw)
    assert (0, 1) == (imported.status, imported.objects[0]["new_trials"])
    other = write_json(tmp_path / "b.json", record(TRIAL))
    compared = trialog("compare", "-", other, "--json", stdin=raw)
    assert (0, ["recruitment_status_changed"]) == (compared.status, [change["type"] for change in compared.objects])
