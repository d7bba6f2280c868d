"""The wiring: from settings to everything that a door needs. The only module that knows every concrete class.

It promises a database whose views are of this version, and that it is closed at the end. What only an import
or a rebuild needs is loaded when one is asked for, since loading it takes longer than most questions. It
decides nothing about trials.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from store.unit_of_work import Database
from tracker.domain.clock import SystemClock
from tracker.settings import Settings
from tracker.views.state import views_version
from tracker.views.tables import VERSION

if TYPE_CHECKING:
    from tracker.diffing.catalogue import Catalogue
    from tracker.pipeline.importing import Importer
    from tracker.pipeline.replaying import Show
    from tracker.registry import Registry
    from tracker.source import Observation, Refusal
    from tracker.sources.files import FileSource

_LOG = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What a door works with. ``now``: the present instant, aware, UTC."""

    database: Database
    settings: Settings
    now: Callable[[], datetime]

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


@contextmanager
def open_services(settings: Settings, *, show: "Show" = lambda _position, _head: None) -> Iterator[Services]:
    """Open the database that ``settings`` name; ``show`` is told how far a rebuild of its views is, if it needs one.

    Raises what ``Database.open`` raises.
    """
    clock = SystemClock()
    database = Database.open(settings.database, clock=clock.now)
    _LOG.debug("database_opened", database=repr(database))
    try:
        _bring_views_up_to_date(database, show)
        yield Services(database=database, settings=settings, now=clock.now)
    finally:
        database.close()


def _bring_views_up_to_date(database: Database, show: "Show") -> None:
    with database.reading() as transaction:
        found = views_version(transaction.connection)
    if found != VERSION:
        from tracker.pipeline.replaying import ensure_views

        _LOG.info("views_rebuilt", found=found, wanted=VERSION)
        ensure_views(database, show=show)


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
