"""What a leg saw and does not record at once: silent changes wait until it has ended, suspicious ones for a person.

It promises that what is judged to be an accident is judged by all that was read, that of a record only the suspicious
differences wait, that nothing is held twice, and that what is held comes into the ledger by no other leg, unless its
trial has a new date.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import groupby

import structlog

from store.held import HeldObservation
from store.unit_of_work import Database, Transaction
from tracker.diffing.catalogue import Catalogue
from tracker.domain.record import Json
from tracker.domain.whereabouts import Whereabouts
from tracker.pipeline.holding import HeldMove, held_move, held_record
from tracker.pipeline.polling.accidents import Accidents
from tracker.pipeline.polling.silent import SilentSight, SilentSights
from tracker.pipeline.polling.waiting import Waiting
from tracker.pipeline.preparing import Prepared
from tracker.pipeline.share import Share

_LOG = structlog.get_logger()
_BATCH_RECORDS = 256


class Aside:
    """What is set aside for the run ``run_id`` of the leg ``source``; ``held``: how many observations it holds."""

    def __init__(self, database: Database, catalogue: Catalogue, *, source: str) -> None:
        self.run_id = ""
        self.held = 0
        self.accidents = Accidents()
        self._database = database
        self._catalogue = catalogue
        self._source = source
        self._silent = SilentSights()

    def add(self, sight: SilentSight) -> None:
        """Set aside what changed silently."""
        self._silent.add(sight)

    def place(self) -> int:
        """The place behind what has been set aside so far."""
        return self._silent.last()

    def forget(self, after: int) -> None:
        """Let go of what was set aside behind a place; of everything, with what was counted, where that is 0."""
        self._silent.forget(after)
        if not after:
            self.accidents = Accidents()

    def settle(self, record: Callable[[Transaction, datetime, Sequence[Prepared]], None]) -> None:
        """Record what was set aside, and hold of it what changed on too many records alike, or is held already."""
        suspicious = self.accidents.suspicious_paths()
        for sights in self._silent.batches(_BATCH_RECORDS):
            with self._database.writing() as transaction:
                waiting = Waiting(transaction, self._catalogue, [sight.prepared.trial_id for sight in sights])
                kept = []
                for sight in sights:
                    paths = sight.paths & (suspicious | waiting.paths(sight.prepared.trial_id))
                    self._put(transaction, sight, waiting.not_held(sight, paths))
                    if paths:
                        sight = replace(sight, prepared=replace(sight.prepared, share=Share(without=paths)))
                    if paths < sight.paths or not paths:
                        kept.append(sight)
                for observed_at, group in groupby(kept, key=lambda sight: sight.observed_at):
                    record(transaction, observed_at, [sight.prepared for sight in group])
        self.forget(0)

    def hold_moves(
        self, moves: Mapping[str, tuple[Whereabouts, str | None]], data_on: date, *, observed_at: datetime
    ) -> None:
        """Hold where trials were seen to be."""
        held = [
            held_move(
                HeldMove(
                    trial_id=trial_id,
                    now=now,
                    into=into,
                    data_on=data_on,
                    observed_at=observed_at,
                    source=self._source,
                )
            )
            for trial_id, (now, into) in moves.items()
        ]
        for at in range(0, len(held), _BATCH_RECORDS):
            with self._database.writing() as transaction:
                self._hold_moves(transaction, held[at : at + _BATCH_RECORDS])

    def close(self) -> None:
        """Let go of it all."""
        self._silent.close()

    def _put(self, transaction: Transaction, sight: SilentSight, paths: frozenset[str]) -> None:
        if paths:
            held = held_record(sight.prepared, observed_at=sight.observed_at, paths=paths)
            transaction.held.put_many(self.run_id, [held])
            self.held += 1
            _LOG.debug("record_held", trial=sight.prepared.trial_id, paths=sorted(paths))

    def _hold_moves(self, transaction: Transaction, observations: Sequence[HeldObservation]) -> None:
        """Hold moves with the run; what an earlier run holds already is not held again."""
        waiting = transaction.held.waiting([one.subject for one in observations])
        held = {(subject, *_moved(kept.observation)) for subject, all_kept in waiting.items() for kept in all_kept}
        new = [one for one in observations if (one.subject, *_moved(one)) not in held]
        transaction.held.put_many(self.run_id, new)
        self.held += len(new)
        for one in new:
            _LOG.debug("absence_held", trial=one.subject)


def _moved(held: HeldObservation) -> tuple[Json, Json]:
    """Where a held observation shows its trial to be; nothing where it shows the record."""
    return held.told.get("now"), held.told.get("into")
