"""What the command says to those who mistype, and with which exit status; run inside this process."""

import json
from pathlib import Path

import pytest

from tests.records import record
from tracker.cli.main import run

TRIAL = "NCT00000001"


@pytest.fixture(autouse=True)
def own_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A ledger in a folder of the test's own."""
    monkeypatch.setenv("TRIALOG_DATABASE", str(tmp_path / "ledger.db"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


WRONG = (
    ("history NCT1", "'NCT1' is not a trial id: expected NCT and eight digits"),
    ("history", "Missing argument 'ID'"),
    ("histroy NCT00000001", "did you mean history?"),
    ("history NCT00000001 --fild x", "--field"),
    ("history NCT00000001 --field enrolment", "there is no field 'enrolment'; did you mean enrollment"),
    ("history NCT00000001 --type result_posted", "did you mean results_posted"),
    ("history NCT00000001 --category outcome", "did you mean outcomes"),
    ("history NCT00000001 --since 2026-02-30", "'2026-02-30' is not a date"),
    ("history NCT00000001 --since 2026-02", "did you mean 2026-02-01?"),
    ("history NCT00000001 --since 2026-02-02 --until 2026-02-01", "is later than"),
    ("history NCT00000001 --known-at 2026-02-01T10:00:00", "has no time zone"),
    ("history NCT00000001 --known-at yesterday", "is not an instant"),
    ("history NCT00000001 --limit 0", "0 is not in the range"),
    ("show NCT00000001 --as-of 2026-01-01 --revision 1", "give one of them"),
    ("show NCT00000001 --revision one", "'one' is not a valid integer"),
    ("changes --type member_left", "it is no change of a trial; trialog tracked NAME --log tells it"),
    ("tracked air", "NAME, ID and --limit go with --log"),
    ("tracked --limit 3", "NAME, ID and --limit go with --log"),
    ("changes --origin sponser", "did you mean sponsor"),
    ("changes --significance large", "expected one of major, minor, administrative"),
    ("changes --since 2026-02-02 --until 2026-02-01", "--since is not before --until"),
    ("changes --after -1", "-1 is not in the range"),
    ("stale --within soon", "'soon' is not a valid integer"),
    ("stale --on 9999-12-31 --within 5", "the calendar ends"),
    ("simulate --trials 0", "0 is not in the range"),
    ("simulate --trials 5 --records .", "--records and --trials exclude each other"),
    ("simulate --faults 2", "2.0 is not in the range"),
    ("track", "expected one of: ids of trials, --query for one query, --all for the whole registry"),
    ("track NCT00000001 --all", "expected one of: ids of trials"),
    ("track NCT1", "'NCT1' is not a trial id"),
    ("track --query query.cond=asthma", "--query and --name go together"),
    ("track NCT00000001 --name asthma", "--query and --name go together"),
    ("track --all --history", "--history goes with ids of trials"),
    ("untrack --query a --all", "expected one of: ids of trials"),
    ("import", "Missing argument 'PATH...'"),
    ("import missing.json", "missing.json: there is no such file or folder; expected a file, a folder, or -"),
    ("import missing nowhere/x.json", "missing, nowhere/x.json: there is no such file or folder; expected"),
    ("import missing.json --json", "missing.json: there is no such file"),
    ("import x --observed-at 2026-02-01T10:00:00", "has no time zone"),
    ("import x --observed-at 2999-01-01", "lies in the future"),
    ("compare - -", "not both"),
    ("rejects --raw 1 --json", "--raw writes bytes"),
    ("info --config missing.toml", "the settings file missing.toml cannot be read"),
    ("info --database mysql://host/name", "the store runs on sqlite and postgresql"),
    ("info --database .", "is a folder"),
    ("info extra", "unexpected extra argument"),
)


@pytest.fixture
def empty_ledger(own_database: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A ledger in which nothing happened."""
    (own_database / "nothing").mkdir()
    assert 0 == run(["import", "nothing"])
    capfd.readouterr()


@pytest.mark.usefixtures("empty_ledger")
@pytest.mark.parametrize(("words", "sentence"), WRONG)
def test_wrong_usage_is_told_in_one_line(words: str, sentence: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Wrong usage ends with status 2, nothing on standard output, and one line that says what was expected."""
    status = run(words.split())
    out, err = capfd.readouterr()
    assert (2, "", 1) == (status, out, len(err.splitlines()))
    assert err.startswith("trialog: ")
    assert sentence in err


BAD = (
    ("history NCT00000002", "did you mean NCT00000001?"),
    ("show NCT00000001 --revision 7", "has no revision 7"),
    ("show NCT00000001 --as-of 1999-01-01", "the earliest known record holds from 2026-01-10"),
    ("diff NCT00000001 1 7", "has no revision 7"),
    ("rejects --raw 99", "there is no reject 99"),
    ("compare a.json missing.json", "there is no such file"),
    ("compare a.json broken.json", "broken.json"),
    ("info --database a.json", "is not a SQLite database"),
    ("info --database missing.db", "first: trialog import PATH... or trialog track ID..., or give --database"),
    ("info --database postgresql://u:secret@127.0.0.1:1/x", "the server 127.0.0.1, port 1, cannot be reached"),
)


@pytest.mark.parametrize(("words", "sentence"), BAD)
def test_a_bad_answer_is_told_in_one_line(
    words: str, sentence: str, own_database: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """What is not found or cannot be read ends with status 1 and one line that says what there is."""
    (own_database / "a.json").write_text(json.dumps(record(TRIAL)), encoding="utf-8")
    (own_database / "broken.json").write_text("{", encoding="utf-8")
    assert 0 == run(["import", "a.json"])
    capfd.readouterr()
    status = run(words.split())
    out, err = capfd.readouterr()
    assert (1, "", 1) == (status, out, len(err.splitlines()))
    assert sentence in err


@pytest.mark.usefixtures("empty_ledger")
@pytest.mark.parametrize("words", ("changes", "stale", "rejects", "info", "verify", "rebuild", "changes --json"))
def test_an_empty_ledger_answers(words: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing to tell is an answer: status 0, and nothing on standard error."""
    assert (0, "") == (run(words.split()), capfd.readouterr().err)


def test_unclaimed_fields_may_be_asked_for(own_database: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A field with a dot is one that no row of the catalogue claims, and may be asked for before it is seen."""
    (own_database / "a.json").write_text(json.dumps(record(TRIAL)), encoding="utf-8")
    assert [0, 0] == [run(["import", "a.json"]), run(["history", TRIAL, "--field", "someSection.someKey", "--json"])]


def test_a_missing_path_stops_no_other(own_database: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Each missing path is told in a line, is no record and no reject, and the others are imported; status 1."""
    (own_database / "a.json").write_text(json.dumps(record(TRIAL)), encoding="utf-8")
    (own_database / "link.json").symlink_to(own_database / "nowhere")
    assert 1 == run(["import", "missing.json", "a.json", "link.json", "a.json/b.json", "--json"])
    out, err = capfd.readouterr()
    told = json.loads(out)
    assert (1, 1, 0) == (told["records"], told["new_trials"], told["rejected"])
    lines = err.splitlines()
    assert ["missing.json", "link.json", "a.json/b.json"] == [line.split(": ")[1] for line in lines]
    assert "a broken link" in lines[1]
    assert [] == [line for line in lines if "expected a file, a folder, or - for standard input" not in line]
    assert (0, "") == (run(["rejects", "--json"]), capfd.readouterr().out)


def test_refused_records_are_shown_with_place_and_reason(own_database: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The summary for people names where the refused lie, why, and what to do; the status is 1."""
    (own_database / "broken.json").write_text('{"protocolSection"', encoding="utf-8")
    assert 1 == run(["import", "broken.json"])
    out = capfd.readouterr().out
    assert "refused broken.json: truncated" in out
    assert "trialog rejects" in out
