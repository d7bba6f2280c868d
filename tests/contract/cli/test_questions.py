"""The commands on both databases: what programs read, key by key, and with which exit status."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from store.runs import Run
from store.unit_of_work import Database
from tests.contract.cli.command import Answer, ask, trialog, write_json
from tests.records import enrollment, record

TRIAL = "NCT00000001"
CHANGE_KEYS = [
    *("position", "trial_id", "revision", "stream_version", "type", "field", "label", "path", "old", "new"),
    *("category", "significance", "origin", "posted_on", "data_on", "observed_at", "recorded_at", "detail"),
    *("predecessor", "superseded_at"),
]
REVISION_KEYS = [
    *("trial_id", "revision", "predecessor", "origin", "source", "registry_version", "posted_on", "data_on"),
    *("holds_from", "observed_at", "recorded_at", "changes", "published_status", "title", "is_whole", "snapshot"),
]
STALE_KEYS = [
    *("trial_id", "title", "lead_sponsor", "state", "unknown_since", "days_unknown", "lapses_on", "days_left"),
    *("last_known_status", "published_status", "verified_on", "completion_on", "disagrees"),
]
FOUND_KEYS = [
    *("trial_id", "title", "lead_sponsor", "published_status", "last_known_status", "phases", "conditions"),
    *("posted_on", "revision", "changed_on"),
]
IMPORT_KEYS = [
    *("run_id", "records", "new_trials", "new_revisions", "unchanged", "rejected", "skipped", "events", "seconds")
]
INFO_KEYS = [
    *("trials", "revisions", "events", "rejects", "size_bytes", "newest_data_on", "by_status", "away"),
    "disabled_addresses",
]
REJECT_KEYS = ["id", "file", "member", "line", "reason", "bytes", "sha256", "kept_bytes", "rejected_at"]

FIRST = record(
    TRIAL,
    data_on="2026-01-12",
    designModule=enrollment(50),
    statusModule={"statusVerifiedDate": "2024-01", "completionDateStruct": {"date": "2025-06", "type": "ESTIMATED"}},
)
SECOND = record(
    TRIAL,
    posted_on="2026-02-10",
    data_on="2026-02-12",
    designModule=enrollment(100),
    statusModule={"statusVerifiedDate": "2024-01", "completionDateStruct": {"date": "2025-06", "type": "ESTIMATED"}},
)


class Ledger:
    """A ledger of the two versions and one refused file, and questions put to it."""

    def __init__(self, url: str, folder: Path, output: pytest.CaptureFixture[bytes]) -> None:
        self.url = url
        self.folder = folder
        self._output = output
        write_json(folder / "a.json", FIRST)
        write_json(folder / "b.json", SECOND)
        (folder / "c.json").write_bytes(b'{"protocolSection"')

    def ask(self, *arguments: str | Path) -> Answer:
        """Run a command on this ledger, inside this process."""
        return ask(self._output, *arguments)


@pytest.fixture
def ledger(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Ledger:
    """The ledger before anything is imported."""
    folder = tmp_path / "records"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("TRIALOG_DATABASE", database_url)
    return Ledger(database_url, folder, capfdbinary)


def test_every_question_answers_with_the_keys_that_are_promised(ledger: Ledger) -> None:
    """Each line of --json is one object with the promised keys in their order, on both databases."""
    imported = trialog(
        *("import", ".", "--observed-at", "2026-02-13", "--json"), cwd=ledger.folder, TRIALOG_DATABASE=ledger.url
    )
    assert (1, [IMPORT_KEYS]) == (imported.status, keys(imported))
    assert [{"records": 3, "new_trials": 1, "new_revisions": 2, "rejected": 1}] == [
        {key: line[key] for key in ("records", "new_trials", "new_revisions", "rejected")} for line in imported.objects
    ]
    expected = {
        ("history", TRIAL): [CHANGE_KEYS] * 3,
        ("changes", "--since", "2026-02-13", "--until", "2026-02-13"): [CHANGE_KEYS] * 3,
        ("diff", TRIAL): [CHANGE_KEYS] * 2,
        ("compare", "a.json", "b.json"): [CHANGE_KEYS] * 2,
        ("revisions", TRIAL): [REVISION_KEYS] * 2,
        ("stale", "--on", "2026-02-15"): [STALE_KEYS],
        ("trials",): [FOUND_KEYS],
        ("rejects",): [REJECT_KEYS],
        ("info",): [INFO_KEYS],
        ("verify",): [["ok", "position", "reason", "events", "revisions", "snapshots"]],
        ("rebuild",): [["events", "seconds"]],
    }
    answers = {question: ledger.ask(*question, "--json") for question in expected}
    assert dict.fromkeys(expected, 0) == {q: answer.status for q, answer in answers.items()}
    assert expected == {question: keys(answer) for question, answer in answers.items()}
    assert dict.fromkeys(expected, "") == {q: answer.err for q, answer in answers.items()}


def test_show_gives_the_record_as_published(ledger: Ledger) -> None:
    """``show --json`` is the record on one line, of the day, the instant or the number that was asked for."""
    ledger.ask("import", "a.json", "b.json")
    assert [SECOND] == ledger.ask("show", TRIAL, "--json").objects
    assert [FIRST] == ledger.ask("show", TRIAL, "--json", "--as-of", "2026-02-09").objects
    assert [FIRST] == ledger.ask("show", TRIAL, "--json", "--revision", "1").objects
    unknown = ledger.ask("show", TRIAL, "--json", "--known-at", "2026-01-01T00:00:00Z")
    assert (1, b"") == (unknown.status, unknown.out)
    assert "--as-of" in unknown.err


def test_a_content_that_came_back_is_shown_with_its_own_data_date(ledger: Ledger) -> None:
    """Of A, B and A again the third says in which release it was seen, though its body is kept once."""
    back = record(TRIAL, posted_on="2026-01-10", data_on="2026-03-03", designModule=enrollment(50))
    back["protocolSection"]["statusModule"] = FIRST["protocolSection"]["statusModule"]
    (ledger.folder / "d.json").write_text(json.dumps(back), encoding="utf-8")
    ledger.ask("import", "a.json", "b.json", "d.json")
    revisions = ledger.ask("revisions", TRIAL, "--json").objects
    assert ["2026-01-12", "2026-02-12", "2026-03-03"] == [one["data_on"] for one in revisions]
    assert revisions[0]["snapshot"] == revisions[2]["snapshot"]
    assert [back] == ledger.ask("show", TRIAL, "--json").objects
    assert [FIRST] == ledger.ask("show", TRIAL, "--revision", "1", "--json").objects


def test_rejects_give_the_bytes_back(ledger: Ledger) -> None:
    """What was refused comes back byte by byte after its file is gone."""
    ledger.ask("import", ".")
    (ledger.folder / "c.json").unlink()
    (listed,) = ledger.ask("rejects", "--json").objects
    raw = ledger.ask("rejects", "--raw", str(listed["id"]))
    assert (0, b'{"protocolSection"', 18) == (raw.status, raw.out, listed["bytes"])


def test_a_ledger_that_was_altered_is_found_out(ledger: Ledger) -> None:
    """An edit behind trialog's back is named by its position, and the exit status is 1."""
    from sqlalchemy import create_engine, text

    ledger.ask("import", "a.json", "b.json")
    url = ledger.url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER events_refuse_update"))
        else:
            connection.execute(text("ALTER TABLE events DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE events SET recorded_at = '2020-01-01T00:00:00.000000Z' WHERE position = 2"))
    engine.dispose()
    answer = ledger.ask("verify", "--json")
    assert (1, False, 2) == (answer.status, answer.objects[0]["ok"], answer.objects[0]["position"])


def test_a_program_reads_on_from_a_position(ledger: Ledger) -> None:
    """``--after`` a position gives what follows it, and a limit the first of that, from the beginning too."""
    ledger.ask("import", "a.json", "b.json")
    everything = ledger.ask("changes", "--json").objects
    first = ledger.ask("changes", "--after", "0", "--limit", "2", "--json").objects
    rest = ledger.ask("changes", "--after", str(first[-1]["position"]), "--json").objects
    assert everything == first + rest
    assert everything[-1:] == ledger.ask("changes", "--limit", "1", "--json").objects


def keys(answer: Answer) -> list[list[str]]:
    """The keys of each line in their order."""
    return [list(json.loads(line)) for line in answer.out.splitlines()]


def test_before_the_first_sight_nothing_was_known(ledger: Ledger) -> None:
    """History refuses as show does, with status 1 and when it was first stored, for people and programs."""
    assert 1 == ledger.ask("import", ".").status
    said = ledger.ask("show", TRIAL, "--known-at", "2020-01-01").err
    assert f"nothing was known of {TRIAL} then: its first record was stored at 20" in said
    for more in ((), ("--json",)):
        answer = ledger.ask("history", TRIAL, "--known-at", "2020-01-01", *more)
        assert (1, b"", said) == (answer.status, answer.out, answer.err)


def test_the_newest_data_date_is_that_of_the_newest_complete_poll(ledger: Ledger) -> None:
    """Also where no record changed; a run that is not complete, or bears no date, says nothing."""
    assert 1 == ledger.ask("import", ".").status

    def newest() -> Any:
        return ledger.ask("info", "--json").objects[0]["newest_data_on"]

    assert "2026-02-12" == newest()
    database = Database.open(ledger.url, clock=lambda: datetime.now(UTC))
    for name, day, is_complete in (("a", 20, True), ("b", 25, False), ("c", 1, True), ("d", None, True)):
        run = Run(
            run_id=name,
            leg="delta",
            scope="all",
            started_at=datetime(2026, 2, 26, tzinfo=UTC),
            data_on=None if day is None else date(2026, 2, day),
            complete=is_complete,
        )
        with database.writing() as transaction:
            transaction.runs.begin(run)
    database.close()
    assert "2026-02-20" == newest()
