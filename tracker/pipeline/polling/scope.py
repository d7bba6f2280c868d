"""What a poll looks at: the whole registry, or the tracked queries and the tracked ids. Pure.

It promises that a part counts as new from the ledger position at which it was tracked, so that what is tracked
anew is read as if it had never been.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from tracker.domain.query import EVERYTHING, Query
from tracker.domain.record import Json
from tracker.pipeline.polling.legs import Leg
from tracker.registry import Release
from tracker.views.watch_list import WatchList

Cursor: TypeAlias = dict[str, Json]

REGISTRY, IDS = "registry", "ids"


def query_part(name: str) -> str:
    """The name of the part that a tracked query is."""
    return f"query {name}"


def cursor_name(leg: Leg, part_name: str) -> str:
    """The cursor in which a leg leaves how far it has come with a part."""
    return f"{leg} {part_name}"


def is_behind(cursor: Cursor | None, release: Release, *, since: int) -> bool:
    """Whether what left ``cursor`` has not seen the release, or what was tracked up to the position ``since``."""
    return cursor is None or cursor["release"] != release.stamp or cursor.get("since", 0) < since


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What is asked for together: the answers to ``query``, or ``ids``, each with its ledger position.

    ``query_name`` is that of a tracked query, None for the whole registry and for ids. ``since`` is the position at
    which the newest of it was tracked.
    """

    name: str
    since: int
    query: Query | None = None
    query_name: str | None = None
    ids: Mapping[str, int]

    def standing(self, cursor: Cursor | None) -> Cursor | None:
        """The cursor as far as it speaks of this part: one of another tracking does not, but for ids."""
        if cursor is None or (self.query is not None and cursor["since"] != self.since):
            return None
        return cursor

    def has_news(self, cursor: Cursor | None, release: Release) -> bool:
        """Whether there is anything to ask: a release not seen yet, or something tracked since."""
        standing = self.standing(cursor)
        return standing is None or standing["release"] != release.stamp or standing["since"] < self.since


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """All that is tracked."""

    watched: WatchList

    @property
    def is_everything(self) -> bool:
        """Whether the whole registry is tracked."""
        return self.watched.everything is not None

    @property
    def since(self) -> int:
        """The ledger position at which the newest of it was tracked."""
        watched = self.watched
        return max(watched.everything or 0, *(one.since for one in watched.queries), *watched.trials.values(), 0)

    def parts(self, leg: Leg) -> tuple[Part, ...]:
        """What ``leg`` has to list: within the whole registry, only a sweep asks who is a query's member."""
        watched = self.watched
        parts: list[Part] = []
        if watched.everything is not None:
            parts.append(Part(name=REGISTRY, since=watched.everything, query=EVERYTHING, ids={}))
        if watched.everything is None or leg is Leg.SWEEP:
            parts += [
                Part(name=query_part(one.name), since=one.since, query=one.query, query_name=one.name, ids={})
                for one in watched.queries
            ]
        if watched.everything is None and watched.trials:
            parts.append(Part(name=IDS, since=max(watched.trials.values()), ids=watched.trials))
        return tuple(parts)

    def __str__(self) -> str:
        """The scope in words, as runs show it."""
        told = ["the whole registry"] if self.is_everything else []
        for count, one, many in (
            (len(self.watched.queries), "query", "queries"),
            (len(self.watched.trials), "trial", "trials"),
        ):
            if count:
                told.append(f"{count:,} {one if count == 1 else many}")
        return ", ".join(told)
