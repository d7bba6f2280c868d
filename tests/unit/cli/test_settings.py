"""Where settings come from, which comes first, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from notifiers.retry import DEFAULT_WAITS_S
from tracker.domain.errors import InvalidInput
from tracker.setting_groups import (
    BackupSettings,
    CtgovSettings,
    DaemonSettings,
    DeliverySettings,
    EmailSettings,
    OperatorSettings,
    Settings,
    WebhookSettings,
    WebSettings,
)
from tracker.settings import default_database, environment_with, read_settings

CTGOV = CtgovSettings(
    base_url="https://clinicaltrials.gov",
    transport="httpx",
    contact="",
    user_agent="",
    timeout_s=60.0,
    request_interval_s=1.0,
    history_interval_s=0.4,
    retries=6,
    retry_wait_s=1.0,
    retry_wait_most_s=300.0,
    blocked_wait_s=600.0,
)
DELIVERY = DeliverySettings(lease_s=60.0, retry_waits_s=DEFAULT_WAITS_S, lanes=16, templates="")
WEBHOOK = WebhookSettings(timeout_s=15.0, allow_networks="")
EMAIL = EmailSettings(host="", port=587, security="starttls", username="", password="", sender="", timeout_s=15.0)
SCHEDULE = {
    "release": ("*/20 12-18 * * mon-fri", "0 * * * *"),
    "clock": ("1 0 * * *",),
    "deliver": ("every 30s",),
    "digests": ("every 1m",),
    "optimize": ("17 3 * * *",),
    "verify": ("37 3 * * *",),
    "verify_all": ("37 4 1 * *",),
    "prune": ("57 3 * * *",),
    "backup": ("7 2 * * *",),
}
SHIPPED = Settings(
    database="",
    public_url="",
    clock_url="",
    http_listen="127.0.0.1:8484",
    log_format="auto",
    log_level="auto",
    import_processes=0,
    poll_lease_s=60.0,
    prune_older_than_days=180,
    schedule=SCHEDULE,
    daemon=DaemonSettings(lease_s=25.0),
    ctgov=CTGOV,
    delivery=DELIVERY,
    webhook=WEBHOOK,
    email=EMAIL,
    operator=OperatorSettings(to="", secret="", heartbeat_url="", silence_h=26.0),
    backup=BackupSettings(folder="", keep=7),
    web=WebSettings(public_read=False, trusted_proxies="", cors_origins="", requests_per_minute=600, streams=200),
)


def test_defaults_are_those_of_the_shipped_file() -> None:
    """Where nobody says anything, config/trialog.toml holds, and the ledger lies in the data directory."""
    assert replace(SHIPPED, database=str(default_database())) == read_settings(options={}, environment={})


def test_an_option_comes_first_then_the_environment_then_the_file(tmp_path: Path) -> None:
    """Option, environment, settings file, default: the first that says something counts."""
    file = tmp_path / "s.toml"
    file.write_text(
        'database = "f.db"\n[log]\nlevel = "info"\nformat = "json"\n[import]\nprocesses = 2\n', encoding="utf-8"
    )
    found = read_settings(
        options={"database": "o.db"},
        config_file=file,
        environment={"TRIALOG_DATABASE": "e.db", "TRIALOG_LOG__LEVEL": "debug", "TRIALOG_LOG__FORMAT": ""},
    )
    assert ("o.db", "json", "debug", 2) == (found.database, found.log_format, found.log_level, found.import_processes)


@pytest.mark.parametrize(
    ("written", "meant"),
    (("l.db", "{folder}/l.db"), ("/var/l.db", "/var/l.db"), ("sqlite:///l.db", "sqlite:///l.db"), ("~/l.db", "~/l.db")),
)
def test_a_path_in_a_file_starts_at_its_folder(written: str, meant: str, tmp_path: Path) -> None:
    """A relative path is the file's; absolute ones, URLs and homes stay as they are."""
    file = tmp_path / "s.toml"
    file.write_text(f'database = "{written}"', encoding="utf-8")
    found = read_settings(options={}, config_file=file, environment={})
    assert meant.format(folder=tmp_path) == found.database


@pytest.mark.parametrize(
    ("text", "sentence"),
    (
        ('databse = "x"', "unknown setting .*databse; did you mean database"),
        ("[log]\ncolour = 1", "unknown setting .*log.colour"),
        ('[log]\nlevel = "warn"', "log.level is 'warn'; did you mean warning"),
        ("[log]\nlevel = 3", "log.level is 3; expected one of auto, debug, info, warning, error"),
        ("[import]\nprocesses = -1", "expected a whole number from 0 to 64"),
        ("[import]\nprocesses = true", "expected a whole number"),
        ("database = 1", "expected a text in quotes"),
        ('[schedule]\nclock = ["0 0 * * 1"]', 'schedule.clock: the rule "0 0 \\* \\* 1" cannot be used: weekday'),
        ("[schedule]\nclock = []", "schedule.clock: there is no rule; expected at least one"),
        ("[schedule]\nclock = [20]", r'schedule.clock is \[20\]; expected a list of rules, such as \["every 20m"\]'),
        ("[schedule]\nclocks = []", "unknown setting .*schedule.clocks; did you mean schedule.clock"),
        ("database =", "is not TOML"),
    ),
)
def test_what_is_not_expected_is_refused(text: str, sentence: str, tmp_path: Path) -> None:
    """An unknown name or value of a settings file is refused with what was expected."""
    file = tmp_path / "s.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInput, match=sentence):
        read_settings(options={}, config_file=file, environment={})


def test_another_process_gets_the_settings_that_are_meant_and_no_others() -> None:
    """Its environment has ours but for a person's own settings and the service manager, which is not its own."""
    here = {"PATH": "/bin", "TRIALOG_PUBLIC_URL": "https://mine.example.org", "NOTIFY_SOCKET": "@systemd"}
    assert {"PATH": "/bin", "TRIALOG_LOG__LEVEL": "info"} == environment_with({"log.level": "info"}, here)


@pytest.mark.parametrize(
    ("variable", "sentence"),
    (
        ("TRIALOG_DATABSE", "did you mean TRIALOG_DATABASE"),
        ("TRIALOG_LOG__COLOUR", "unknown environment variable TRIALOG_LOG__COLOUR"),
        ("TRIALOG_LOG__LEVEL", "TRIALOG_LOG__LEVEL is 'x'; expected one of"),
        ("TRIALOG_IMPORT__PROCESSES", "expected a whole number"),
        ("TRIALOG_SCHEDULE__RELEASE", 'TRIALOG_SCHEDULE__RELEASE: the rule "x" cannot be used: expected five fields'),
    ),
)
def test_misspelt_variables_are_refused(variable: str, sentence: str) -> None:
    """A variable that is nearly ours, or of one of our sections, is refused by name."""
    with pytest.raises(InvalidInput, match=sentence):
        read_settings(options={}, environment={variable: "x"})


@pytest.mark.parametrize(
    ("written", "meant"),
    (
        ("*/5 12-18 * * mon-fri; every 1h", ("*/5 12-18 * * mon-fri", "every 1h")),
        ("0,30  3 * * MON,TUE", ("0,30 3 * * mon,tue",)),
        ("Off", ("off",)),
    ),
)
def test_rules_of_one_text_are_separated_by_semicolons(written: str, meant: tuple[str, ...]) -> None:
    """Commas are cron's own; the same text does in a file."""
    found = read_settings(options={}, environment={"TRIALOG_SCHEDULE__RELEASE": written})
    assert meant == found.schedule["release"]


def test_variables_of_others_are_left_alone() -> None:
    """What a container's surroundings set under our name is not ours."""
    settings = {"TRIALOG_PORT": "tcp://10.0.0.1:80", "TRIALOG_SERVICE_HOST": "10.0.0.1", "TRIALOG_TEST_POSTGRES": "x"}
    assert read_settings(options={}, environment={}) == read_settings(options={}, environment=settings)
