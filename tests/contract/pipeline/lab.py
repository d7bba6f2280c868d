"""A ledger to try things on: records go in as an import brings them, and everything can be looked at."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from store.json_text import decode, encode
from store.unit_of_work import Database
from tests.records import ID, Json, record
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.whereabouts import Whereabouts
from tracker.ledger.events import RecordedTrialEvent
from tracker.ledger.ledger import Ledger
from tracker.pipeline.importing import Importer, ImportSummary, Progress
from tracker.pipeline.preparing import address_of, prepare
from tracker.pipeline.recording import Recorder
from tracker.pipeline.replaying import ensure_views
from tracker.pipeline.verifying import VerifyReport, verify
from tracker.pipeline.whereabouts import record_whereabouts
from tracker.source import Observation, Place, RawRecord, Refusal
from tracker.sources.files import Survey
from tracker.sources.found import Skipped
from tracker.sources.reading import read_record
from tracker.views.answers import AnsweredChange, AnsweredRevision
from tracker.views.tables import REPLAYED
from tracker.views.timelines import revision_at, timeline
from tracker.views.trails import TrailFilter, trail

FIRST_INSTANT = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
OBSERVED_AT = datetime(2026, 5, 1, 6, 0, tzinfo=UTC)


def silent(done: int, total: int) -> None:
    """Shows no progress."""


def ticking_clock(first: datetime = FIRST_INSTANT) -> Callable[[], datetime]:
    """A clock that is a second later each time it is read."""
    seconds = itertools.count()
    return lambda: first + timedelta(seconds=next(seconds))


@dataclass(slots=True)
class MadeSource:
    """Records that come from nowhere: a source as the importer asks for it."""

    found: Sequence[RawRecord | Refusal | Skipped]
    bytes_done: int = 0

    def survey(self) -> Survey:
        """Count bytes, and which trials come more than once."""
        raws = [found for found in self.found if isinstance(found, RawRecord)]
        ids = [raw.expected_id for raw in raws if raw.expected_id]
        return Survey(
            total_bytes=sum(len(raw.raw) for raw in raws),
            files_count=len(raws),
            repeated=frozenset(trial_id for trial_id in ids if ids.count(trial_id) > 1),
        )

    def records(self) -> Iterator[RawRecord | Refusal | Skipped]:
        """All of them."""
        self.bytes_done = 0
        for found in self.found:
            self.bytes_done += len(found.raw) if isinstance(found, RawRecord) else 0
            yield found


def raw_of(record: Json, *, file: str = "made.json") -> RawRecord:
    """A record as a file holds it, or the text of a page."""
    place = Place(file=file)
    if isinstance(record, str):
        return RawRecord(place=place, raw=record.encode(), kind="page_text")
    trial_id = record["protocolSection"]["identificationModule"]["nctId"]
    return RawRecord(place=place, raw=encode(record), kind="study", expected_id=trial_id)


@dataclass(slots=True)
class Lab:
    """One database and the ways into it."""

    database: Database
    clock: Callable[[], datetime]
    trial: str = ID  # the one that is spoken of where a test names none
    observed_at: datetime = OBSERVED_AT

    @classmethod
    def open(cls, url: str) -> "Lab":
        """A lab on the database at ``url``, made or brought up to date."""
        clock = ticking_clock()
        lab = cls(Database.open(url, clock=clock), clock)
        ensure_views(lab.database, show=silent)
        return lab

    def close(self) -> None:
        """Let the database go."""
        self.database.close()

    def record(self, **given: Any) -> dict[str, Json]:
        """A record of this lab's trial."""
        return record(self.trial, **given)

    def importer(self) -> Importer:
        """What brings records in."""
        return Importer(
            database=self.database, catalogue=default_catalogue(), read=read_record, now=lambda: self.observed_at
        )

    def see(self, *records: Json, observed_at: datetime | None = None) -> ImportSummary:
        """Import ``records`` (page texts are given as text) in one import."""
        return self.run(MadeSource([raw_of(one) for one in records]), observed_at=observed_at)

    def see_each(self, *records: Json) -> None:
        """Import ``records`` in an import each."""
        for one in records:
            self.see(one)

    def observe(self, *observations: Observation) -> None:
        """Record observations of whatever coverage, in their order, in one transaction."""
        with self.database.writing() as transaction:
            Recorder(
                transaction=transaction,
                catalogue=default_catalogue(),
                run_id="made",
                observed_at=self.observed_at,
            ).record([prepare(one, address=address_of(one.record)) for one in observations])

    def move(
        self,
        now: Whereabouts,
        *,
        on: str | date,
        trial_id: str | None = None,
        into: str | None = None,
        observed_at: datetime | None = None,
    ) -> int:
        """Record where a trial's record was seen to be, in the data release of the day ``on``."""
        with self.database.writing() as transaction:
            return record_whereabouts(
                transaction,
                trial_id=trial_id or self.trial,
                now=now,
                into=into,
                data_on=date.fromisoformat(str(on)),
                observed_at=observed_at or self.clock(),
                run_id="made",
                source="made",
            )

    def run(
        self,
        source: MadeSource,
        *,
        observed_at: datetime | None = None,
        show: Callable[[Progress], None] = lambda _: None,
    ) -> ImportSummary:
        """Import a source."""
        return self.importer().run(source, observed_at=observed_at, show=show)

    def events(self, trial_id: str | None = None) -> list[RecordedTrialEvent]:
        """A trial's events as the ledger holds them."""
        with self.database.reading() as transaction:
            return list(Ledger(transaction).read_trial(trial_id or self.trial))

    def timeline(self, trial_id: str | None = None, *, known_at: datetime | None = None) -> list[AnsweredRevision]:
        """A trial's revisions in the registry's order."""
        with self.database.reading() as transaction:
            return timeline(transaction.connection, trial_id or self.trial, known_at=known_at)

    def trail(self, trial_id: str | None = None, *, known_at: datetime | None = None) -> list[AnsweredChange]:
        """A trial's changes, the finest known way."""
        with self.database.reading() as transaction:
            wanted = TrailFilter(known_at=known_at)
            return trail(transaction.connection, trial_id or self.trial, wanted, limit=None)

    def at(
        self,
        trial_id: str | None = None,
        *,
        as_of: str | None = None,
        known_at: datetime | None = None,
        number: int | None = None,
    ) -> AnsweredRevision:
        """The revision that held on a day, was known at an instant, or has a number."""
        day = date.fromisoformat(as_of) if as_of else None
        with self.database.reading() as transaction:
            return revision_at(
                transaction.connection, trial_id or self.trial, as_of=day, known_at=known_at, number=number
            )

    def stored(self, snapshot: str) -> Json:
        """A stored record."""
        with self.database.reading() as transaction:
            return decode(transaction.snapshots.get(snapshot))

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every view."""
        with self.database.reading() as transaction:
            return {
                table.name: sorted((tuple(row) for row in transaction.connection.execute(table.select())), key=repr)
                for table in REPLAYED
            }

    def verify(self) -> VerifyReport:
        """Check everything."""
        return verify(self.database, show=silent)

    def snapshots_count(self) -> int:
        """How many bodies are stored."""
        with self.database.reading() as transaction:
            return len(list(transaction.snapshots.hashes()))

    def events_count(self) -> int:
        """How many events there are."""
        with self.database.reading() as transaction:
            return transaction.events.head().count


def told(changes: Sequence[AnsweredChange]) -> list[tuple[int | None, int | None, str, Json, Json]]:
    """Of each change: from which revision to which, its field, and its values."""
    return [(one.predecessor, one.revision, one.field, one.old, one.new) for one in changes]
