"""How much the ledger holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from tracker.domain.whereabouts import Whereabouts
from tracker.views.answers import DisabledAddress, Overview
from tracker.views.standing import standing
from tracker.views.tables import REVISIONS, SUBSCRIPTIONS, TRIALS

_AWAY = (
    select(TRIALS.c.whereabouts, func.count())
    .where(TRIALS.c.whereabouts != Whereabouts.VISIBLE.value)
    .group_by(TRIALS.c.whereabouts)
    .order_by(TRIALS.c.whereabouts)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What the store knows by itself; ``seen_on``: the newest data release that a complete poll has seen.

    ``announced``: the ids of disabled addresses of which another address took a notice; ``besides``: disabled
    addresses of nobody's subscription.
    """

    events: int
    rejects: int
    size_bytes: int
    seen_on: date | None
    announced: Collection[str] = ()
    besides: Sequence[DisabledAddress] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much the views hold; revisions that were replaced by an earlier sight of the same do not count."""

    trials: int
    revisions: int
    subscriptions: int


def counts(connection: Connection) -> Counts:
    """How many trials, revisions and subscriptions there are."""
    return Counts(
        trials=connection.execute(select(func.count()).select_from(TRIALS)).scalar_one(),
        revisions=_revisions(connection),
        subscriptions=connection.execute(select(func.count()).select_from(SUBSCRIPTIONS)).scalar_one(),
    )


def _revisions(connection: Connection) -> int:
    valid = select(func.count()).select_from(REVISIONS).where(REVISIONS.c.replaced_at.is_(None))
    return connection.execute(valid).scalar_one()


def overview(connection: Connection, stored: Stored) -> Overview:
    """Counts of the views, with those of the store; the newest data date is the later of records and polls."""
    statuses = connection.execute(
        select(TRIALS.c.published_status, func.count())
        .group_by(TRIALS.c.published_status)
        .order_by(func.count().desc())
    )
    by_status = {status or "none": count for status, count in statuses}
    of_records = connection.scalar(select(func.max(TRIALS.c.data_on)))
    return Overview(
        trials=sum(by_status.values()),
        revisions=_revisions(connection),
        events=stored.events,
        rejects=stored.rejects,
        size_bytes=stored.size_bytes,
        newest_data_on=max(filter(None, (of_records, stored.seen_on and stored.seen_on.isoformat())), default=None),
        by_status=by_status,
        away={row.whereabouts: row[1] for row in connection.execute(_AWAY)},
        disabled_addresses=[*_disabled_addresses(connection, stored.announced), *stored.besides],
    )


def _disabled_addresses(connection: Connection, announced: Collection[str]) -> list[DisabledAddress]:
    return [
        DisabledAddress(
            subscription=subscription.name,
            address_number=address.address_number,
            channel=address.channel,
            address=address.address,
            disabled_at=address.disabled_at,
            disabled_reason=address.disabled_reason,
            owner_told=address.address_id in announced,
        )
        for subscription in standing(connection)
        for address in subscription.addresses
        if address.is_disabled
    ]
