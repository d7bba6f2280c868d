"""What is watched now: the whole registry, queries with their members, single trials."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, func, select

from store.json_text import decode
from tracker.domain.query import Query
from tracker.domain.watching import Watched
from tracker.domain.whereabouts import Whereabouts
from tracker.views.answers import AnsweredTracking
from tracker.views.tables import MEMBERS, REVISIONS, TRIALS, WATCH

# Made once: making a question costs more than asking it.
_WATCHED = select(WATCH).order_by(WATCH.c.kind, WATCH.c.name)
_TITLES = (
    select(TRIALS.c.trial_id, REVISIONS.c.title)
    .join(REVISIONS, and_(REVISIONS.c.trial_id == TRIALS.c.trial_id, REVISIONS.c.revision == TRIALS.c.revision))
    .where(TRIALS.c.trial_id.in_(bindparam("trials", expanding=True)))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedQuery:
    """A query that somebody tracks. ``since``: the ledger position of query_tracked; tracked anew, it is greater."""

    name: str
    query: Query
    since: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedTrial:
    """A trial tracked by its id.

    ``alias`` and ``is_in_place`` as in ``tracker.ledger.watch_events.Tracking``; ``whereabouts`` of its record is None
    where that was never read.
    """

    name: str
    alias: str | None
    is_in_place: bool
    whereabouts: Whereabouts | None
    merged_into: str | None

    def leads_to(self, other: "TrackedTrial") -> bool:
        """Whether it was merged into the other, as far as is known."""
        if self.whereabouts is Whereabouts.VISIBLE:
            return False
        return self.merged_into == other.name or other.alias == self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchList:
    """All that is tracked, each with the ledger position since which it is.

    ``everything`` is None where the whole registry is not tracked; ``trials`` are those tracked by their ids;
    ``queries`` are sorted by name.
    """

    everything: int | None
    queries: tuple[TrackedQuery, ...]
    trials: Mapping[str, int]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is tracked."""
        return self.everything is None and not self.queries and not self.trials


def watch_list(connection: Connection) -> WatchList:
    """What is tracked, as this transaction sees it."""
    everything: int | None = None
    queries: list[TrackedQuery] = []
    trials: dict[str, int] = {}
    for row in connection.execute(_WATCHED):
        match Watched(row.kind):
            case Watched.REGISTRY:
                everything = row.position
            case Watched.QUERY:
                queries.append(TrackedQuery(name=row.name, query=_query(row.parameters), since=row.position))
            case Watched.TRIAL:
                trials[row.name] = row.position
    return WatchList(everything=everything, queries=tuple(queries), trials=trials)


def tracked_since(connection: Connection) -> datetime | None:
    """Since when the first of what is tracked now is; None where nothing is."""
    first = connection.scalar(select(func.min(WATCH.c.tracked_at)))
    return None if first is None else datetime.fromisoformat(first)


def tracked_trials(connection: Connection) -> dict[str, TrackedTrial]:
    """The trials tracked by their ids, by id."""
    question = (
        select(WATCH.c.name, WATCH.c.alias, WATCH.c.is_in_place, TRIALS.c.whereabouts, TRIALS.c.merged_into)
        .outerjoin(TRIALS, TRIALS.c.trial_id == WATCH.c.name)
        .where(WATCH.c.kind == Watched.TRIAL.value)
        .order_by(WATCH.c.name)
    )
    return {
        row.name: TrackedTrial(
            name=row.name,
            alias=row.alias,
            is_in_place=bool(row.is_in_place),
            whereabouts=Whereabouts(row.whereabouts) if row.whereabouts else None,
            merged_into=row.merged_into,
        )
        for row in connection.execute(question)
    }


def is_tracked(connection: Connection, trial_id: str) -> bool:
    """Whether a trial is tracked by its id."""
    wanted = select(WATCH.c.name).where(WATCH.c.kind == Watched.TRIAL.value, WATCH.c.name == trial_id)
    return connection.execute(wanted).one_or_none() is not None


def tracked_aliases(connection: Connection) -> dict[str, str]:
    """The aliases under which tracked trials were asked for, each with the trial's id."""
    rows = connection.execute(select(WATCH.c.alias, WATCH.c.name).where(WATCH.c.alias.is_not(None)))
    return {row.alias: row.name for row in rows}


def members(connection: Connection, name: str) -> dict[str, bool]:
    """All that the query called ``name`` ever found since it is tracked, each with whether it still does."""
    rows = connection.execute(select(MEMBERS.c.trial_id, MEMBERS.c.is_present).where(MEMBERS.c.name == name))
    return {row.trial_id: bool(row.is_present) for row in rows}


def present_members(connection: Connection, name: str) -> frozenset[str]:
    """The trials that the query called ``name`` found when it was last listed."""
    wanted = select(MEMBERS.c.trial_id).where(MEMBERS.c.name == name, MEMBERS.c.is_present == 1)
    return frozenset(connection.scalars(wanted))


def followed_members(connection: Connection) -> frozenset[str]:
    """The present members of all tracked queries."""
    return frozenset(connection.scalars(select(MEMBERS.c.trial_id).where(MEMBERS.c.is_present == 1).distinct()))


def titles(connection: Connection, trial_ids: Collection[str]) -> dict[str, str | None]:
    """The newest title of each of ``trial_ids`` (some hundreds at most) that the ledger holds."""
    rows = connection.execute(_TITLES, {"trials": sorted(trial_ids)})
    return {row.trial_id: row.title for row in rows}


def tracked(connection: Connection) -> list[AnsweredTracking]:
    """What is tracked, for people and programs: the whole registry, then queries, then trials, each by name."""
    present = (
        select(MEMBERS.c.name, func.sum(MEMBERS.c.is_present).label("members")).group_by(MEMBERS.c.name).subquery()
    )
    is_its_trial = and_(WATCH.c.kind == Watched.TRIAL.value, TRIALS.c.trial_id == WATCH.c.name)
    is_its_revision = and_(REVISIONS.c.trial_id == TRIALS.c.trial_id, REVISIONS.c.revision == TRIALS.c.revision)
    question = (
        select(
            WATCH,
            present.c.members,
            TRIALS.c.published_status,
            TRIALS.c.whereabouts,
            TRIALS.c.merged_into,
            REVISIONS.c.title,
        )
        .outerjoin(present, and_(WATCH.c.kind == Watched.QUERY.value, present.c.name == WATCH.c.name))
        .outerjoin(TRIALS, is_its_trial)
        .outerjoin(REVISIONS, is_its_revision)
        .order_by(WATCH.c.kind, WATCH.c.name)
    )
    rows = connection.execute(question).all()
    survivors = {row.alias: row.name for row in rows if row.is_in_place}
    answered = [
        AnsweredTracking(
            kind=row.kind,
            name=row.name or None,
            query=None if row.parameters is None else str(_query(row.parameters)),
            members=row.members,
            alias=row.alias,
            is_in_place=bool(row.is_in_place),
            with_history=bool(row.with_history),
            whereabouts=row.whereabouts or (Whereabouts.MERGED.value if row.name in survivors else None),
            merged_into=row.merged_into if row.whereabouts else survivors.get(row.name),
            published_status=row.published_status,
            title=row.title,
            tracked_at=row.tracked_at,
            position=row.position,
        )
        for row in rows
    ]
    places = {Watched.REGISTRY: 0, Watched.QUERY: 1, Watched.TRIAL: 2}
    return sorted(answered, key=lambda one: places[Watched(one.kind)])


def _query(parameters: str) -> Query:
    return Query(parameters=tuple(sorted(decode(parameters).items())))
