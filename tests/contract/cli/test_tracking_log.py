"""``trialog tracked --log`` on both databases: who entered and left a query, and when anything was tracked."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from store.unit_of_work import Database
from tests.contract.cli.command import Answer, ask, write_json
from tests.records import record
from tracker.domain.query import parse_query
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline import tracking
from tracker.pipeline.whereabouts import record_whereabouts

ONE, TWO, THREE = (f"NCT0000000{number}" for number in (1, 2, 3))
SEEN_AT = datetime(2026, 5, 4, 13, tzinfo=UTC)
KEYS = [
    *("position", "type", "name", "trial_id", "title", "data_on", "observed_at", "recorded_at"),
    *("alias", "query"),
]
OF_QUERY = [
    ("query_tracked", None, None),
    ("member_entered", ONE, "2026-05-01"),
    ("member_entered", TWO, "2026-05-01"),
    ("member_left", ONE, "2026-05-02"),
    ("member_reentered", ONE, "2026-05-03"),
    ("query_untracked", None, None),
]


class Ledger:
    """A ledger in which a query and trials were tracked, and questions put to it."""

    def __init__(self, output: pytest.CaptureFixture[bytes]) -> None:
        self._output = output

    def ask(self, *words: str) -> Answer:
        """Run a command on this ledger, inside this process."""
        return ask(self._output, *words)

    def log(self, *words: str) -> list[dict[str, Any]]:
        """The log as programs read it."""
        answer = self.ask("tracked", *words, "--log", "--json")
        assert (0, "") == (answer.status, answer.err)
        return answer.objects


def watch(database: Database) -> None:
    """One of two trials is held and merged into another; a query finds both, loses one and finds it again."""

    def listed(present: list[str], day: int) -> None:
        tracking.record_members(
            transaction, name="air", present=present, data_on=date(2026, 5, day), observed_at=SEEN_AT, run_id="made"
        )

    with database.writing() as transaction:
        query = parse_query("query.cond=asthma")
        tracking.track_query(transaction, name="air", query=query, run_id="made")
        tracking.track_query(transaction, name="other", query=query, run_id="made")
        for day, present in enumerate(([ONE, TWO], [TWO], [ONE, TWO]), 1):
            listed(present, day)
        tracking.track_trials(transaction, [(ONE, None)], run_id="made")
        record_whereabouts(
            transaction,
            trial_id=ONE,
            now=Whereabouts.MERGED,
            into=THREE,
            data_on=date(2026, 5, 4),
            observed_at=SEEN_AT,
            run_id="made",
            source="made",
        )
        tracking.untrack_query(transaction, name="air", run_id="made")
        tracking.track_registry(transaction, run_id="made")


@pytest.fixture
def ledger(
    database_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> Ledger:
    """What ``watch`` makes, on a day in June."""
    monkeypatch.setenv("TRIALOG_DATABASE", database_url)
    monkeypatch.delenv("COLUMNS", raising=False)
    made = Ledger(capfdbinary)
    assert 0 == made.ask("import", str(write_json(tmp_path / "one.json", record(ONE)))).status
    database = Database.open(database_url, clock=lambda: datetime(2026, 6, 1, 9, tzinfo=UTC))
    watch(database)
    database.close()
    return made


def test_the_log_of_a_query_says_who_came_and_went(ledger: Ledger) -> None:
    """Every event of it and of no other query, newest last, also once it is tracked no longer."""
    told = ledger.log("air")
    assert [KEYS] * 6 == [list(one) for one in told]
    assert OF_QUERY == [(one["type"], one["trial_id"], one["data_on"]) for one in told]
    assert sorted(one["position"] for one in told) == [one["position"] for one in told]
    assert {"air"} == {one["name"] for one in told}
    title = record(ONE)["protocolSection"]["identificationModule"]["briefTitle"]
    assert [None, title, None, title, title, None] == [one["title"] for one in told]
    assert ("2026-05-04T13:00:00.000000Z", "2026-06-01T09:00:00.000000Z", "query.cond=asthma") == (
        told[1]["observed_at"],
        told[1]["recorded_at"],
        told[0]["query"],
    )
    assert OF_QUERY[-2:] == [
        (one["type"], one["trial_id"], one["data_on"]) for one in ledger.log("air", "--limit", "2")
    ]


def test_the_log_of_a_trial_says_when_it_was_followed(ledger: Ledger) -> None:
    """Under either of the ids that a merger made one."""
    followed = ("survivor_tracked", THREE, ONE)
    for name, expected in ((ONE, [("trial_tracked", ONE, None), followed]), (THREE.lower(), [followed])):
        assert expected == [(one["type"], one["trial_id"], one["alias"]) for one in ledger.log(name)]


def test_the_log_of_everything_says_what_was_tracked(ledger: Ledger) -> None:
    """Queries, trials and the whole registry; members are told by the name of their query."""
    assert [
        ("query_tracked", "air"),
        ("query_tracked", "other"),
        ("trial_tracked", ONE),
        ("survivor_tracked", THREE),
        ("query_untracked", "air"),
        ("registry_tracked", None),
    ] == [(one["type"], one["name"]) for one in ledger.log()]


def test_the_log_is_a_page_by_day_for_people(ledger: Ledger) -> None:
    """Under the day of recording and the date of the data, a line for each event; what is left out is said."""
    lines = ledger.ask("tracked", "air", "--log").text.splitlines()
    assert ["2026-06-01", "query air  tracked: query.cond=asthma"] == [lines[0][:10], lines[1].strip()]
    assert 3 == sum(line.startswith("2026-06-01") and "data of 2026-05-0" in line for line in lines)
    assert f"  {TWO}  entered" in lines
    title = record(ONE)["protocolSection"]["identificationModule"]["briefTitle"]
    assert [f"  {ONE}  {what}  {title}" for what in ("entered", "left", "came back")] == [
        line for line in lines if ONE in line
    ]
    assert f"{THREE}  followed in place of {ONE}" in ledger.ask("tracked", "--log").text
    shown = ledger.ask("tracked", "air", "--log", "--limit", "1").text
    assert (True, False) == ("The newest 1 event; --limit 2 shows more." in shown, "entered" in shown)


@pytest.mark.parametrize(
    ("name", "said"),
    (
        ("Aur", "nothing was ever tracked as Aur; did you mean air?"),
        ("NCT00000002", f"did you mean {THREE} or {ONE}?"),
        ("zzz", "nothing was ever tracked as zzz; trialog tracked --log tells what was"),
    ),
)
def test_a_name_never_tracked_is_not_found(name: str, said: str, ledger: Ledger) -> None:
    """Status 1 and one line, with what is near; also for programs."""
    for more in ((), ("--json",)):
        answer = ledger.ask("tracked", name, "--log", *more)
        assert (1, b"", 1) == (answer.status, answer.out, len(answer.err.splitlines()))
        assert said in answer.err


def test_before_anything_is_tracked_the_log_is_empty(
    database_url: str, tmp_path: Any, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """That is an answer."""
    one = write_json(tmp_path / "one.json", record(ONE))
    assert 0 == ask(capfdbinary, "import", one, "--database", database_url).status
    answer = ask(capfdbinary, "tracked", "--log", "--database", database_url)
    assert (0, "Nothing was ever tracked: trialog track ID...\n") == (answer.status, answer.text)
