"""Records prepared observations: snapshots, events and views in one transaction.

Promises: what an observation changes is stored whole or not at all; recording the same again stores nothing. The
caller holds the write transaction, so what is held cannot move between planning and appending.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from store.digests import Digest
from store.json_text import decode, encode
from store.sightings import Sighting
from store.snapshots import PackedBody, Snapshots, pack, unpack
from store.unit_of_work import Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.record import Dated, Json, dated
from tracker.domain.trial_id import stream_of
from tracker.ledger.events import RecordedTrialEvent
from tracker.ledger.ledger import NEW_TRIAL, Entry, Ledger
from tracker.pipeline.planning import Plan, Planner, SeenAgain
from tracker.pipeline.preparing import LaterSight, Prepared, address_of
from tracker.pipeline.transitions import Transition, migrated
from tracker.views.held import HeldTrial, held_trials, newest_revisions
from tracker.views.rows import RevisionRecorded, columns_read, instant_text
from tracker.views.state import VIEWS
from tracker.views.writer import ViewWriter

_DELTA_MOST = 0.5  # a snapshot is kept against another where that takes at most half the room


@dataclass(slots=True, kw_only=True)
class Counts:
    """What recording made of the observations it was given."""

    new_trials: int = 0
    new_revisions: int = 0
    unchanged: int = 0
    events: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Planned:
    prepared: Prepared
    held: HeldTrial | None
    transitions: Sequence[Transition]


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Records into one open write transaction.

    ``is_migration``: what the observations change was changed by the registry on many records at once, and is recorded
    as administrative. ``changed`` are the trials of which it recorded new content.
    """

    transaction: Transaction
    catalogue: Catalogue
    run_id: str
    observed_at: datetime
    counts: Counts = field(default_factory=Counts)
    is_migration: bool = False
    changed: list[str] = field(default_factory=list)

    def record(self, batch: Iterable[Prepared]) -> None:
        """Record observations in their order; several of one trial may be among them."""
        waiting: dict[str, Prepared] = {}
        for prepared in batch:
            if prepared.trial_id in waiting:
                self._record_each(list(waiting.values()))
                waiting = {}
            waiting[prepared.trial_id] = prepared
        self._record_each(list(waiting.values()))

    def record_sights(self, sights: Sequence[LaterSight]) -> None:
        """Keep sights of trials that differ from each other; where another process wrote meanwhile, plan them anew."""
        if not sights:
            return
        newest = newest_revisions(self.transaction.connection, [sight.trial_id for sight in sights])
        kept = [sight for sight in sights if newest[sight.trial_id] == sight.revision]
        moved = [sight for sight in sights if newest[sight.trial_id] != sight.revision]
        self.transaction.sightings.put_many([self._kept(sight) for sight in kept])
        self.transaction.digests.put_many(
            [
                Digest(stream=stream_of(sight.trial_id), revision=sight.revision, digest=sight.digest)
                for sight in kept
                if sight.digest is not None
            ]
        )
        self.counts.unchanged += len(kept)
        self.record([sight.prepared(self.transaction.snapshots.get(sight.snapshot)) for sight in moved])

    def record_versions(self, versions: Sequence[Prepared]) -> None:
        """Record all versions of one trial, in the order of their data dates.

        Versions known before are passed over, so that of two contents with the same data date, each known already,
        neither counts as newer than the other again.
        """
        planner = self._planner()
        held = held_trials(self.transaction, [versions[0].trial_id]).get(versions[0].trial_id)
        for version in sorted(versions, key=_dated):
            if held and planner.is_known(held, version.observed(self.observed_at)):
                self.counts.unchanged += 1
            else:
                self._record_each([version])

    def _kept(self, sight: LaterSight) -> Sighting:
        return _sighting(
            sight.trial_id,
            content=sight.snapshot,
            dated=(sight.data_on, True),
            seen=SeenAgain(revision=sight.revision, is_full=True),
            observed_at=self.observed_at,
            source=sight.source,
        )

    def _record_each(self, batch: Sequence[Prepared]) -> None:
        """Record observations of trials that differ from each other."""
        if not batch:
            return
        held = held_trials(self.transaction, [prepared.trial_id for prepared in batch])
        planner = self._planner()
        planned, again, digests = [], [], []
        for prepared in batch:
            known, observed = held.get(prepared.trial_id), prepared.observed(self.observed_at)
            plan = planner.plan(known, observed)
            if plan.transitions:
                transitions = plan.transitions
                if self.is_migration:
                    transitions = [migrated(step, observed.snapshot) for step in transitions]
                planned.append(_Planned(prepared=prepared, held=known, transitions=transitions))
            else:
                self.counts.unchanged += 1
            newest = _newest(plan, known)
            if prepared.digest is not None and newest is not None:
                stream = stream_of(prepared.trial_id)
                digests.append(Digest(stream=stream, revision=newest, digest=prepared.digest))
            if plan.seen_again is not None:
                again.append(
                    _sighting(
                        observed.trial_id,
                        content=observed.snapshot,
                        dated=observed.dated,
                        seen=plan.seen_again,
                        observed_at=observed.observed_at,
                        source=observed.source,
                    )
                )
        if planned:
            self._append(planned)
        self.transaction.sightings.put_many(again)
        self.transaction.digests.put_many(digests)

    def _append(self, planned: Sequence[_Planned]) -> None:
        snapshots = self.transaction.snapshots
        snapshots.put_many([packed for plan in planned for packed in _bodies(plan, snapshots)])
        recorded = Ledger(self.transaction).append(
            [entry for plan in planned for entry in _entries(plan)], run_id=self.run_id
        )
        ViewWriter(self.transaction.connection).apply(_revisions(planned, recorded))
        self.transaction.checkpoints.move(VIEWS, recorded[-1].position)
        self.counts.events += len(recorded)
        self.counts.new_trials += sum(plan.held is None for plan in planned)
        grown = [plan.prepared.trial_id for plan in planned for step in plan.transitions if not step.revision.is_link]
        self.counts.new_revisions += len(grown)
        self.changed += grown

    def _planner(self) -> Planner:
        return Planner(catalogue=self.catalogue, record_of=self._record_of, address_of=address_of)

    def _record_of(self, snapshot: str) -> Json:
        return decode(self.transaction.snapshots.get(snapshot))


def _newest(plan: Plan, held: HeldTrial | None) -> int | None:
    """The number of the trial's newest revision, where the observation gave it or showed all of it again."""
    newest = held.timeline[-1].number if held else None
    if plan.seen_again is not None:
        return newest if plan.seen_again.is_full and plan.seen_again.revision == newest else None
    if len(plan.transitions) != 1 or plan.transitions[0].revision.predecessor != newest:
        return None
    return plan.transitions[0].revision.number


def _dated(prepared: Prepared) -> Dated:
    return dated(prepared.data_on, prepared.posted_on) or (date.min, False)


def _sighting(
    trial_id: str, *, content: str, dated: Dated | None, seen: SeenAgain, observed_at: datetime, source: str
) -> Sighting:
    day, is_release = (dated[0].isoformat(), dated[1]) if dated else ("", False)
    return Sighting(
        stream=stream_of(trial_id),
        dated=day,
        content=content,
        revision=seen.revision,
        data_on=day if is_release else None,
        is_full=seen.is_full,
        observed_at=instant_text(observed_at),
        source=source,
    )


def _entries(plan: _Planned) -> list[Entry]:
    version = plan.held.stream_version if plan.held else NEW_TRIAL
    entries = []
    for step in plan.transitions:
        entries.append(
            Entry(
                trial_id=plan.prepared.trial_id,
                events=step.events,
                before=step.before,
                expected_version=version,
            )
        )
        version += len(step.events)
    return entries


def _bodies(plan: _Planned, snapshots: Snapshots) -> list[PackedBody]:
    """The bodies to be stored: the record as observed, and what it made of the revision where that differs."""
    bodies = [plan.prepared.packed if plan.held is None else _smaller(plan.prepared.packed, plan.held, snapshots)]
    for step in plan.transitions:
        if step.record is not None:
            packed = pack(step.revision.snapshot, encode(step.record))
            bodies.append(packed if plan.held is None else _smaller(packed, plan.held, snapshots))
    return bodies


def _smaller(packed: PackedBody, held: HeldTrial, snapshots: Snapshots) -> PackedBody:
    """The body against an earlier one of its trial, where that saves room."""
    for candidate in (held.timeline[-1].snapshot, held.timeline[0].snapshot):
        if candidate != packed.sha256 and snapshots.is_alone(candidate):
            delta = pack(packed.sha256, unpack(packed), base=(candidate, snapshots.get(candidate)))
            return delta if len(delta.body) <= _DELTA_MOST * len(packed.body) else packed
    return packed


def _revisions(planned: Sequence[_Planned], recorded: Sequence[RecordedTrialEvent]) -> list[RevisionRecorded]:
    revisions, at = [], 0
    for plan in planned:
        for step in plan.transitions:
            facts = plan.prepared.facts if step.record is None else columns_read(step.record)
            revisions.append(
                RevisionRecorded(
                    events=recorded[at : at + len(step.events)],
                    facts=None if step.revision.is_link else facts,
                )
            )
            at += len(step.events)
    return revisions
