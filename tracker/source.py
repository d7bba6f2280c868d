"""The port of the registries: what any source of records hands on, whatever leg it comes by.

A source yields raw records with their place, or refusals with a reason; reading a raw record gives an
``Observation``. Nothing here knows what the ledger already holds.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from store.json_text import encode_members, join_members
from tracker.domain.coverage import Coverage
from tracker.domain.record import Json

RecordKind = Literal["study", "page_text"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an input was found: a file as given or found below a folder, a member of an archive, a line from 1."""

    file: str
    member: str | None = None
    line: int | None = None

    def __str__(self) -> str:
        """The place in one line, as messages show it."""
        text = self.file if self.member is None else f"{self.file}!{self.member}"
        return text if self.line is None else f"{text}:{self.line}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawRecord:
    """One record's bytes, not read yet.

    ``raw`` is the record's own bytes, and of a record alone in its file, all of the file. ``file_bytes``: that file as
    it lies, where ``raw`` had to be unpacked. ``expected_id``: the NCT number that the file's or folder's name claims.
    """

    place: Place
    raw: bytes
    kind: RecordKind
    expected_id: str | None = None
    file_bytes: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An input that was not taken, with the reason in words a person can act on.

    ``raw`` is the whole input where it is small enough to be kept, else its first bytes (empty for an archive);
    ``size_bytes`` and ``sha256`` speak of the whole.
    """

    place: Place
    reason: str
    raw: bytes
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A record as one source showed it.

    ``body`` is the record as compact JSON with sorted keys, verbatim otherwise, and ``sections`` are its members alike;
    ``coverage`` names the parts of a record that this source can speak of. ``registry_version`` is the record's number
    in the registry's own history of the trial, from 0, None for a record from anywhere else.
    """

    trial_id: str
    record: Json
    body: bytes
    sections: Mapping[str, bytes]
    coverage: Coverage
    source: str
    registry_version: int | None = None


def observe(
    record: Json, *, trial_id: str, coverage: Coverage, source: str, registry_version: int | None = None
) -> Observation:
    """An observation of ``record``; raises the store's InvalidInput where JSON cannot say it exactly."""
    sections = encode_members(record)
    return Observation(
        trial_id=trial_id,
        record=record,
        body=join_members(sections),
        sections=sections,
        coverage=coverage,
        source=source,
        registry_version=registry_version,
    )
