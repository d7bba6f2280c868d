"""``trialog backtest`` on both databases: for programs a line per message and address, for people the counts first."""

import shlex
from datetime import UTC, datetime

import pytest

from tests.contract.alerts.alert_lab import HOOK, MAIL, AlertLab, request
from tests.contract.cli.command import Answer, ask
from tests.contract.pipeline.lab import Lab
from tests.records import record

ID = "NCT00000001"
KEYS = ["subscription", "address", "channel", "kind", "on", "items"]


@pytest.fixture
def url(database_url: str) -> str:
    """A ledger with a trial that lapsed on 2026-07-01 and changed later, and a subscription to that."""
    lab = Lab.open(database_url)
    alerts = AlertLab(lab, now=datetime(2026, 9, 1, tzinfo=UTC))
    told = {"statusVerifiedDate": "2024-06", "completionDateStruct": {"date": "2025-05"}}
    lab.see(record(ID, posted_on="2026-01-10", data_on="2026-01-10", statusModule=told))
    lab.see(record(ID, posted_on="2026-08-03", data_on="2026-08-03", status="COMPLETED", statusModule=told))
    alerts.subscribe(request(when=("unknown",), significance="major"), MAIL, HOOK)
    lab.close()
    return database_url


def backtest(url: str, capfdbinary: pytest.CaptureFixture[bytes], *arguments: str) -> Answer:
    """Ask for the backtest of a name."""
    return ask(capfdbinary, "backtest", *arguments, "--database", url)


def test_programs_read_a_line_per_message_and_address(url: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """With the items in full; addresses are masks."""
    answer = backtest(url, capfdbinary, "stale", "--since", "2026-06-15", "--until", "2026-08-31", "--json")
    lines = answer.objects
    assert [KEYS] * 6 == [list(line) for line in lines]
    assert ["condition", "changes", "over"] == [line["kind"] for line in lines[::2]]
    assert ["2026-07-01", "2026-08-03", "2026-08-03"] == [line["on"] for line in lines[::2]]
    assert [("m***@example.org", "email"), ("https://hooks.example.org/***", "webhook")] == [
        (line["address"], line["channel"]) for line in lines[:2]
    ]
    assert (0, f"unknown:{ID}:2026-07-01") == (answer.status, lines[0]["items"][0]["key"])


def test_people_read_the_counts_first(url: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """By month and kind, then each message."""
    text = backtest(url, capfdbinary, "stale", "--since", "2026-06-15", "--until", "2026-08-31").text
    first, _, *rest = text.splitlines()
    assert "stale would have sent 3 messages about 1 trial from 2026-06-15 to 2026-08-31" == first
    assert ["Month    changes  condition  over", "2026-07  0        1          0"] == rest[:2]
    assert f"{ID} unknown is over: completed, A made trial" in text
    assert "RECRUITING -> COMPLETED" in text


def test_a_day_is_told_in_full_by_the_same_command_with_the_day(
    url: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Where people or programs are told of the first items only, that command stands beside the count."""
    lab = Lab.open(url)
    told = {"statusVerifiedDate": "2024-06", "completionDateStruct": {"date": "2025-05"}}
    for number in range(2, 9):
        lab.see(record(f"NCT{number:08}", posted_on="2026-01-10", data_on="2026-01-10", statusModule=told))
    lab.close()
    words = ("--when", "unknown", "--to", "mailto:me@example.org", "--since", "2026-06-15", "--until", "2026-08-02")
    short = " ".join(backtest(url, capfdbinary, *words).text.split())
    more = f"trialog backtest {shlex.join((*words, '--database', url, '--in-full', '2026-07-01'))}"
    assert f"and 3 more: {more}" in short
    whole = backtest(url, capfdbinary, *words, "--in-full", "2026-07-01").text
    assert [f"NCT{number:08}" for number in range(1, 9)] == [
        line.split()[0] for line in whole.splitlines() if line.startswith("  NCT")
    ]
    none = backtest(url, capfdbinary, *words, "--in-full", "2026-07-02", "--json")
    assert (0, []) == (none.status, none.objects)


def test_a_quiet_time_is_said_and_what_is_wrong_refused(url: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Nothing to send is an answer; an unknown name is not found, and days the wrong way round are wrong usage."""
    quiet = backtest(url, capfdbinary, "stale", "--since", "2026-01-11", "--until", "2026-01-11")
    assert (0, "stale would have sent 0 messages on 2026-01-11\n") == (quiet.status, quiet.text)
    unknown = backtest(url, capfdbinary, "stal", "--since", "today")
    assert (1, True) == (unknown.status, "did you mean stale" in unknown.err)
    assert 2 == backtest(url, capfdbinary, "stale", "--since", "2026-08-31", "--until", "2026-08-01").status


def test_one_that_nobody_made_is_described_by_options(url: str, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """It asks nobody where an address is; and with a name, options change what that one asks for."""
    asked = ("--to", "https://hooks.nowhere.invalid/x", "--when", "unknown", "--since", "2026-06-15")
    span = ("--until", "2026-08-31", "--json")
    first, *rest = backtest(url, capfdbinary, *asked, *span).objects
    assert ("backtest", "webhook", "condition") == (first["subscription"], first["channel"], first["kind"])
    assert (["over"], "https://hooks.nowhere.invalid/***") == ([line["kind"] for line in rest], first["address"])
    edited = backtest(url, capfdbinary, "stale", "--when", "unknown:180d", "--since", "2026-06-15", *span).objects
    assert {"changes"} == {line["kind"] for line in edited}


@pytest.mark.parametrize(
    ("arguments", "said"),
    (((), "expected the NAME"), (("--to", "gopher://x"), "address 1"), (("--query", "liver"), "no query liver")),
)
def test_what_no_subscription_could_ask_is_refused(
    url: str, capfdbinary: pytest.CaptureFixture[bytes], arguments: tuple[str, ...], said: str
) -> None:
    """As subscribe refuses it."""
    answer = backtest(url, capfdbinary, *arguments, "--since", "2026-06-15")
    assert (2, True) == (answer.status, said in answer.err)
