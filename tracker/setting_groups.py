"""The settings as they hold, group by group: ``config/trialog.toml`` says what each means.

Values alone, checked by whoever makes them (``tracker.settings``). Pure.
"""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class CtgovSettings:
    """Where ClinicalTrials.gov is and how it is asked: ``[ctgov]`` of the settings, which says what each means.

    ``user_agent`` is the whole header, or empty for trialog's own with ``contact``.
    """

    base_url: str
    transport: str
    contact: str
    user_agent: str
    timeout_s: float
    request_interval_s: float
    history_interval_s: float
    retries: int
    retry_wait_s: float
    retry_wait_most_s: float
    blocked_wait_s: float

    @property
    def is_on_loopback(self) -> bool:
        """Whether the registry is on this machine, so that nobody else waits for it."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySettings:
    """How deliveries are sent: ``[delivery]``. ``templates``: a folder that is laid over ours, or empty."""

    lease_s: float
    retry_waits_s: tuple[float, ...]
    lanes: int
    templates: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """How webhooks are sent: ``[webhook]``. ``allow_networks`` is a text, networks separated by commas."""

    timeout_s: float
    allow_networks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailSettings:
    """The mail server and who writes: ``[email]``. Where host or sender is empty, no mail can be sent."""

    host: str
    port: int
    security: str
    username: str
    password: str = field(repr=False)
    sender: str
    timeout_s: float

    @property
    def is_set(self) -> bool:
        """Whether mail can be tried at all."""
        return bool(self.host and self.sender)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorSettings:
    """Who runs trialog: ``[operator]``. ``to`` is an address or empty, ``secret`` signs what goes to a webhook, or is
    empty; ``silence_h`` is in hours.
    """

    to: str = field(repr=False)
    secret: str = field(repr=False)
    heartbeat_url: str = field(repr=False)  # such addresses are secrets of their own, and so may ``to`` be
    silence_h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupSettings:
    """Scheduled backups: ``[backup]``. ``folder`` is empty where there are none; ``keep`` is how many are kept."""

    folder: str
    keep: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DaemonSettings:
    """The daemon: ``[daemon]``. ``lease_s``: how long a poller without a sign of life stays it."""

    lease_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """Pages, API and feeds: ``[web]``. ``trusted_proxies`` is a text, networks separated by commas, ``cors_origins``
    one of origins; ``requests_per_minute`` is 0 for no limit; ``streams`` is how many may be open at once.
    """

    public_read: bool
    trusted_proxies: str
    cors_origins: str
    requests_per_minute: int
    streams: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. ``import_processes`` is 0 for as many as there are processors, up to 4; ``poll_lease_s``: how long
    a poll without a sign of life counts as under way; ``schedule``: the rules of each job; ``clock_url`` and
    ``http_listen`` are empty where there is no such thing; ``prune_older_than_days``: the age of what is pruned.
    """

    database: str
    public_url: str
    clock_url: str
    http_listen: str
    log_format: str
    log_level: str
    import_processes: int
    poll_lease_s: float
    prune_older_than_days: int
    schedule: Mapping[str, tuple[str, ...]]
    daemon: DaemonSettings
    ctgov: CtgovSettings
    delivery: DeliverySettings
    webhook: WebhookSettings
    email: EmailSettings
    operator: OperatorSettings
    backup: BackupSettings
    web: WebSettings
