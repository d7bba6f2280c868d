"""The settings: what a person may choose, whoever it is that they tell.

An option comes first, then the environment, then the settings file that was named, then the defaults of
``config/trialog.toml``, which is also their reference. It promises that an unknown name or value is refused
with its place, what was expected and what is near. This is the one module that reads the environment.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from tracker.setting_layers import (
    PREFIX,
    Said,
    Source,
    said_by_default,
    said_by_options,
    said_in_environment,
    said_in_file,
    variable_of,
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
    origins,
    public_site,
    rules,
    seconds,
    secret,
    site,
    text,
    waits,
    whole_number,
    yes_or_no,
)

LOG_FORMATS = ("auto", "console", "json")
LOG_LEVELS = ("auto", "debug", "info", "warning", "error")
MOST_PROCESSES = 64
TRANSPORTS = ("httpx", "curl")
SECURITIES = ("starttls", "tls", "none")
MOST_LANES = 64
MOST_RETRIES = 20
MOST_BACKUPS = 1000
MOST_SILENCE_H = 10_000.0
MOST_REQUESTS = 1_000_000
MOST_STREAMS = 1000
JOBS = ("release", "clock", "deliver", "digests", "optimize", "verify", "verify_all", "prune", "backup")
_SERVICE_MANAGER = "NOTIFY_SOCKET"
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
    known = _variables()
    said = [*said_by_default(), *(() if config_file is None else said_in_file(config_file))]
    said += [*said_in_environment(environment, known), *said_by_options(options)]
    return _settings_of({one.name: _checked(one) for one in said})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sifted:
    """The settings as they would hold without what is wrong: ``problems`` says that, each in a sentence.

    ``said`` is who says what of each setting that somebody speaks of, the one that counts last; ``values`` are the
    values that hold, and ``defaults`` those that would if nobody said anything, all by name.
    """

    settings: Settings
    values: Mapping[str, Any]
    defaults: Mapping[str, Any]
    said: Mapping[str, tuple[Said, ...]]
    problems: tuple[str, ...]


def sift_settings(
    *,
    options: Mapping[str, str | None],
    config_file: Path | None = None,
    environment: Mapping[str, str] = os.environ,
) -> Sifted:
    """All settings with their sources, and all that is wrong with them rather than the first of it."""
    problems: list[str] = []
    said: list[Said] = []
    try:
        said += () if config_file is None else said_in_file(config_file)
    except InvalidInput as err:
        problems.append(str(err))
    said += [*said_in_environment(environment, _variables()), *said_by_options(options)]
    defaults = {one.name: _checked(one) for one in said_by_default()}
    values, good = dict(defaults), dict[str, tuple[Said, ...]]()
    for one in said:
        try:
            values[one.name] = _checked(one)
            good[one.name] = (*good.get(one.name, ()), one)
        except InvalidInput as err:
            problems.append(str(err))
    try:
        settings = _settings_of(values)
    except InvalidInput as err:  # values that are good alone and not together
        problems.append(str(err))
        settings = _settings_of(values | {name: value for name, value in defaults.items() if name in _TOGETHER})
    return Sifted(settings=settings, values=values, defaults=defaults, said=good, problems=tuple(problems))


def _settings_of(chosen: Mapping[str, Any]) -> Settings:
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
        web=WebSettings(**_section(chosen, "web")),
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


def environment_with(options: Mapping[str, str], environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment for another process of ours, in which ``options``, by name, hold and no other of our settings."""
    others = {
        name: value for name, value in environment.items() if not name.startswith(PREFIX) and name != _SERVICE_MANAGER
    }
    return others | {variable_of(name): value for name, value in options.items()}


def service_manager_address(environment: Mapping[str, str] = os.environ) -> str:
    """Where systemd listens for signs of life of this process; empty where it did not start it."""
    return environment.get(_SERVICE_MANAGER, "")


def _variables() -> dict[str, str]:
    """The setting of each environment variable."""
    return {variable_of(name): name for name in _CHECKS}


def _checked(said: Said) -> Any:
    if said.name in _CHECKS:
        return _CHECKS[said.name](said.value, said.place)
    if said.source is Source.ENVIRONMENT:
        raise InvalidInput(f"unknown environment variable {said.place}{expected_names(said.place, _variables())}")
    raise InvalidInput(f"unknown setting {said.place}{expected_names(said.name, _CHECKS)}")


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
    "operator.to": secret,
    "operator.secret": secret,
    "operator.heartbeat_url": secret,
    "operator.silence_h": number(0.0, MOST_SILENCE_H, unit="hours"),
    "backup.folder": text,
    "backup.keep": whole_number(MOST_BACKUPS, least=1),
    "prune.older_than": age_days,
    "web.public_read": yes_or_no,
    "web.trusted_proxies": networks,
    "web.cors_origins": origins,
    "web.requests_per_minute": whole_number(MOST_REQUESTS),
    "web.streams": whole_number(MOST_STREAMS, least=1),
}

_TOGETHER = frozenset({"ctgov.base_url", *(f"ctgov.{name}" for name in _WAITS)})
