"""Settling: what became of claimed deliveries, many at once.

It promises that a delivery is settled once for each lease, by its holder: of a lease that was lost nothing changes,
neither delivery nor attempts nor the rest of its endpoint. A delivery that was killed while it was under way is sent
or dies, and is not tried again; for such a one, or one that is held now, no endpoint rests. It does not know how
anything is sent, nor when it will be tried again.

Rows are locked in one order, addresses before deliveries before endpoints, each by its key, so that two who settle,
hold or kill at once wait for each other in a row.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, text

from store.deliveries import Attempt, AttemptOutcome, Claimed, DeliveryState
from store.dialect import Dialect
from store.errors import InvalidInput
from store.instants import instant_text
from store.json_text import encode
from store.plain_text import plain_text


class Ending(StrEnum):
    """How a claim of a delivery ends."""

    SENT = "sent"
    FAILED = "failed"
    DEAD = "dead"
    RETURNED = "returned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The end of a claim. Only one that failed has ``next_attempt_at``, and ``rests`` its endpoint until then.

    ``reason`` is that of one which is dead without an attempt.
    """

    claimed: Claimed
    ending: Ending
    attempt: Attempt | None = None
    reason: str | None = None
    next_attempt_at: datetime | None = None
    rests: bool = False

    @classmethod
    def sent(cls, claimed: Claimed, attempt: Attempt) -> "Settlement":
        """It was taken by the other side."""
        return cls(claimed=claimed, ending=Ending.SENT, attempt=attempt)

    @classmethod
    def failed(cls, claimed: Claimed, attempt: Attempt, *, next_attempt_at: datetime, rests: bool) -> "Settlement":
        """It will be tried again at an instant, its endpoint resting until then or not."""
        return cls(claimed=claimed, ending=Ending.FAILED, attempt=attempt, next_attempt_at=next_attempt_at, rests=rests)

    @classmethod
    def dead(cls, claimed: Claimed, attempt: Attempt) -> "Settlement":
        """It will not be tried again."""
        return cls(claimed=claimed, ending=Ending.DEAD, attempt=attempt)

    @classmethod
    def given_up(cls, claimed: Claimed, reason: str) -> "Settlement":
        """It cannot be attempted, and is dead; nothing is counted."""
        return cls(claimed=claimed, ending=Ending.DEAD, reason=reason)

    @classmethod
    def returned(cls, claimed: Claimed) -> "Settlement":
        """It was not attempted, and is due as it was before."""
        return cls(claimed=claimed, ending=Ending.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """The state that each settled delivery is in now, by its id, and the ids of those whose lease was lost."""

    states: dict[str, DeliveryState]
    lost: tuple[str, ...]


class Settling:
    """Settles deliveries in one transaction."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._failing = text(_FAILING.format(texts=dialect.json_texts, locking=dialect.locking("addresses")))
        self._lock = text(_LOCK.format(texts=dialect.json_texts, locking=dialect.locking("deliveries")))
        self._settle = text(_SETTLE.format(rows=dialect.json_rows(_SETTLE_NAMES)))
        self._attempts = text(_ATTEMPTS.format(rows=dialect.json_rows(_ATTEMPT_NAMES)))
        self._failing_since = text(_FAILING_SINCE.format(rows=dialect.json_rows(("address_id", "since"))))
        self._rests = text(_RESTS.format(rows=dialect.json_rows(("endpoint", "until", "resting_for"))))

    def settle(self, settlements: Sequence[Settlement], now: datetime) -> Settled:
        """Settle many deliveries; those whose lease was lost are told and left as they are.

        InvalidInput where one is given twice.
        """
        if not settlements:
            return Settled(states={}, lost=())
        if len({one.claimed.delivery.number for one in settlements}) < len(settlements):
            raise InvalidInput("a delivery is settled twice at once; hand in one settlement of each")
        failing = self._lock_addresses(settlements)
        states, waiting = self._settle_leased(settlements, now)
        kept = [one for one in settlements if one.claimed.delivery.number in states]
        attempted = sorted(
            [(one.attempt, one) for one in kept if one.attempt is not None],
            key=lambda pair: (pair[0].at, pair[1].claimed.delivery.number),
        )
        self._run(self._attempts, [_attempt_row(one, attempt) for attempt, one in attempted])
        self._run(self._failing_since, _failing_rows([one for _, one in attempted], failing))
        self._run(self._rests, _rest_rows([one for _, one in attempted], waiting))
        return Settled(
            states={one.claimed.delivery.id: states[one.claimed.delivery.number] for one in kept},
            lost=tuple(one.claimed.delivery.id for one in settlements if one.claimed.delivery.number not in states),
        )

    def _lock_addresses(self, settlements: Sequence[Settlement]) -> dict[str, str | None]:
        """Since when each of the addresses is failing; it stays so until the transaction ends."""
        ids = sorted({one.claimed.delivery.address_id for one in settlements if one.attempt is not None})
        rows = self._connection.execute(self._failing, {"texts": encode(ids).decode()})
        return {row.address_id: row.failing_since for row in rows}

    def _settle_leased(
        self, settlements: Sequence[Settlement], now: datetime
    ) -> tuple[dict[int, DeliveryState], set[int]]:
        """The state of each whose lease was kept, by number, and the numbers of those that will be tried again."""
        numbers = [str(one.claimed.delivery.number) for one in settlements]
        self._connection.execute(self._lock, {"texts": encode(numbers).decode()})
        rows = encode([_settle_row(one) for one in settlements]).decode()
        answer = self._connection.execute(self._settle, {"rows": rows, "now": instant_text(now)}).all()
        states = {row.number: DeliveryState(row.state) for row in answer}
        return states, {row.number for row in answer if row.state == DeliveryState.FAILED and not row.is_held}

    def _run(self, statement: Any, rows: Sequence[Sequence[Any]]) -> None:
        if rows:
            self._connection.execute(statement, {"rows": encode(rows).decode()})


def _settle_row(one: Settlement) -> tuple[Any, ...]:
    claimed, attempt = one.claimed, one.attempt
    reason = one.reason if attempt is None else attempt.reason
    return (
        claimed.delivery.number,
        claimed.holder,
        claimed.lease,
        one.ending,
        None if one.next_attempt_at is None else instant_text(one.next_attempt_at),
        None if reason is None else plain_text(reason),
        int(attempt is not None),
    )


def _attempt_row(one: Settlement, attempt: Attempt) -> tuple[Any, ...]:
    reason = None if attempt.reason is None else plain_text(attempt.reason)
    at = instant_text(attempt.at)
    return (one.claimed.delivery.number, at, attempt.outcome, attempt.status, attempt.ms, reason)


def _failing_rows(attempted: Sequence[Settlement], before: dict[str, str | None]) -> list[tuple[str, str | None]]:
    """Since when each address is failing after these attempts, in the order of time, where that is another instant."""
    after = dict(before)
    for one in attempted:
        address_id = one.claimed.delivery.address_id
        if one.attempt is not None and address_id in after:
            is_sent = one.attempt.outcome is AttemptOutcome.SENT
            after[address_id] = None if is_sent else after[address_id] or instant_text(one.attempt.at)
    return [(address_id, since) for address_id, since in after.items() if since != before[address_id]]


def _rest_rows(attempted: Sequence[Settlement], waiting: Container[int]) -> list[tuple[str, str | None, str | None]]:
    """How long each endpoint rests after these attempts, in the order of time, and for which delivery that waits."""
    rests: dict[str, tuple[str | None, str | None]] = {}
    for one in attempted:
        if one.ending is Ending.SENT:
            rests[one.claimed.delivery.endpoint] = (None, None)
        elif one.rests and one.next_attempt_at is not None and one.claimed.delivery.number in waiting:
            rests[one.claimed.delivery.endpoint] = (instant_text(one.next_attempt_at), one.claimed.delivery.id)
    return [(endpoint, *rest) for endpoint, rest in sorted(rests.items())]


_SETTLE_NAMES = ("of_number", "holder", "lease", "ending", "due_at", "why", "attempts")
_ATTEMPT_NAMES = ("of_number", "at", "outcome", "status", "ms", "reason")

_FAILING = """
    SELECT addresses.address_id, addresses.failing_since
      FROM ({texts}) AS wanted JOIN addresses ON addresses.address_id = wanted.value
     ORDER BY addresses.address_id {locking}
"""
_LOCK = """
    SELECT deliveries.number
      FROM ({texts}) AS wanted JOIN deliveries ON deliveries.number = CAST(wanted.value AS BIGINT)
     ORDER BY deliveries.number {locking}
"""
_IS_SETTLED = "given.ending IN ('sent', 'dead') OR deliveries.dies_because IS NOT NULL"
_SETTLE = f"""
    UPDATE deliveries
       SET state = CASE WHEN given.ending = 'sent' THEN 'sent'
                        WHEN {_IS_SETTLED} THEN 'dead'
                        WHEN given.ending = 'returned' AND deliveries.attempts_count = 0 THEN 'pending'
                        ELSE 'failed' END,
           next_attempt_at = CASE WHEN {_IS_SETTLED} THEN NULL
                                  WHEN given.ending = 'failed' THEN given.due_at
                                  ELSE deliveries.next_attempt_at END,
           settled_at = CASE WHEN {_IS_SETTLED} THEN :now END,
           reason = CASE WHEN given.ending = 'sent' THEN NULL
                         WHEN given.ending = 'dead' THEN given.why
                         WHEN deliveries.dies_because IS NOT NULL THEN deliveries.dies_because
                         WHEN given.ending = 'failed' THEN given.why
                         ELSE deliveries.reason END,
           is_held = CASE WHEN {_IS_SETTLED} THEN 0 ELSE deliveries.is_held END,
           attempts_count = deliveries.attempts_count + CAST(given.attempts AS INTEGER),
           dies_because = NULL, lease_holder = NULL, lease_until = NULL
      FROM ({{rows}}) AS given
     WHERE deliveries.number = CAST(given.of_number AS BIGINT) AND deliveries.state = 'leased'
       AND deliveries.lease_holder = given.holder AND deliveries.leases_count = CAST(given.lease AS INTEGER)
    RETURNING number, state, is_held
"""
_ATTEMPTS = """
    INSERT INTO attempts (delivery_number, number, at, outcome, status, ms, reason)
    SELECT CAST(given.of_number AS BIGINT),
           1 + coalesce((SELECT max(earlier.number) FROM attempts AS earlier
                          WHERE earlier.delivery_number = CAST(given.of_number AS BIGINT)), 0),
           given.at, given.outcome, CAST(given.status AS INTEGER), CAST(given.ms AS INTEGER), given.reason
      FROM ({rows}) AS given
"""
_FAILING_SINCE = """
    UPDATE addresses SET failing_since = given.since FROM ({rows}) AS given
     WHERE addresses.address_id = given.address_id
"""
_RESTS = """
    UPDATE endpoints SET rests_until = given.until, resting_for = given.resting_for FROM ({rows}) AS given
     WHERE endpoints.endpoint = given.endpoint AND (given.until IS NOT NULL OR endpoints.rests_until IS NOT NULL)
"""
