"""What people do to deliveries: send again, hold back, let go, kill.

It promises that what is under way is never torn from its holder: what is decided of it meanwhile holds once it is
settled; and that no endpoint rests for a delivery that is held or dead. It does not know why anybody wants this. Rows
are locked as in `store.settling`.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, case, select, update

from store.announcement import Announcement
from store.deliveries import WAITING, DeliveryFilter
from store.delivery_list import conditions
from store.instants import instant_text
from store.outbox_tables import ADDRESSES, DELIVERIES, ENDPOINTS

SKIPPED = "skipped"
"""The reason of a delivery that came while its subscription was held, and was not wanted afterwards."""


class Interventions:
    """Changes deliveries in one transaction."""

    def __init__(self, connection: Connection, *, announcement: Announcement) -> None:
        self._connection = connection
        self._announcement = announcement

    def redeliver(self, wanted: DeliveryFilter, now: datetime) -> list[str]:
        """Begin the schedule of each anew, at ``now``, and end the rest of its endpoint; the ids, in order.

        Those that were sent are sent again. Left out is what is under way, what was pruned, and what has no active
        address. What a held subscription has sent or lost is not held by itself: hold it again.
        """
        values = {"state": "pending", "attempts_count": 0, "next_attempt_at": instant_text(now)}
        nothing = dict.fromkeys(("settled_at", "reason"))
        changed = self._change([*conditions(wanted), _STATE != "leased", _IS_WHOLE, _TO_ACTIVE], **values, **nothing)
        self._wake({row.endpoint for row in changed})
        return [row.id for row in changed]

    def hold(self, subscription_id: str) -> int:
        """Let nothing of a subscription be claimed until it is let go; how many deliveries wait for that now."""
        changed = self._change([*_waiting(subscription_id), DELIVERIES.c.is_held == 0], is_held=1)
        self._wake_from({row.id for row in changed})
        return len(changed)

    def let_go(self, subscription_id: str, now: datetime, *, skip: bool = False) -> int:
        """Let what is held be claimed, its schedule begun anew and its endpoints' rest ended; how many those are.

        With ``skip`` what was enqueued since the hold is dead instead.
        """
        held = [*_waiting(subscription_id), DELIVERIES.c.is_held == 1]
        if skip:
            self._kill([*held, DELIVERIES.c.came_held == 1], SKIPPED, now)
        is_failed, at = _STATE == "failed", instant_text(now)
        changed = self._change(
            held,
            is_held=0,
            came_held=0,
            state=case((is_failed, "pending"), else_=_STATE),
            attempts_count=case((is_failed, 0), else_=DELIVERIES.c.attempts_count),
            next_attempt_at=case((is_failed, at), else_=DELIVERIES.c.next_attempt_at),
        )
        self._wake({row.endpoint for row in changed})
        return len(changed)

    def kill(self, subscription_id: str, reason: str, now: datetime) -> int:
        """Let nothing more of a subscription be tried; how many deliveries are dead, or will be if not sent now."""
        return self._kill(_waiting(subscription_id), reason, now)

    def kill_address(self, address_id: str, reason: str, now: datetime) -> int:
        """The same for what goes to one address."""
        return self._kill([DELIVERIES.c.address_id == address_id, _IS_WAITING], reason, now)

    def kill_these(self, wanted: DeliveryFilter, reason: str, now: datetime) -> int:
        """The same for those that are wanted."""
        return self._kill([*conditions(wanted), _IS_WAITING], reason, now)

    def _kill(self, which: "list[ColumnElement[bool]]", reason: str, now: datetime) -> int:
        is_leased, at = _STATE == "leased", instant_text(now)
        changed = self._change(
            which,
            state=case((is_leased, _STATE), else_="dead"),
            is_held=case((is_leased, DELIVERIES.c.is_held), else_=0),
            came_held=case((is_leased, DELIVERIES.c.came_held), else_=0),
            next_attempt_at=case((is_leased, DELIVERIES.c.next_attempt_at), else_=None),
            settled_at=case((is_leased, None), else_=at),
            reason=case((is_leased, DELIVERIES.c.reason), else_=reason),
            dies_because=case((is_leased, reason), else_=None),
        )
        self._wake_from({row.id for row in changed})
        return len(changed)

    def _change(self, which: "list[ColumnElement[bool]]", **values: Any) -> "list[Row[Any]]":
        """Change the rows of which all that holds, and answer number, id and endpoint of each, in order."""
        locked = select(DELIVERIES.c.number).where(*which).order_by(DELIVERIES.c.number)
        numbers = locked.with_for_update(key_share=True)
        change = update(DELIVERIES).where(DELIVERIES.c.number.in_(numbers)).values(**values)
        told = change.returning(DELIVERIES.c.number, DELIVERIES.c.id, DELIVERIES.c.endpoint)
        return sorted(self._connection.execute(told), key=lambda row: row.number)

    def _wake(self, endpoints: Collection[str]) -> None:
        """End the rest of endpoints of which something is due now, and tell those who wait for it."""
        if endpoints:
            self._announcement.make()
        self._end_rests([one for one in self._resting() if one in endpoints])

    def _wake_from(self, ids: Collection[str]) -> None:
        """End each rest that is for one of these deliveries."""
        self._end_rests([endpoint for endpoint, resting_for in self._resting().items() if resting_for in ids])

    def _resting(self) -> dict[str, str]:
        resting = select(ENDPOINTS.c.endpoint, ENDPOINTS.c.resting_for).where(ENDPOINTS.c.rests_until.is_not(None))
        return {row.endpoint: row.resting_for for row in self._connection.execute(resting.order_by("endpoint"))}

    def _end_rests(self, names: Sequence[str]) -> None:
        if names:
            woken = update(ENDPOINTS).where(ENDPOINTS.c.endpoint.in_(names))
            self._connection.execute(woken.values(rests_until=None, resting_for=None))


_STATE = DELIVERIES.c.state
_IS_WHOLE = DELIVERIES.c.pruned_at.is_(None)
_IS_WAITING = _STATE.in_([str(state) for state in WAITING])
_TO_ACTIVE = (
    select(ADDRESSES.c.address_id)
    .where(
        ADDRESSES.c.address_id == DELIVERIES.c.address_id,
        ADDRESSES.c.state == "active",
        ADDRESSES.c.removed_at.is_(None),
        ADDRESSES.c.clear.is_not(None),
    )
    .exists()
)


def _waiting(subscription_id: str) -> "list[ColumnElement[bool]]":
    return [DELIVERIES.c.subscription_id == subscription_id, _IS_WAITING]
