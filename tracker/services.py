"""The wiring: from settings to everything that a door needs. It and ``tracker.posting`` alone know concrete classes.

It promises that only an import, tracking, subscribing, a token or a restore makes a ledger, and that what is opened is
closed at the end. What only an import or a rebuild needs is loaded when one is asked for, since loading it takes longer
than most questions. It decides nothing about trials.
"""

import secrets
import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import structlog

from store.errors import NotFound as StoreNotFound
from store.errors import Outdated
from store.migrate import Upgrading
from store.unit_of_work import Database, Transaction
from tracker.domain.clock import Clock, SystemClock
from tracker.domain.errors import NotFound, Permanent
from tracker.setting_groups import Settings
from tracker.views.state import views_version
from tracker.views.tables import VERSION

if TYPE_CHECKING:
    from store.migrate import Told
    from store.pruning import Pruned
    from tracker.access.access import Access
    from tracker.alerts.evaluating import Evaluator
    from tracker.alerts.subscribing import Acting
    from tracker.diffing.catalogue import Catalogue
    from tracker.domain.query import Query
    from tracker.pipeline.backfilling import Backfiller
    from tracker.pipeline.backing_up import Backup, Stage
    from tracker.pipeline.importing import Importer
    from tracker.pipeline.polling.poll import Poller
    from tracker.pipeline.releasing import ReleaseSummary
    from tracker.pipeline.replaying import Show
    from tracker.registry import Registry
    from tracker.source import Observation, Refusal
    from tracker.sources.files import FileSource

_LOG = structlog.get_logger()

Purpose = Literal["ask", "import", "track", "restore", "migrate", "rebuild", "verify"]
"""What a ledger is opened for, and so what may be done to it on the way."""

_MAKING: tuple[Purpose, ...] = ("import", "track", "restore")
_UPGRADING: Mapping[Purpose, Upgrading] = {"rebuild": Upgrading.UNSHARED, "migrate": Upgrading.ASKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a test or a demonstration exchanges: where ids come from, each unlike all before it, and the clock.

    ``clock``: one in place of that which the settings name.
    """

    clock: Clock | None = None
    new_id: Callable[[], str] = field(default=lambda: str(uuid.uuid4()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a door works with. ``now``: the present instant, aware, UTC; ``new_id``: an id for a run, or whatever."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]
    new_id: Callable[[], str]

    @property
    def catalogue(self) -> "Catalogue":
        """The field catalogue."""
        from tracker.diffing.catalogue import default_catalogue

        return default_catalogue()

    @property
    def importer(self) -> "Importer":
        """What imports into the database."""
        from tracker.pipeline.importing import Importer, usual_processes
        from tracker.sources.reading import read_record

        return Importer(
            database=self.database,
            catalogue=self.catalogue,
            read=read_record,
            now=self.now,
            processes=self.settings.import_processes or usual_processes(),
        )

    def backfiller(self, registry: "Registry") -> "Backfiller":
        """What brings the history that ``registry`` keeps into the database."""
        from tracker.pipeline.backfilling import Backfiller

        return Backfiller(database=self.database, catalogue=self.catalogue, registry=registry, now=self.now)

    def poller(self, registry: "Registry") -> "Poller":
        """What follows ``registry`` in the database."""
        from tracker.pipeline.polling.poll import Poller

        return Poller(
            database=self.database,
            registry=registry,
            catalogue=self.catalogue,
            now=self.now,
            new_id=self.new_id,
            lease_s=self.settings.poll_lease_s,
        )

    def release(self, run_id: str, *, as_migration: bool, show: "Show") -> "ReleaseSummary":
        """Record what a run holds; ``show`` is told how many observations of how many are done."""
        from tracker.pipeline.releasing import release

        return release(self.database, self.catalogue, run_id, as_migration=as_migration, show=show)

    @property
    def evaluator(self) -> "Evaluator":
        """What works out who is to be told of what."""
        from tracker.alerts.evaluating import Evaluator

        return Evaluator(database=self.database, now=self.now, new_id=self.new_id)

    def scheduled_backup(self, *, stage: "Stage") -> "Backup":
        """Back up into the folder that the settings name, and keep the newest there, as many as they say.

        Raises what ``back_up`` raises; then no older one was removed.
        """
        from tracker.pipeline.backing_up import back_up, keep_newest, scheduled_name

        folder = Path(self.settings.backup.folder).expanduser()
        made = back_up(self.database, folder / scheduled_name(self.now()), now=self.now(), stage=stage)
        keep_newest(folder, self.settings.backup.keep, now=self.now())
        return made

    def prune(self) -> "Pruned":
        """Prune what is older than the settings say; of sessions the answer tells nothing."""
        from tracker.access.tidying import tidy
        from tracker.delivery.pruning import prune

        older_than = timedelta(days=self.settings.prune_older_than_days)
        pruned = prune(self.database, older_than=older_than, now=self.now())
        tidy(self.database, before=self.now() - older_than)
        return pruned

    def acting(self, transaction: Transaction, *, actor: str | None = None) -> "Acting":
        """What people do to subscriptions, inside one transaction; ``actor``: the name of who does, where known."""
        from tracker.alerts.subscribing import Acting

        return Acting(transaction=transaction, now=self.now(), new_id=self.new_id, actor=actor)

    @property
    def access(self) -> "Access":
        """Who may look and act."""
        from tracker.access.access import Access

        return Access(database=self.database, now=self.now, random_bytes=secrets.token_bytes)


@contextmanager
def open_services(
    settings: Settings,
    *,
    purpose: Purpose = "ask",
    show: "Show" = lambda _position, _head: None,
    told: "Told" = lambda upgrade: _LOG.warning("ledger_upgraded", **asdict(upgrade)),
    surroundings: Surroundings | None = None,
) -> Iterator[Services]:
    """Open the ledger that ``settings`` name; ``show`` is told how far a rebuild of its views is, if it needs one.

    Only an import, tracking, subscribing, a token or a restore makes a ledger. They and a rebuild bring a file of an
    older trialog up to date after a copy, of which ``told`` hears; a PostgreSQL database only a migration. Every other
    purpose is refused one. Views of another version are left alone by a rebuild and by verification, else made anew.
    Raises NotFound where there is no ledger to ask, and what ``Database.open_present`` raises.
    """
    around = surroundings or Surroundings()
    with open_clock(settings) as named:
        clock = around.clock or named
        database = _opened(settings.database, purpose, clock, told)
        _LOG.debug("database_opened", database=repr(database))
        try:
            if purpose in ("ask", "migrate", *_MAKING):
                _bring_views_up_to_date(database, show)
            yield Services(database=database, settings=settings, now=clock.now, new_id=around.new_id)
        finally:
            database.close()


@contextmanager
def open_clock(settings: Settings) -> Iterator[Clock]:
    """The clock that ``settings`` name, by which everything goes that is recorded, due or shown.

    The machine's own remains for time-outs, which are monotonic, for what goes by the clocks of others (the age of a
    webhook's signature, the date of a Retry-After), and for the times of log lines; the database's for leases.
    """
    if not settings.clock_url:
        yield SystemClock()
        return
    from tracker.clock_url import UrlClock

    clock = UrlClock(settings.clock_url)
    try:
        yield clock
    finally:
        clock.close()


def has_ledger(settings: Settings) -> bool:
    """Whether there is a ledger where ``settings`` name one; nothing is made. Raises what opening one raises."""
    try:
        Database.open_present(settings.database, clock=SystemClock().now).close()
    except StoreNotFound:
        return False
    except Outdated:
        return True
    return True


def _opened(url_or_path: str, purpose: Purpose, clock: Clock, told: "Told") -> Database:
    try:
        if purpose in _MAKING:
            return Database.open(url_or_path, clock=clock.now, told=told)
        upgrading = _UPGRADING.get(purpose, Upgrading.NEVER)
        return Database.open_present(url_or_path, clock=clock.now, upgrading=upgrading, told=told)
    except StoreNotFound as err:
        way_on = "trialog import PATH... or trialog track ID..., or give --database FILE|URL"
        raise NotFound(f"{err}; import or track something first: {way_on}") from err
    except Outdated as err:
        raise Permanent(f"{err}; bring it up to date: trialog migrate") from err


def _bring_views_up_to_date(database: Database, show: "Show") -> None:
    with database.reading() as transaction:
        found = views_version(transaction.connection)
    if found != VERSION:
        from tracker.pipeline.replaying import ensure_views

        _LOG.info("views_rebuilt", found=found, wanted=VERSION)
        ensure_views(database, show=show)


def why_missing(path: str) -> str | None:
    """Why there is nothing to import at ``path``; None where there is, as always for ``-``."""
    from tracker.sources.files import STDIN
    from tracker.sources.found import why_missing as why

    return None if path == STDIN else why(Path(path))


def file_source(paths: Sequence[str]) -> "FileSource":
    """The records in files and folders, and in standard input for ``-``; to be closed."""
    from tracker.sources.files import FileSource

    return FileSource(paths)


def observations(path: str) -> "Iterator[Observation | Refusal]":
    """What the records in one file or folder say, without any database; what is plainly no record is left out."""
    from tracker.source import RawRecord
    from tracker.sources.files import FileSource
    from tracker.sources.found import Skipped
    from tracker.sources.reading import read_record

    with FileSource([path]) as source:
        for found in source.records():
            if isinstance(found, RawRecord):
                yield read_record(found)
            elif not isinstance(found, Skipped):
                yield found


@contextmanager
def open_registry(settings: Settings, *, stop: threading.Event | None = None) -> "Iterator[Registry]":
    """ClinicalTrials.gov as the settings name it; every wait ends with Stopped once ``stop`` is set.

    One at a time per process: it alone knows when the registry was last asked. Raises InvalidInput where the
    settings ask for a transport that is not installed.
    """
    from tracker.sources.ctgov.opening import open_ctgov

    with open_ctgov(settings.ctgov, stop=stop or threading.Event()) as registry:
        yield registry


def query_of(text: str, settings: Settings) -> "Query":
    """The query that ``text`` is: the registry's own parameters, or an address copied from its search page.

    Raises InvalidInput for whatever cannot be said exactly.
    """
    from tracker.sources.ctgov.search_address import read_query

    return read_query(text, site=settings.ctgov.base_url)
