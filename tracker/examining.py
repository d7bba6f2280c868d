"""What the doctor tries, made of the settings: the wiring of checks to the ledger, the registry and the mail server.

It opens nothing before a check asks for it, and closes everything at the end.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from tracker.delivery.mail_settings import mail_settings
from tracker.doctor.checks import Name, Try
from tracker.doctor.ledger_checks import LedgerChecks
from tracker.doctor.surroundings_checks import Once, check_clock, check_disk, check_mail, check_registry
from tracker.domain.clock import SystemClock
from tracker.setting_groups import Settings


@contextmanager
def examination(settings: Settings) -> Iterator[Mapping[Name, Try]]:
    """The checks in their order; each may be tried as long as the block lasts."""
    now = SystemClock().now
    ledger = LedgerChecks(settings.database, now=now, daemon_silent_s=settings.daemon.lease_s)
    registry = Once(settings, now)
    try:
        yield {
            Name.DATABASE: ledger.database,
            Name.SCHEMA: ledger.schema,
            Name.CLOCK: partial(check_clock, settings, registry, ledger.database_ahead_s),
            Name.REGISTRY: partial(check_registry, settings, registry),
            Name.SMTP_LOGIN: partial(check_mail, settings, mail_settings(settings.email), ledger.mail_addresses),
            Name.DISK: partial(check_disk, settings),
            Name.LOCK: ledger.lock,
        }
    finally:
        ledger.close()
