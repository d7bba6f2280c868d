"""Claiming: deliveries that are due pass to one holder for a time, and come back where it is gone.

It promises that no delivery has two holders and no endpoint two claims under way; that of an endpoint first attempts
are claimed in the order of their numbers, without gaps, and next attempts the longest due first; and that endpoints
take turns: the one that was claimed longest ago comes first. A claim reads what may be claimed, through partial
indexes, whatever else is stored. It never waits for another transaction. What is damaged of a delivery is told with
it, and hinders no other. It does not know what becomes of what was claimed.

Several statements, for READ COMMITTED: a lane is chosen and its endpoint locked, which no other claim then can; only
a statement after that sees what was claimed by whoever held the lock before.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile

from sqlalchemy import Connection, RowMapping, text

from store.addresses import IS_ACTIVE, Address, Addresses
from store.deliveries import Claimed, DeliveryState
from store.delivery_rows import content_or_damage, delivery_of_row
from store.dialect import Dialect
from store.errors import InvalidInput
from store.instants import instant_text
from store.json_text import encode
from store.outbox_tables import FIRST_ATTEMPT, LEASED, NEXT_ATTEMPT

_TRIES = 5  # of a claim whose lanes were all taken by others at the last moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What ``holder`` wants: so much of so many endpoints, `besides` some, for ``lease_s`` seconds from ``now``.

    What was never attempted in its schedule is due ``first_wait_s`` later than it says. ``only``: ids of some hundreds
    of deliveries; these are claimed out of turn and without that wait, and nothing else is.
    """

    holder: str
    now: datetime
    lease_s: float
    endpoints_most: int = 16
    per_endpoint_most: int = 50
    besides: Collection[str] = ()
    first_wait_s: float = 0.0
    only: Collection[str] | None = None

    @property
    def first_before(self) -> str:
        """A first attempt that was due then, or earlier, is due now."""
        return instant_text(self.now - timedelta(seconds=self.first_wait_s))

    def __post_init__(self) -> None:
        if not (self.holder and self.lease_s > 0 and self.endpoints_most > 0 and self.per_endpoint_most > 0):
            raise InvalidInput(f"{self} asks for nothing; name a holder, and more than no time, endpoints, deliveries")


class Claims:
    """The leases of deliveries as one transaction sees and changes them."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._addresses = Addresses(connection, dialect=dialect)
        self._lanes = text(_LANES.format(besides=dialect.json_texts, locking=_passing_over(dialect, "endpoints")))
        self._named = text(_NAMED.format(texts=dialect.json_texts, locking=_passing_over(dialect, "endpoints")))
        self._of_named = text(_OF_NAMED.format(texts=dialect.json_texts))
        self._free = text(_FREE.format(texts=dialect.json_texts))
        self._lock = text(_LOCK.format(texts=dialect.json_texts, locking=_passing_over(dialect, "deliveries")))
        self._lease = text(_LEASE.format(texts=dialect.json_texts))
        self._served = text(_SERVED.format(texts=dialect.json_texts))
        self._release = text(_RELEASE.format(texts=dialect.json_texts, locking=_passing_over(dialect, "deliveries")))

    def claim(self, claim: Claim) -> list[Claimed]:
        """What is due and now leased, the lanes one after another, each in the order of numbers; [] for nothing."""
        for _ in range(_TRIES):
            lanes = self._chosen(claim)
            if not lanes:
                break
            free = self._still_free(claim, lanes)
            rows = self._locked(self._numbers(claim, free)) if free else []
            if rows:
                return self._leased(claim, rows)
        return []

    def release(self, is_gone: Callable[[str], bool], now: datetime) -> int:
        """Give back, due at once, what is leased by a holder that ``is_gone`` or whose time is over; how many."""
        holders = self._connection.scalars(text(f"SELECT DISTINCT lease_holder FROM deliveries WHERE {LEASED}"))
        gone = sorted(holder for holder in holders if is_gone(holder))
        told = {"now": instant_text(now), "texts": encode(gone).decode()}
        return self._connection.execute(self._release, told).rowcount

    def extend(self, holder: str, *, now: datetime, lease_s: float) -> int:
        """Hold what ``holder`` holds for so many seconds from ``now``; how many deliveries those are."""
        told = {"holder": holder, "until": instant_text(now + timedelta(seconds=lease_s))}
        return self._connection.execute(_EXTEND, told).rowcount

    def _chosen(self, claim: Claim) -> list[str]:
        """Endpoints with anything due, locked until the transaction ends."""
        if claim.only is not None:
            return self._named_lanes(claim)
        told = {"now": instant_text(claim.now), "texts": encode(sorted(claim.besides)).decode()}
        more = {"most": claim.endpoints_most, "first_before": claim.first_before}
        return list(self._connection.scalars(self._lanes, {**told, **more}))

    def _still_free(self, claim: Claim, lanes: Sequence[str]) -> list[str]:
        """Those of the chosen that nobody claimed in the moment before they were locked."""
        told = {"now": instant_text(claim.now), "texts": encode(list(lanes)).decode()}
        free = set(self._connection.scalars(self._free, told))
        return [endpoint for endpoint in lanes if endpoint in free]

    def _named_lanes(self, claim: Claim) -> list[str]:
        told = {"now": instant_text(claim.now), "texts": encode(sorted(claim.only or ())).decode()}
        lanes = list(self._connection.scalars(self._named, told))
        return [endpoint for endpoint in lanes if endpoint not in claim.besides][: claim.endpoints_most]

    def _named_numbers(self, claim: Claim, lanes: Sequence[str]) -> list[list[int]]:
        told = {"now": instant_text(claim.now), "texts": encode(sorted(claim.only or ())).decode()}
        rows = self._connection.execute(self._of_named, told).all()
        due = {lane: [row.number for row in rows if row.endpoint == lane] for lane in lanes}
        return [due[lane][: claim.per_endpoint_most] for lane in lanes]

    def _numbers(self, claim: Claim, lanes: Sequence[str]) -> list[list[int]]:
        """The numbers of what is due of each lane, in their order."""
        if claim.only is not None:
            return self._named_numbers(claim, lanes)
        parts = " UNION ALL ".join([_LANE.format(lane=lane) for lane in range(len(lanes))])
        sql = text(f"{parts} ORDER BY number")
        names = {f"endpoint_{lane}": endpoint for lane, endpoint in enumerate(lanes)}
        told = {"now": instant_text(claim.now), "most": claim.per_endpoint_most, **names}
        found: list[tuple[list[RowMapping], list[int]]] = [([], []) for _ in lanes]
        for row in self._connection.execute(sql, told).mappings():
            first, again = found[row["lane"]]
            if row["is_first"]:
                first.append(row)
            else:
                again.append(row["number"])
        return [_in_order(first, again, claim) for first, again in found]

    def _locked(self, lanes: Sequence[Sequence[int]]) -> list[tuple[RowMapping, Address]]:
        """Rows and addresses, of each lane up to the first row that somebody else has locked or changed."""
        wanted = encode([str(number) for lane in lanes for number in lane]).decode()
        found = list(self._connection.execute(self._lock, {"texts": wanted}).mappings())
        addresses = self._addresses.get_many({row["address_id"] for row in found})
        rows = {row["number"]: (row, addresses[row["address_id"]]) for row in found if _is_claimable(row, addresses)}
        return [rows[number] for lane in lanes for number in takewhile(rows.__contains__, lane)]

    def _leased(self, claim: Claim, rows: Sequence[tuple[RowMapping, Address]]) -> list[Claimed]:
        until = claim.now + timedelta(seconds=claim.lease_s)
        numbers = encode([str(row["number"]) for row, _ in rows]).decode()
        lease = {"texts": numbers, "holder": claim.holder, "until": instant_text(until)}
        self._connection.execute(self._lease, lease)
        endpoints = encode(sorted({row["endpoint"] for row, _ in rows})).decode()
        self._connection.execute(self._served, {"texts": endpoints, "now": instant_text(claim.now)})
        return [_claimed(claim, row, address, until=until) for row, address in rows]


def _claimed(claim: Claim, row: RowMapping, address: Address, *, until: datetime) -> Claimed:
    content, damage = content_or_damage(row)
    return Claimed(
        delivery=replace(delivery_of_row(row), state=DeliveryState.LEASED),
        address=address,
        content=content,
        holder=claim.holder,
        lease=row["leases_count"] + 1,
        lease_until=until,
        damage=damage,
    )


def _is_claimable(row: RowMapping, addresses: Mapping[str, Address]) -> bool:
    """Whether a row is, now that it is locked, what it was when it was chosen."""
    is_due = row["state"] in (DeliveryState.PENDING, DeliveryState.FAILED) and not row["is_held"]
    return is_due and row["address_id"] in addresses and addresses[row["address_id"]].is_active


def _in_order(first: Sequence[RowMapping], again: Sequence[int], claim: Claim) -> list[int]:
    """First attempts that are due, up to the first that is not, and next ones, by number."""
    before = claim.first_before
    due = [row["number"] for row in takewhile(lambda row: row["next_attempt_at"] <= before, first)]
    return sorted([*due, *again])[: claim.per_endpoint_most]


def _passing_over(dialect: Dialect, table: str) -> str:
    return dialect.locking(table, passes_over=True)


_TO_ACTIVE = f"EXISTS (SELECT 1 FROM addresses WHERE addresses.address_id = deliveries.address_id AND {IS_ACTIVE})"
_IS_FREE = f"""
    (endpoints.rests_until IS NULL OR endpoints.rests_until <= :now)
    AND NOT EXISTS (SELECT 1 FROM deliveries WHERE {LEASED} AND deliveries.endpoint = endpoints.endpoint)
"""

# Endpoints are found by stepping through an index from each to the next, past all the deliveries of one.
_STEPS = """
    SELECT (SELECT endpoint FROM deliveries WHERE {condition} ORDER BY endpoint LIMIT 1)
    UNION ALL
    SELECT (SELECT deliveries.endpoint FROM deliveries
             WHERE {condition} AND deliveries.endpoint > {name}.endpoint ORDER BY deliveries.endpoint LIMIT 1)
      FROM {name} WHERE {name}.endpoint IS NOT NULL
"""
_SINCE = f"""
    SELECT endpoint, {{before}}, (SELECT next_attempt_at FROM deliveries
                       WHERE {{condition}} AND deliveries.endpoint = {{name}}.endpoint AND {_TO_ACTIVE}
                       ORDER BY {{order}} LIMIT 1)
      FROM {{name}} WHERE endpoint IS NOT NULL
"""
_LANES = f"""
    WITH RECURSIVE
        fresh (endpoint) AS ({_STEPS.format(name="fresh", condition=FIRST_ATTEMPT)}),
        retried (endpoint) AS ({_STEPS.format(name="retried", condition=NEXT_ATTEMPT)}),
        waiting (endpoint, before, since) AS MATERIALIZED (
            {_SINCE.format(name="fresh", condition=FIRST_ATTEMPT, before=":first_before", order="number")}
            UNION ALL
            {_SINCE.format(name="retried", condition=NEXT_ATTEMPT, before=":now", order="next_attempt_at")}
        ),
        due AS (SELECT endpoint, min(since) AS since FROM waiting WHERE since <= before GROUP BY endpoint)
    SELECT endpoints.endpoint FROM due JOIN endpoints ON endpoints.endpoint = due.endpoint
     WHERE {_IS_FREE} AND endpoints.endpoint NOT IN (SELECT value FROM ({{besides}}) AS besides)
     ORDER BY coalesce(endpoints.claimed_at, ''), due.since, endpoints.endpoint LIMIT :most {{locking}}
"""
_OF_NAMED = f"""
    SELECT deliveries.number, deliveries.endpoint FROM ({{texts}}) AS wanted
      JOIN deliveries ON deliveries.id = wanted.value
     WHERE (({FIRST_ATTEMPT}) OR ({NEXT_ATTEMPT})) AND next_attempt_at <= :now AND {_TO_ACTIVE}
     ORDER BY deliveries.number
"""
_NAMED = f"""
    SELECT endpoints.endpoint FROM endpoints
     WHERE endpoints.endpoint IN (SELECT named.endpoint FROM ({_OF_NAMED}) AS named) AND {_IS_FREE}
     ORDER BY endpoints.endpoint {{locking}}
"""
_FREE = f"""
    SELECT endpoints.endpoint FROM ({{texts}}) AS wanted JOIN endpoints ON endpoints.endpoint = wanted.value
     WHERE {_IS_FREE}
"""
_DUE = """
    SELECT * FROM (
        SELECT {{lane}} AS lane, {is_first} AS is_first, number, next_attempt_at FROM deliveries
         WHERE {condition} AND endpoint = :endpoint_{{lane}} AND {active} ORDER BY {order} LIMIT :most
    ) AS {name}_{{lane}}
"""
_AGAIN = f"{NEXT_ATTEMPT} AND next_attempt_at <= :now"
_LANE = " UNION ALL ".join(
    (
        _DUE.format(name="fresh", is_first=1, condition=FIRST_ATTEMPT, active=_TO_ACTIVE, order="number"),
        _DUE.format(name="retried", is_first=0, condition=_AGAIN, active=_TO_ACTIVE, order="next_attempt_at, number"),
    )
)
# By number alone: what else must hold is looked at afterwards, lest a partial index be walked for it.
_LOCK = """
    SELECT deliveries.* FROM ({texts}) AS wanted JOIN deliveries ON deliveries.number = CAST(wanted.value AS BIGINT)
    {locking}
"""
_LEASE = """
    UPDATE deliveries
       SET state = 'leased', lease_holder = :holder, lease_until = :until, leases_count = leases_count + 1
     WHERE number IN (SELECT CAST(value AS BIGINT) FROM ({texts}) AS wanted)
"""
_SERVED = "UPDATE endpoints SET claimed_at = :now WHERE endpoint IN (SELECT value FROM ({texts}) AS wanted)"
_RELEASE = f"""
    UPDATE deliveries
       SET state = CASE WHEN dies_because IS NOT NULL THEN 'dead' WHEN attempts_count = 0 THEN 'pending'
                        ELSE 'failed' END,
           next_attempt_at = CASE WHEN dies_because IS NOT NULL THEN NULL WHEN next_attempt_at > :now THEN :now
                                  ELSE next_attempt_at END,
           settled_at = CASE WHEN dies_because IS NOT NULL THEN :now END,
           is_held = CASE WHEN dies_because IS NOT NULL THEN 0 ELSE is_held END,
           reason = coalesce(dies_because, reason), dies_because = NULL, lease_holder = NULL, lease_until = NULL
     WHERE number IN (
         SELECT number FROM deliveries
          WHERE {LEASED} AND (lease_until <= :now OR lease_holder IN (SELECT value FROM ({{texts}}) AS gone))
          {{locking}}
     )
"""
_EXTEND = text(f"UPDATE deliveries SET lease_until = :until WHERE {LEASED} AND lease_holder = :holder")
