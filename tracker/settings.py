"""The settings: what a person may choose, whoever it is that they tell.

An option comes first, then the environment, then the settings file that was named, then the defaults of
``config/trialog.toml``, which is also their reference. It promises that an unknown name or value is refused
with its place, what was expected and what is near. This is the one module that reads the environment.
"""

import difflib
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker.config_files import config_text
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
)
from tracker.setting_values import (
    Check,
    age_days,
    clock_address,
    expected_names,
    header_text,
    listen_address,
    networks,
    number,
    one_of,
    public_site,
    rules,
    seconds,
    secret,
    site,
    text,
    waits,
    whole_number,
)

PREFIX = "TRIALOG_"
_SECTION_MARK = "__"  # TRIALOG_LOG__LEVEL is level in [log]
_NEAR = 0.8  # as alike as TRIALOG_DATABSE and TRIALOG_DATABASE

LOG_FORMATS = ("auto", "console", "json")
LOG_LEVELS = ("auto", "debug", "info", "warning", "error")
MOST_PROCESSES = 64
TRANSPORTS = ("httpx", "curl")
SECURITIES = ("starttls", "tls", "none")
MOST_LANES = 64
MOST_RETRIES = 20
MOST_BACKUPS = 1000
MOST_SILENCE_H = 10_000.0
JOBS = ("release", "clock", "deliver", "digests", "optimize", "verify", "verify_all", "prune", "backup")
LEAST_WAIT_S = 0.1  # for a registry that others use too
LEAST_LEASE_S = 1.0
_WAITS = ("request_interval_s", "history_interval_s", "retry_wait_s", "retry_wait_most_s", "blocked_wait_s")


def read_settings(
    *,
    options: Mapping[str, str | None],
    config_file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Settings:
    """The settings that hold. ``options``: by name (``database``, ``log.level``), None where not given.

    Raises InvalidInput for a file that cannot be read and for every name or value that is not expected.
    """
    shipped = dict(_flat(tomllib.loads(config_text("trialog.toml"))))
    chosen = {name: _checked(name, value, place=f"trialog.toml: {name}") for name, value in shipped.items()}
    if config_file is not None:
        chosen |= _from_file(config_file)
    chosen |= _from_environment(environment)
    chosen |= {name: _checked(name, value, place=f"--{name}") for name, value in options.items() if value is not None}
    return Settings(
        database=chosen["database"] or str(default_database()),
        public_url=chosen["public_url"],
        clock_url=chosen["clock.url"],
        http_listen=chosen["http.listen"],
        log_format=chosen["log.format"],
        log_level=chosen["log.level"],
        import_processes=chosen["import.processes"],
        poll_lease_s=chosen["poll.lease_s"],
        prune_older_than_days=chosen["prune.older_than"],
        schedule=_section(chosen, "schedule"),
        daemon=DaemonSettings(**_section(chosen, "daemon")),
        ctgov=_ctgov(chosen),
        delivery=DeliverySettings(**_section(chosen, "delivery")),
        webhook=WebhookSettings(**_section(chosen, "webhook")),
        email=EmailSettings(**_section(chosen, "email")),
        operator=OperatorSettings(**_section(chosen, "operator")),
        backup=BackupSettings(**_section(chosen, "backup")),
    )


def _section(chosen: Mapping[str, Any], name: str) -> dict[str, Any]:
    """What is chosen in ``[name]``, by its names there."""
    start = f"{name}."
    return {each.removeprefix(start): value for each, value in chosen.items() if each.startswith(start)}


def _ctgov(chosen: Mapping[str, Any]) -> CtgovSettings:
    """The settings of ``[ctgov]``; only a registry on this machine may be asked without a pause."""
    found = CtgovSettings(**_section(chosen, "ctgov"))
    for name in () if found.is_on_loopback else _WAITS:
        seconds = getattr(found, name)
        if seconds < LEAST_WAIT_S:
            raise InvalidInput(
                f"ctgov.{name} is {seconds:g}; expected at least {LEAST_WAIT_S} seconds, since {found.base_url} is "
                "not on this machine and others use it too"
            )
    return found


def default_database() -> Path:
    """The ledger in the user's data directory."""
    from platformdirs import user_data_path  # needed only where nobody names a database

    return user_data_path("trialog", appauthor=False) / "trialog.db"


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _from_file(file: Path) -> dict[str, Any]:
    try:
        given = dict(_flat(tomllib.loads(file.read_text(encoding="utf-8"))))
    except OSError as err:
        raise InvalidInput(f"the settings file {file} cannot be read: {err.strerror or err}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise InvalidInput(f"the settings file {file} is not TOML: {err}") from err
    chosen = {name: _checked(name, value, place=f"{file}: {name}") for name, value in given.items()}
    for name in {"database", "delivery.templates", "backup.folder"} & chosen.keys():
        chosen[name] = _beside(file, chosen[name])
    return chosen


def _beside(file: Path, path: str) -> str:
    """A relative path of a settings file starts at that file's folder."""
    if not path or "://" in path or path.startswith("~"):
        return path
    return str(file.absolute().parent / path)


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """Variables named like ours are settings; others, such as the TRIALOG_PORT of a container, are not ours."""
    known = {variable_of(name): name for name in _CHECKS}
    chosen = {}
    for variable, value in sorted(environment.items()):
        if variable in known:
            if value:  # set to nothing is not set
                chosen[known[variable]] = _checked(known[variable], value, place=variable)
        elif variable.startswith(PREFIX) and (
            _SECTION_MARK in variable or difflib.get_close_matches(variable, known, 1, _NEAR)
        ):
            raise InvalidInput(f"unknown environment variable {variable}{expected_names(variable, known)}")
    return chosen


def service_manager_address(environment: Mapping[str, str] = os.environ) -> str:
    """Where systemd listens for signs of life of this process; empty where it did not start it."""
    return environment.get("NOTIFY_SOCKET", "")


def variable_of(name: str) -> str:
    """The environment variable of a setting: TRIALOG_LOG__LEVEL for log.level."""
    return PREFIX + name.upper().replace(".", _SECTION_MARK)


def _checked(name: str, value: object, *, place: str) -> Any:
    if name not in _CHECKS:
        raise InvalidInput(f"unknown setting {place}{expected_names(name, _CHECKS)}")
    return _CHECKS[name](value, place)


_CHECKS: dict[str, Check] = {
    "database": text,
    "public_url": public_site,
    "clock.url": clock_address,
    "http.listen": listen_address,
    "log.format": one_of(LOG_FORMATS),
    "log.level": one_of(LOG_LEVELS),
    "import.processes": whole_number(MOST_PROCESSES),
    "poll.lease_s": seconds(LEAST_LEASE_S),
    **{f"schedule.{job}": rules for job in JOBS},
    "daemon.lease_s": seconds(LEAST_LEASE_S),
    "ctgov.base_url": site,
    "ctgov.transport": one_of(TRANSPORTS),
    "ctgov.contact": header_text,
    "ctgov.user_agent": header_text,
    "ctgov.timeout_s": seconds(0.05),
    "ctgov.request_interval_s": seconds(0.0),
    "ctgov.history_interval_s": seconds(0.0),
    "ctgov.retries": whole_number(MOST_RETRIES),
    "ctgov.retry_wait_s": seconds(0.0),
    "ctgov.retry_wait_most_s": seconds(0.0),
    "ctgov.blocked_wait_s": seconds(0.0),
    "delivery.lease_s": seconds(LEAST_LEASE_S),
    "delivery.retry_waits_s": waits,
    "delivery.lanes": whole_number(MOST_LANES, least=1),
    "delivery.templates": text,
    "webhook.timeout_s": seconds(0.05),
    "webhook.allow_networks": networks,
    "email.host": header_text,
    "email.port": whole_number(65_535, least=1),
    "email.security": one_of(SECURITIES),
    "email.username": text,
    "email.password": secret,
    "email.sender": text,
    "email.timeout_s": seconds(0.05),
    "operator.to": text,
    "operator.heartbeat_url": secret,
    "operator.silence_h": number(0.0, MOST_SILENCE_H, unit="hours"),
    "backup.folder": text,
    "backup.keep": whole_number(MOST_BACKUPS, least=1),
    "prune.older_than": age_days,
}
