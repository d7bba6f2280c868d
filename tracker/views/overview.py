"""How much the ledger holds."""

from sqlalchemy import Connection, func, select

from tracker.domain.whereabouts import Whereabouts
from tracker.views.answers import DisabledAddress, Overview
from tracker.views.standing import standing
from tracker.views.tables import REVISIONS, TRIALS

_AWAY = (
    select(TRIALS.c.whereabouts, func.count())
    .where(TRIALS.c.whereabouts != Whereabouts.VISIBLE.value)
    .group_by(TRIALS.c.whereabouts)
    .order_by(TRIALS.c.whereabouts)
)


def overview(connection: Connection, *, events: int, rejects: int, size_bytes: int) -> Overview:
    """Counts of the views, with those of the store that the caller has at hand."""
    statuses = connection.execute(
        select(TRIALS.c.published_status, func.count())
        .group_by(TRIALS.c.published_status)
        .order_by(func.count().desc())
    )
    by_status = {status or "none": count for status, count in statuses}
    return Overview(
        trials=sum(by_status.values()),
        revisions=connection.execute(
            select(func.count()).select_from(REVISIONS).where(REVISIONS.c.replaced_at.is_(None))
        ).scalar_one(),
        events=events,
        rejects=rejects,
        size_bytes=size_bytes,
        newest_data_on=connection.execute(select(func.max(TRIALS.c.data_on))).scalar_one(),
        by_status=by_status,
        away={row.whereabouts: row[1] for row in connection.execute(_AWAY)},
        disabled_addresses=_disabled_addresses(connection),
    )


def _disabled_addresses(connection: Connection) -> list[DisabledAddress]:
    return [
        DisabledAddress(
            subscription=subscription.name,
            address_number=address.address_number,
            channel=address.channel,
            address=address.address,
            disabled_at=address.disabled_at,
            disabled_reason=address.disabled_reason,
        )
        for subscription in standing(connection)
        for address in subscription.addresses
        if address.is_disabled
    ]
