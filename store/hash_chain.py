"""The chain of hashes over the ledger: finds what was changed behind the store's back.

It promises to name the first wrong position after an edit, a deletion, a reorder, a truncation, a gap in a
stream or an altered head. Who can rewrite every later event and the head as well is not found: for that,
keep a head somewhere else. It does not know the database: it reads links, in order of position.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from store.events import Head

GENESIS = "0" * 64
"""The previous hash of the first event."""

HEAD_MISSING = "the ledger's head is missing; restore a backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainLink:
    """One event exactly as stored: the texts of its columns, nothing decoded."""

    position: int
    stream: str
    stream_version: int
    event_id: str
    type: str
    schema_version: int
    data: str
    metadata: str
    recorded_at: str
    previous_hash: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainFault:
    """The first position at which the ledger is not what was recorded, and why; None where no event is to blame."""

    position: int | None
    reason: str


def link_hash(
    *,
    previous_hash: str,
    position: int,
    stream: str,
    stream_version: int,
    event_id: str,
    type: str,
    schema_version: int,
    data: str,
    metadata: str,
    recorded_at: str,
) -> str:
    """SHA-256 in hex of the previous hash and the event's fields as stored.

    Texts stand behind their length in characters, which keeps "ab" + "c" apart from "a" + "bc". The
    fields are written out because this runs for every event ever recorded.
    """
    joined = (
        f"{previous_hash},{position},{stream_version},{schema_version},{recorded_at},"
        f"{len(stream)}:{stream},{len(event_id)}:{event_id},{len(type)}:{type},"
        f"{len(data)}:{data},{len(metadata)}:{metadata}"
    )
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainMark:
    """A place in the ledger up to which it was found right, and the hash of the event there."""

    position: int
    hash: str


BEGINNING = ChainMark(position=0, hash=GENESIS)


def check_chain(
    links: Iterable[ChainLink],
    head: Head | None,
    *,
    after: ChainMark = BEGINNING,
    version_before: Callable[[str], int] = lambda _: -1,
) -> ChainFault | None:
    """The first fault of a ledger read from behind ``after``, or None when it is as recorded.

    `head` is None where the row of the head is gone; ``version_before`` tells the version of a stream at ``after``.
    Memory grows with the number of streams, not of events.
    """
    position, previous_hash = after.position, after.hash
    versions: dict[str, int] = {}
    for link in links:
        before = versions[link.stream] if link.stream in versions else version_before(link.stream)
        reason = _reason(link, position, previous_hash, before)
        if reason is not None:
            return ChainFault(position=position + 1, reason=reason)
        position, previous_hash = link.position, link.hash
        versions[link.stream] = link.stream_version
    return _head_fault(position, previous_hash, head)


def _reason(link: ChainLink, position: int, previous_hash: str, version: int) -> str | None:
    if link.position != position + 1:
        return f"missing: the next event stands at position {link.position}"
    if link.previous_hash != previous_hash:
        return "does not follow the event before it: moved, or that event was replaced"
    if not _has_its_hash(link):
        return "altered after it was recorded"
    if link.stream_version != version + 1:
        return f"stream {link.stream!r} goes from version {version} to {link.stream_version}"
    return None


def _has_its_hash(link: ChainLink) -> bool:
    try:
        return link.hash == _hash_of(link)
    except TypeError:  # a number or nothing where SQLite was made to hold it in the place of a text
        return False


def _hash_of(link: ChainLink) -> str:
    return link_hash(
        previous_hash=link.previous_hash,
        position=link.position,
        stream=link.stream,
        stream_version=link.stream_version,
        event_id=link.event_id,
        type=link.type,
        schema_version=link.schema_version,
        data=link.data,
        metadata=link.metadata,
        recorded_at=link.recorded_at,
    )


def _head_fault(position: int, last_hash: str, head: Head | None) -> ChainFault | None:
    if head is None:
        return ChainFault(position=None, reason=HEAD_MISSING)
    if position < head.position:
        return ChainFault(position=position + 1, reason=f"missing: the ledger's head is at {head.position}")
    if position > head.position:
        return ChainFault(position=head.position + 1, reason=f"beyond the ledger's head at {head.position}")
    if last_hash != head.hash:
        return ChainFault(position=position, reason="the ledger's head holds another hash")
    if head.count != position:
        return ChainFault(position=position, reason=f"the ledger's head counts {head.count} events")
    return None
