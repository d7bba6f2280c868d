"""Sightings: which content a stream was seen to have on which date, where the sight added nothing to the ledger.

A sight that says nothing new leaves no event, yet what arrives later may have to take its place before or behind
it. It promises that a sighting is kept once, however often it is reported. What a revision is, and what the dates
mean, is for its callers to know.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from store.bulk import insert_rows
from store.instants import Clock, instant_text
from store.tables import SIGHTINGS


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A sight of ``content`` (its address), which said the same as a revision of the stream.

    ``dated`` is the date by which sights are ordered ("" for none), ``data_on`` that of the data release where it
    is known. ``is_full``: it showed all that was known in that revision.
    """

    stream: str
    dated: str
    content: str
    revision: int
    data_on: str | None
    is_full: bool
    observed_at: str
    source: str


_OF_STREAMS = (
    select(SIGHTINGS)
    .where(SIGHTINGS.c.stream.in_(bindparam("streams", expanding=True)))
    .order_by(SIGHTINGS.c.stream, SIGHTINGS.c.dated, SIGHTINGS.c.content)
)


class Sightings:
    """The sightings as one transaction sees and adds to them."""

    def __init__(self, connection: Connection, *, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    def put_many(self, sightings: Sequence[Sighting]) -> None:
        """Keep ``sightings``; those of a stream, date and content that are held already are passed over."""
        now = instant_text(self._clock()) if sightings else ""
        rows = [
            (
                one.stream,
                one.dated,
                one.content,
                one.revision,
                one.data_on,
                int(one.is_full),
                one.observed_at,
                one.source,
                now,
            )
            for one in sightings
        ]
        insert_rows(self._connection, SIGHTINGS, rows, on_conflict="ON CONFLICT DO NOTHING")

    def of(self, streams: Sequence[str]) -> dict[str, list[Sighting]]:
        """The sightings of each of ``streams`` (some hundreds at most) that has any, the earliest dated first."""
        found: dict[str, list[Sighting]] = {}
        for row in self._connection.execute(_OF_STREAMS, {"streams": list(streams)}):
            found.setdefault(row.stream, []).append(
                Sighting(
                    stream=row.stream,
                    dated=row.dated,
                    content=row.content,
                    revision=row.revision,
                    data_on=row.data_on,
                    is_full=bool(row.is_full),
                    observed_at=row.observed_at,
                    source=row.source,
                )
            )
        return found
