"""``trialog check-config``: who says what, what is wrong, and nothing in clear that should not be."""

from pathlib import Path
from typing import Any

import pytest

from tests.contract.cli.command import Answer, ask
from tracker.domain.errors import InvalidInput
from tracker.settings import read_settings, sift_settings

PASSWORD = "correct horse"


@pytest.fixture
def check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Any:
    """Checks settings given as variables and as the text of a file, which is named with --config."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, file: str = "", **variables: str) -> Answer:
        with monkeypatch.context() as patch:
            for name, value in {"DATABASE": "ledger.db", **variables}.items():
                patch.setenv(f"TRIALOG_{name}", value)
            (tmp_path / "s.toml").write_text(file, encoding="utf-8")
            return ask(capfdbinary, "check-config", "--config", "s.toml", *words)

    return run


def found(check: Any, **given: str) -> tuple[int, dict[str, Any]]:
    """Exit status and answer for programs."""
    answer = check("--json", **given)
    (one,) = answer.objects
    return answer.status, one


def test_each_value_that_differs_says_where_it_comes_from(check: Any) -> None:
    """Option before environment before file; what is said besides is named, what equals the default is not listed."""
    status, one = found(
        check,
        file='[log]\nlevel = "info"\n[import]\nprocesses = 2\n[delivery]\nlanes = 16\n',
        LOG__LEVEL="debug",
    )
    assert (0, True, []) == (status, one["ok"], one["problems"])
    said = {each["setting"]: (each["value"], each["source"], each["place"], each["also"]) for each in one["settings"]}
    assert {
        "database": ("ledger.db", "environment", "TRIALOG_DATABASE", []),
        "log.level": ("debug", "environment", "TRIALOG_LOG__LEVEL", ["s.toml: log.level"]),
        "import.processes": ("2", "file", "s.toml: import.processes", []),
    } == said
    assert "--database, before TRIALOG_DATABASE" in check("--database", "other.db").text


def test_all_that_is_wrong_is_told_at_once(check: Any) -> None:
    """Every value that is refused is a line of its own, and the rest of the settings is shown all the same."""
    status, one = found(
        check, file='[log]\nlevel = "loud"\nlvel = "info"\n', EMAIL__PORT="0", LOG__LEVL="x", IMPORT__PROCESSES="3"
    )
    assert (2, False, 4) == (status, one["ok"], len(one["problems"]))
    for words in ("log.level", "lvel", "TRIALOG_EMAIL__PORT", "TRIALOG_LOG__LEVL; did you mean TRIALOG_LOG__LEVEL?"):
        assert 1 <= sum(words in problem for problem in one["problems"]), words
    assert "import.processes" in {each["setting"] for each in one["settings"]}


def test_a_file_that_cannot_be_read_is_a_problem_among_others(check: Any) -> None:
    """A settings file that is not TOML does not hide what the environment says wrongly."""
    status, one = found(check, file="[log", HTTP__LISTEN="nowhere")
    assert (2, 2) == (status, len(one["problems"]))
    assert ["s.toml is not TOML" in one["problems"][0], "HTTP__LISTEN" in one["problems"][1]] == [True, True]


WRONG = (
    ({"OPERATOR__TO": "me at home"}, "operator.to: "),
    ({"OPERATOR__TO": "mailto:me@example.net"}, "no mail can be sent to it until email.host and email.sender are set"),
    ({"OPERATOR__SECRET": "x"}, "operator.secret: a secret is not whsec_ and Base64"),
    ({"OPERATOR__HEARTBEAT_URL": "ping"}, "operator.heartbeat_url: it is no address of the web"),
    ({"EMAIL__HOST": "mx.example.net"}, "email.sender: it is not set"),
    ({"EMAIL__SENDER": "a@example.net"}, "email.host: it is not set"),
    ({"EMAIL__SENDER": "nobody", "EMAIL__HOST": "mx.example.net"}, "email.sender: "),
    (
        {"EMAIL__HOST": "mx.example.net", "EMAIL__SENDER": "a@example.net", "EMAIL__USERNAME": "a"},
        "email.password: it is not set",
    ),
    ({"DELIVERY__TEMPLATES": "nowhere"}, "delivery.templates: nowhere is no folder"),
    ({"BACKUP__FOLDER": "nowhere"}, "backup.folder: nowhere is no folder"),
    ({"DATABASE": "mysql://h/n"}, "the store runs on sqlite and postgresql"),
    ({"DATABASE": "."}, "is a folder"),
    ({"PUBLIC_URL": "trialog.example.net"}, "TRIALOG_PUBLIC_URL"),
    ({"HTTP__LISTEN": "8484"}, "TRIALOG_HTTP__LISTEN"),
    ({"CTGOV__REQUEST_INTERVAL_S": "0"}, "ctgov.request_interval_s is 0"),
    ({"SCHEDULE__RELEASE": " ; "}, "TRIALOG_SCHEDULE__RELEASE"),
)


@pytest.mark.parametrize(("variables", "words"), WRONG)
def test_what_cannot_work_is_a_problem(check: Any, variables: dict[str, str], words: str) -> None:
    """What no command could do with these settings is told before one needs it; the exit status is 2."""
    status, one = found(check, **variables)
    assert 2 == status
    assert [words in problem for problem in one["problems"]] == [True], one["problems"]


def test_a_schedule_that_is_none_is_a_problem(check: Any) -> None:
    """Rules are read as the daemon will read them."""
    status, one = found(check, SCHEDULE__RELEASE="*/20 * * * 1")
    assert (2, 1) == (status, sum("TRIALOG_SCHEDULE__RELEASE" in problem for problem in one["problems"]))


NOTES = (
    ({"HTTP__LISTEN": "0.0.0.0:8484"}, "http.listen: "),
    ({"PUBLIC_URL": "http://trialog.example.net"}, "public_url: "),
    ({"CLOCK__URL": "http://127.0.0.1:1/clock"}, "clock.url: "),
    ({"EMAIL__PASSWORD": "x"}, "email.username: "),
    ({"BACKUP__FOLDER": ".", "SCHEDULE__BACKUP": "off"}, "backup.folder: "),
    ({"DELIVERY__TEMPLATES": "."}, "delivery.templates: "),
)


@pytest.mark.parametrize(("variables", "words"), NOTES)
def test_what_is_only_worth_knowing_is_no_problem(check: Any, variables: dict[str, str], words: str) -> None:
    """A note leaves the exit status 0."""
    status, one = found(check, **variables)
    assert (0, []) == (status, one["problems"])
    assert 1 == sum(note.startswith(words) for note in one["notes"]), one["notes"]


@pytest.mark.parametrize("words", ((), ("--json",)))
def test_secrets_and_addresses_are_never_in_clear(check: Any, words: tuple[str, ...]) -> None:
    """Neither values nor messages show a password, a secret URL, or whose address it is."""
    answer = check(
        *words,
        file='public_url = "https://ada:hunter2@example.net"\n[ctgov]\ncontact = "grace@example.net"\n',
        DATABASE="postgresql://linus:tux@db.example.net/trials",
        EMAIL__HOST="mx.example.net",
        EMAIL__SENDER="trialog <alan@example.net>",
        EMAIL__USERNAME="edsger@example.net",
        EMAIL__PASSWORD=PASSWORD,
        OPERATOR__TO="mailto:barbara@example.net",
        OPERATOR__HEARTBEAT_URL="https://ping.example.net/7f3a",
        OPERATOR__SECRET="whsec_donald",
    )
    assert 2 == answer.status
    shown = answer.text + answer.err
    for hidden in ("hunter2", "ada:", "grace", "tux", "alan", "edsger", PASSWORD, "barbara", "7f3a", "donald"):
        assert hidden not in shown, hidden
    assert "b***@example.net" in shown


def test_what_is_sifted_is_what_commands_read(tmp_path: Path) -> None:
    """Where nothing is wrong, both ways of reading the settings come to the same."""
    file = tmp_path / "s.toml"
    file.write_text('[backup]\nfolder = "b"\n', encoding="utf-8")
    given: Any = {
        "options": {"log.level": "debug"},
        "config_file": file,
        "environment": {"TRIALOG_DELIVERY__RETRY_WAITS_S": "0, 5", "TRIALOG_PORT": "1"},
    }
    assert read_settings(**given) == sift_settings(**given).settings


def test_what_one_refuses_the_other_names(tmp_path: Path) -> None:
    """The sentence is the same."""
    environment = {"TRIALOG_LOG__LEVEL": "loud"}
    with pytest.raises(InvalidInput) as refusal:
        read_settings(options={}, environment=environment)
    assert (str(refusal.value),) == sift_settings(options={}, environment=environment).problems
