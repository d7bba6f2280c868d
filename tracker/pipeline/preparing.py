"""Everything about an observation that needs no knowledge of what is held: done by workers, in parallel.

The address of a snapshot is the SHA-256 of the sorted JSON of its tracked content, verbatim
(``docs/architecture.md`` says why not of the canonical form). Preparing is pure; results are picklable.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from store.json_text import decode, encode, join_members
from store.snapshots import PackedBody, pack, unpack
from tracker.diffing.canonical import tracked
from tracker.domain.coverage import Coverage
from tracker.domain.record import Json, data_on
from tracker.pipeline.share import Share
from tracker.pipeline.transitions import Observed
from tracker.source import Observation
from tracker.views.rows import Row, columns_read


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An observation ready to be recorded.

    ``packed`` is its record, verbatim and compressed; ``facts`` are the columns of the views that are read from it;
    ``digest`` is the SHA-256 of the bytes it was read from, where it was read from bytes. ``share``: which of its
    differences are recorded; None: all.
    """

    trial_id: str
    snapshot: str
    packed: PackedBody
    facts: Row
    coverage: Coverage
    data_on: date | None
    source: str
    digest: bytes | None = None
    registry_version: int | None = None
    share: Share | None = None

    @property
    def posted_on(self) -> date | None:
        """The record's post date."""
        return date.fromisoformat(self.facts["posted_on"]) if self.facts["posted_on"] else None

    def observed(self, observed_at: datetime) -> Observed:
        """What planning needs of it."""
        return Observed(
            trial_id=self.trial_id,
            read=lambda: decode(unpack(self.packed)),
            snapshot=self.snapshot,
            coverage=self.coverage,
            posted_on=self.posted_on,
            submitted_on=self.facts["submitted_on"],
            data_on=self.data_on,
            observed_at=observed_at,
            source=self.source,
            registry_version=self.registry_version,
            share=self.share,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterSight:
    """A sight of a held content in a later release; ``revision`` was the newest of the trial when it was read."""

    trial_id: str
    revision: int
    snapshot: str
    coverage: Coverage
    data_on: date
    source: str
    digest: bytes | None = None

    def prepared(self, body: bytes) -> Prepared:
        """The same as an observation; ``body`` is the content as it is held."""
        return Prepared(
            trial_id=self.trial_id,
            snapshot=self.snapshot,
            packed=pack(self.snapshot, body),
            facts=columns_read(decode(body)),
            coverage=self.coverage,
            data_on=self.data_on,
            source=self.source,
            digest=self.digest,
        )


def address_of(record: Json, sections: Mapping[str, bytes] | None = None) -> str:
    """The address of a record's content; ``sections`` are its members, encoded, where they are at hand."""
    encoded = sections or {}
    kept = tracked(record)
    members = {
        key: encoded[key] if key in encoded and member is record[key] else encode(member)
        for key, member in kept.items()
    }
    return hashlib.sha256(join_members(members)).hexdigest()


def prepare(observation: Observation, *, address: str, digest: bytes | None = None) -> Prepared:
    """Pack an observation whose content has the given address."""
    facts = columns_read(observation.record)  # before packing, while the record is in the cache
    return Prepared(
        trial_id=observation.trial_id,
        snapshot=address,
        packed=pack(address, observation.body),
        facts=facts,
        coverage=observation.coverage,
        data_on=data_on(observation.record),
        source=observation.source,
        digest=digest,
        registry_version=observation.registry_version,
    )
