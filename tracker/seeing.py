"""How trialog is doing, as the settings want it looked at: for the command line, the probes and the API alike.

It promises an answer where there is no ledger, and none that can be used. It makes nothing and changes nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed_version

from store.engine import kind_and_disk, open_engine
from store.errors import StoreError
from store.unit_of_work import Database, Transaction
from tracker.alerts.changes import CONSUMER
from tracker.delivery.disabling import announced_addresses
from tracker.domain.job_times import job_time
from tracker.domain.running import OPERATOR, DiskFacts, Facts, JobFacts
from tracker.domain.schedule import parse_rules
from tracker.pipeline.status import Setting, Status, instant, status_of
from tracker.pipeline.surveying import Outlook, Survey, nothing_seen, readiness, survey
from tracker.setting_groups import Settings
from tracker.views.answers import DisabledAddress, Overview
from tracker.views.overview import Stored, overview
from tracker.views.state import VIEWS

UNKNOWN_VERSION = "0"
BACKUP_JOB = "backup"


@cache
def version() -> str:
    """trialog's version; ``0`` where it runs from a checkout that is not installed."""
    try:
        return installed_version("trialog")
    except PackageNotFoundError:
        return UNKNOWN_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeing:
    """Looks at an open database.

    ``settings``: those that hold now, also after they were read anew; ``now``: the present instant, aware, UTC.
    """

    database: Database
    settings: Callable[[], Settings]
    now: Callable[[], datetime]

    def survey(self) -> Survey:
        """What is kept of how trialog is doing; cheap, also on a large ledger."""
        return survey(self.database, _outlook(self.settings()), now=self.now())

    def readiness(self) -> Facts:
        """Whether the database can be worked with, and nothing else."""
        return readiness(self.database, _outlook(self.settings()), now=self.now())

    def status(self) -> Status:
        """The whole status, counts included."""
        return status_of(self.survey(), _setting(self.settings()), self.database)


def status_at(settings: Settings, *, now: Callable[[], datetime]) -> Status:
    """The status of the ledger that the settings name, whatever state it is in."""
    try:
        database = Database(open_engine(settings.database, makes=False), clock=now)
    except StoreError as err:
        _, disk = kind_and_disk(settings.database)
        seen = None if disk is None else DiskFacts(free_bytes=disk.free_bytes, total_bytes=disk.total_bytes)
        return status_of(nothing_seen(err, _outlook(settings), now=now(), disk=seen), _setting(settings))
    try:
        return Seeing(database=database, settings=lambda: settings, now=now).status()
    finally:
        database.close()


def overview_of(database: Database) -> Overview:
    """How much a ledger holds, and the addresses to which nothing is sent any more, the operator's too."""
    size_bytes = database.size_bytes()
    with database.reading() as transaction:
        stored = Stored(
            events=transaction.events.head().count,
            rejects=transaction.quarantine.count(),
            size_bytes=size_bytes,
            seen_on=transaction.runs.newest_data_on(),
            announced=announced_addresses(transaction),
            besides=_disabled_of_operator(transaction),
        )
        return overview(transaction.connection, stored)


def _disabled_of_operator(transaction: Transaction) -> list[DisabledAddress]:
    return [
        DisabledAddress(
            subscription=OPERATOR,
            address_number=one.number or 1,
            channel=one.channel,
            address=one.mask,
            disabled_at=instant(one.disabled_at),
            disabled_reason=one.disabled_reason,
            owner_told=False,
        )
        for one in transaction.addresses.of(OPERATOR)
        if not one.is_active
    ]


def _outlook(settings: Settings) -> Outlook:
    return Outlook(
        silence_h=settings.operator.silence_h,
        daemon_silent_s=settings.daemon.lease_s,
        consumers=(VIEWS, CONSUMER),
        jobs_off=[job for job, rules in settings.schedule.items() if parse_rules(rules).is_off],
    )


def _setting(settings: Settings) -> Setting:
    kind, _ = kind_and_disk(settings.database)
    return Setting(
        version=version(),
        database_kind=kind,
        schedule=settings.schedule,
        clock_url=settings.clock_url,
        next_at=partial(_next_at, settings=settings),
    )


def _next_at(job: JobFacts, rules: Sequence[str], now: datetime, *, settings: Settings) -> datetime | None:
    """When a daemon is to run a job next; where that has passed, since when. No backup is made without a folder."""
    if job.job == BACKUP_JOB and not settings.backup.folder:
        return None
    blocked_wait = timedelta(seconds=settings.ctgov.blocked_wait_s)
    return job_time(parse_rules(rules), job, now, blocked_wait=blocked_wait).next_at
