"""Brings the registry's history of trials into the ledger: each version a revision, in the order of the versions.

Promises: a version that came is stored before the next is asked for, and is never asked for again; broken off
anywhere and run again, it ends as if it had not been; run twice, it adds nothing. Of a trial of which nothing is held
that the registry shows today, the versions come first, the oldest of them first, and the live record last. Of any
other, the newest comes first, so that each version is compared with its neighbours alone. A version that cannot be
read is kept in quarantine and stops nothing. What a poll holds of a trial does not come in by its live record.
"""

import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from structlog.contextvars import bound_contextvars

from store.json_text import encode
from store.sightings import Sighting
from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.errors import NotFound
from tracker.domain.record import Json, is_withheld, text_at
from tracker.domain.staleness import UNKNOWN
from tracker.domain.trial_id import history_of
from tracker.pipeline.holding import without_held
from tracker.pipeline.preparing import address_of, prepare
from tracker.pipeline.recording import Counts, Recorder
from tracker.pipeline.rejecting import reject
from tracker.registry import Found, Gone, HistoryEntry, Merged, Registry
from tracker.source import Observation, Place, RawRecord, Refusal
from tracker.sources.history_version import SOURCE, read_version
from tracker.sources.study_json import read_study
from tracker.views.held import heads, held_trials
from tracker.views.rows import instant_text

_MOST_ALIASES = 5  # in a row; the registry's lead to the survivor at once


@dataclass(frozen=True, slots=True, kw_only=True)
class BackfillProgress:
    """How far a run is: which of its trials, and how many versions of that one are held; ``stored`` in all."""

    trial_id: str
    trials_done: int
    trials_count: int
    versions_held: int
    versions_count: int
    stored: int


@dataclass(slots=True, kw_only=True)
class BackfillSummary:
    """What a run did.

    ``versions`` were asked for and stored, ``held_before`` of earlier runs. ``aliases`` leads from an id that was asked
    for to that of the surviving record; ``absent`` holds the ids that have no history, each with the reason.
    ``counts`` includes the live records that follow.
    """

    run_id: str
    trials: int = 0
    versions: int = 0
    held_before: int = 0
    rejected: int = 0
    aliases: dict[str, str] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)


Show = Callable[[BackfillProgress], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfiller:
    """Backfills into one database from one registry. ``now``: the present instant, aware, UTC."""

    database: Database
    catalogue: Catalogue
    registry: Registry
    now: Callable[[], datetime]

    def run(self, trial_ids: Iterable[str], *, show: Show = lambda _: None) -> BackfillSummary:
        """Backfill ``trial_ids`` one after another, following aliases.

        Raises what the registry raises where it cannot be asked; what came until then is stored.
        """
        wanted = tuple(dict.fromkeys(trial_ids))
        summary = BackfillSummary(run_id=str(uuid.uuid4()))
        for place, asked in enumerate(wanted):
            try:
                of_trial = self._of_trial(asked, summary, place=(place, len(wanted)), show=show)
            except NotFound as err:
                summary.absent[asked] = str(err)
                continue
            with bound_contextvars(run=summary.run_id, trial=of_trial.trial_id):
                of_trial.run()
            summary.trials += 1
        return summary

    def _of_trial(self, asked: str, summary: BackfillSummary, *, place: tuple[int, int], show: Show) -> "_OfTrial":
        with bound_contextvars(run=summary.run_id, trial=asked):
            found = self._found(asked)
            if found.trial_id != asked:
                summary.aliases[asked] = found.trial_id
        with bound_contextvars(run=summary.run_id, trial=found.trial_id):
            entries = self.registry.history(found.trial_id)
        return _OfTrial(backfiller=self, found=found, entries=entries, summary=summary, place=place, show=show)

    def _found(self, asked: str) -> "_Live":
        trial_id = asked
        for _ in range(_MOST_ALIASES):
            match self.registry.study(trial_id):
                case Found(record=record):
                    return _Live(trial_id=trial_id, record=record)
                case Merged(into=into):
                    trial_id = into
                case Gone():
                    break
        way = "" if trial_id == asked else f", into which {asked} was merged"
        raise NotFound(f"the registry has no trial {trial_id}{way}; check the number")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Live:
    """What the registry shows today."""

    trial_id: str
    record: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfTrial:
    """The history of one trial, on its way in."""

    backfiller: Backfiller
    found: _Live
    entries: Sequence[HistoryEntry]
    summary: BackfillSummary
    place: tuple[int, int]
    show: Show

    @property
    def trial_id(self) -> str:
        return self.found.trial_id

    def run(self) -> None:
        """Store what is missing, and the live record where nothing of the kind is held."""
        with self.backfiller.database.reading() as transaction:
            done = versions_done(transaction, self.trial_id)
            held = held_trials(transaction, [self.trial_id]).get(self.trial_id)
        missing = [place for place, entry in enumerate(self.entries) if entry.version not in done]
        if held is not None and any(revision.registry_version is None for revision in held.timeline):
            missing.reverse()
        self.summary.held_before += len(self.entries) - len(missing)
        self._tell(len(self.entries) - len(missing))
        for count, place in enumerate(missing, start=1 + len(self.entries) - len(missing)):
            self._take_in(place)
            self._tell(count)
        self._take_in_live()

    def _take_in(self, place: int) -> None:
        entry = self.entries[place]
        study = self.backfiller.registry.history_version(self.trial_id, entry.version)
        version = read_version(
            study,
            trial_id=self.trial_id,
            version=entry.version,
            submitted_status=submitted_status(self.entries, place, live=self.found.record),
        )
        with self.backfiller.database.writing() as transaction:
            if entry.version in versions_done(transaction, self.trial_id):
                return  # by another process
            if isinstance(version, Refusal):
                self._reject(transaction, version)
                content = version.sha256
            else:
                content = self._record(transaction, version)
            transaction.sightings.put_many([self._mark(entry.version, content)])
        self.summary.versions += 1

    def _take_in_live(self) -> None:
        """The live record, asked for again: the versions may have taken a while."""
        with self.backfiller.database.reading() as transaction:
            head = heads(transaction, [self.trial_id]).get(self.trial_id)
        if head is not None and head.coverage.is_whole:
            return
        match self.backfiller.registry.study(self.trial_id):
            case Found(record=record) if not is_withheld(record):
                raw = RawRecord(place=Place(file=self.trial_id), raw=encode(record), kind="study")
                live = read_study(raw)
                with self.backfiller.database.writing() as transaction:
                    if isinstance(live, Refusal):
                        self._reject(transaction, live)
                    else:
                        self._record(transaction, live)

    def _record(self, transaction: Transaction, observation: Observation) -> str:
        address = address_of(observation.record, observation.sections)
        recorder = Recorder(
            transaction=transaction,
            catalogue=self.backfiller.catalogue,
            run_id=self.summary.run_id,
            observed_at=self.backfiller.now(),
            counts=self.summary.counts,
        )
        prepared = prepare(observation, address=address)
        if observation.registry_version is None:
            held = held_trials(transaction, [self.trial_id]).get(self.trial_id)
            prepared = without_held(transaction, prepared, held)
        recorder.record([prepared])
        return address

    def _reject(self, transaction: Transaction, refusal: Refusal) -> None:
        reject(transaction, refusal, run_id=self.summary.run_id, trial_id=self.trial_id)
        self.summary.rejected += 1

    def _mark(self, version: int, content: str) -> Sighting:
        """What says from now on that a version was seen, whether or not it added anything."""
        return Sighting(
            stream=history_of(self.trial_id),
            dated=f"{version:06}",
            content=content,
            revision=version,
            data_on=None,
            is_full=True,
            observed_at=instant_text(self.backfiller.now()),
            source=SOURCE,
        )

    def _tell(self, versions_held: int) -> None:
        done, count = self.place
        self.show(
            BackfillProgress(
                trial_id=self.trial_id,
                trials_done=done,
                trials_count=count,
                versions_held=versions_held,
                versions_count=len(self.entries),
                stored=self.summary.versions,
            )
        )


def versions_done(transaction: Transaction, trial_id: str) -> frozenset[int]:
    """The versions of the registry's history that have been seen to."""
    stream = history_of(trial_id)
    return frozenset(mark.revision for mark in transaction.sightings.of([stream]).get(stream, ()))


def submitted_status(entries: Sequence[HistoryEntry], place: int, *, live: Json) -> str | None:
    """What stands for the computed UNKNOWN in the version at ``place``: the status that its sponsor submitted.

    The list of versions tells it of all but the newest; of that one the live record does. Else it is that of the
    version before.
    """
    told = [entry.status for entry in entries[: place + 1]]
    if told[-1] in (None, UNKNOWN) and place == len(entries) - 1:
        shown = _status(live)
        told.append(text_at(live, "protocolSection", "statusModule", "lastKnownStatus") if shown == UNKNOWN else None)
    return next((status for status in reversed(told) if status not in (None, UNKNOWN)), None)


def _status(record: Json) -> str | None:
    return text_at(record, "protocolSection", "statusModule", "overallStatus")
