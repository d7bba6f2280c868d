"""The deliveries there are, counted and listed, with their attempts.

It promises that a count and a list of the same filter, in one transaction, agree. It changes nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, text

from store.addresses import IS_ACTIVE
from store.deliveries import EVERY, Attempt, Delivery, DeliveryCounts, DeliveryFilter, DeliveryState
from store.delivery_rows import TOLD_COLUMNS, attempt_of_row, content_of_row, delivery_of_row
from store.errors import NotFound
from store.instants import instant_of, instant_text
from store.outbox_tables import ATTEMPTS, DELIVERIES, FIRST_ATTEMPT, LEASED, NEXT_ATTEMPT


class DeliveryList:
    """The deliveries as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def counts(self, wanted: DeliveryFilter = EVERY) -> DeliveryCounts:
        """How many deliveries are in each state, of those that are wanted."""
        columns = (DELIVERIES.c.state, func.count().label("total"), func.sum(DELIVERIES.c.is_held).label("held"))
        rows = self._connection.execute(select(*columns).where(*conditions(wanted)).group_by(DELIVERIES.c.state)).all()
        return DeliveryCounts(
            by_state={DeliveryState(row.state): row.total for row in rows}, held=sum(int(row.held) for row in rows)
        )

    def overdue_since(self, now: datetime) -> datetime | None:
        """Since when the delivery that is overdue the longest has been due; None where none is.

        What is held is not due, nor what goes to a disabled address, nor what waits for an endpoint that rests; what
        somebody holds is due again when the lease ends.
        """
        since = self._connection.execute(_OVERDUE_SINCE, {"now": instant_text(now)}).scalar()
        return None if since is None else instant_of(since)

    def attempts_of(self, ids: Sequence[str]) -> dict[str, list[Attempt]]:
        """Every attempt of some hundreds of deliveries, by the delivery's id, in their order."""
        found: dict[str, list[Attempt]] = {}
        of_delivery = DELIVERIES.c.number == ATTEMPTS.c.delivery_number
        question = select(DELIVERIES.c.id, ATTEMPTS).join(DELIVERIES, of_delivery).where(DELIVERIES.c.id.in_(list(ids)))
        order = (ATTEMPTS.c.delivery_number, ATTEMPTS.c.number)
        for row in self._connection.execute(question.order_by(*order)).mappings():
            found.setdefault(row["id"], []).append(attempt_of_row(row))
        return found

    def newest(self, wanted: DeliveryFilter = EVERY, *, limit: int, before: int | None = None) -> list[Delivery]:
        """The last so many of those that are wanted, in the order of numbers, without their content.

        With `before` those of a lower number only.
        """
        earlier = [] if before is None else [DELIVERIES.c.number < before]
        page = select(*TOLD_COLUMNS).where(*conditions(wanted), *earlier)
        page = page.order_by(DELIVERIES.c.number.desc()).limit(limit)
        return [delivery_of_row(row) for row in reversed(self._connection.execute(page).mappings().all())]

    def list(self, wanted: DeliveryFilter = EVERY, *, after: int = 0, limit: int | None = None) -> list[Delivery]:
        """Those that are wanted with a number > `after`, in the order of numbers, without their content."""
        page = select(*TOLD_COLUMNS).where(*conditions(wanted), DELIVERIES.c.number > after)
        rows = self._connection.execute(page.order_by(DELIVERIES.c.number).limit(limit))
        return [delivery_of_row(row) for row in rows.mappings()]

    def content(self, delivery_id: str) -> Any:
        """The content of one delivery; NotFound, also where it was pruned."""
        columns = (DELIVERIES.c.id, DELIVERIES.c.size_bytes, DELIVERIES.c.content, DELIVERIES.c.pruned_at)
        row = self._connection.execute(select(*columns).where(DELIVERIES.c.id == delivery_id)).mappings().one_or_none()
        if row is None:
            raise NotFound(f"there is no delivery {delivery_id}; list the deliveries to see their ids")
        if row["pruned_at"] is not None:
            raise NotFound(
                f"the content of delivery {delivery_id} was deleted on {row['pruned_at'][:10]}, when it was old"
            )
        return content_of_row(row)


def conditions(wanted: DeliveryFilter) -> "list[ColumnElement[bool]]":
    """What must hold for the rows of the deliveries that are wanted."""
    columns = DELIVERIES.c
    same = ("subscription_id", "subscription", "address_id", "kind", "reason")
    found = [columns[name] == getattr(wanted, name) for name in same if getattr(wanted, name) is not None]
    if wanted.ids is not None:
        found.append(columns.id.in_(list(wanted.ids)))
    if wanted.states is not None:
        found.append(columns.state.in_([str(state) for state in wanted.states]))
    if wanted.since is not None:
        found.append(columns.created_at >= instant_text(wanted.since))
    if wanted.until is not None:
        found.append(columns.created_at < instant_text(wanted.until))
    return found


# A partial index for each state. What waits behind a rest is due from its end, so resting endpoints are left out.
_WAITING_OVERDUE = """
    SELECT min(CASE WHEN endpoints.rests_until > deliveries.next_attempt_at
                    THEN endpoints.rests_until ELSE deliveries.next_attempt_at END) AS since
      FROM deliveries JOIN endpoints ON endpoints.endpoint = deliveries.endpoint
     WHERE {condition} AND deliveries.next_attempt_at <= :now
       AND (endpoints.rests_until IS NULL OR endpoints.rests_until <= :now)
       AND EXISTS (SELECT 1 FROM addresses WHERE addresses.address_id = deliveries.address_id AND {active})
"""
_OVERDUE_SINCE = text(
    f"""
    SELECT min(since) FROM (
        {_WAITING_OVERDUE.format(condition=FIRST_ATTEMPT, active=IS_ACTIVE)}
        UNION ALL {_WAITING_OVERDUE.format(condition=NEXT_ATTEMPT, active=IS_ACTIVE)}
        UNION ALL SELECT min(lease_until) FROM deliveries WHERE {LEASED} AND lease_until <= :now
    ) AS overdue
    """
)
