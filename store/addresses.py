"""Addresses: where the deliveries of a subscription go, in clear, with their secrets, and how they fare.

It promises that what names a person or opens a door lies here alone, in `clear` and `secrets`, and that forgetting
erases these two and nothing else. It does not know what a channel is, nor how a secret is used.

Writers that disable or remove an address do it in a `writing` transaction, and kill its deliveries in the same one.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, select, text, update

from store.dialect import Dialect
from store.errors import NotFound
from store.instants import instant_of, instant_text
from store.json_text import decode, encode
from store.tables import ADDRESSES


class AddressState(StrEnum):
    """Whether anything is sent to an address."""

    ACTIVE = "active"
    DISABLED = "disabled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A secret, which no repr tells, and when it ends; None for one that holds until another takes its place."""

    secret: str = field(repr=False)
    valid_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAddress:
    """An address to be added. ``number`` is its place in the list, from 1; ``endpoint`` is what rests together."""

    address_id: str
    subscription_id: str
    number: int
    channel: str
    mask: str
    clear: str = field(repr=False)
    endpoint: str
    secrets: Sequence[Secret] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address as it is stored.

    ``number`` is None once it is removed, ``clear`` and ``secrets`` once they are forgotten. ``failing_since`` is the
    first attempt that failed with none that went through since.
    """

    address_id: str
    subscription_id: str
    number: int | None
    channel: str
    mask: str
    clear: str | None = field(repr=False)
    endpoint: str
    secrets: tuple[Secret, ...] | None
    state: AddressState
    disabled_at: datetime | None
    disabled_reason: str | None
    failing_since: datetime | None
    created_at: datetime
    removed_at: datetime | None

    @property
    def is_active(self) -> bool:
        """Whether anything is sent to it."""
        return self.state is AddressState.ACTIVE and self.removed_at is None and self.clear is not None


IS_ACTIVE = "addresses.state = 'active' AND addresses.removed_at IS NULL AND addresses.clear IS NOT NULL"
"""`Address.is_active` in SQL."""


class Addresses:
    """The addresses as one transaction sees and changes them."""

    def __init__(self, connection: Connection, *, dialect: Dialect) -> None:
        self._connection = connection
        self._dialect = dialect

    def add_many(self, addresses: Sequence[NewAddress], now: datetime) -> None:
        """Keep new addresses; Conflict where an id is taken."""
        rows = [_row(one, now) for one in addresses]
        if rows:
            self._connection.execute(insert(ADDRESSES), rows)

    def get(self, address_id: str) -> Address:
        """One address; NotFound."""
        found = self.get_many([address_id])
        if not found:
            raise NotFound(f"there is no address {address_id}")
        return found[address_id]

    def get_many(self, address_ids: Collection[str]) -> dict[str, Address]:
        """Those of some hundreds of addresses that there are, by id."""
        rows = self._connection.execute(select(ADDRESSES).where(ADDRESSES.c.address_id.in_(list(address_ids))))
        return {row["address_id"]: address_of_row(row) for row in rows.mappings()}

    def of(self, subscription_id: str, *, with_removed: bool = False) -> list[Address]:
        """The addresses of a subscription in their order, the removed ones last where they are wanted."""
        wanted = select(ADDRESSES).where(ADDRESSES.c.subscription_id == subscription_id)
        if not with_removed:
            wanted = wanted.where(ADDRESSES.c.removed_at.is_(None))
        wanted = wanted.order_by(ADDRESSES.c.number.is_(None), ADDRESSES.c.number, ADDRESSES.c.address_id)
        return [address_of_row(row) for row in self._connection.execute(wanted).mappings()]

    def disabled(self) -> list[Address]:
        """The addresses of any subscription to which nothing is sent any more, the first to be disabled first."""
        wanted = select(ADDRESSES).where(ADDRESSES.c.state == AddressState.DISABLED, ADDRESSES.c.removed_at.is_(None))
        rows = self._connection.execute(wanted.order_by(ADDRESSES.c.disabled_at, ADDRESSES.c.address_id))
        return [address_of_row(row) for row in rows.mappings()]

    def active_count(self, channel: str) -> int:
        """How many addresses of a channel something may be sent to."""
        wanted = select(func.count()).select_from(ADDRESSES).where(ADDRESSES.c.channel == channel, text(IS_ACTIVE))
        return int(self._connection.execute(wanted).scalar_one())

    def place(self, address_id: str, number: int) -> None:
        """Give an address another place in its list; NotFound."""
        self._change(address_id, number=number)

    def put_secrets(self, address_id: str, secrets: Sequence[Secret]) -> None:
        """Let these be the secrets of an address; NotFound."""
        self._change(address_id, secrets=_secrets_text(secrets))

    def disable(self, address_id: str, *, now: datetime, reason: str) -> None:
        """Send nothing there until it is enabled; one that is disabled stays as it was. NotFound."""
        disabled = {"state": AddressState.DISABLED, "disabled_at": instant_text(now), "disabled_reason": reason}
        if self.get(address_id).state is AddressState.ACTIVE:
            self._change(address_id, **disabled)

    def enable(self, address_id: str) -> None:
        """Send there again, as if nothing had failed; NotFound."""
        nothing = dict.fromkeys(("disabled_at", "disabled_reason", "failing_since"))
        self._change(address_id, state=AddressState.ACTIVE, **nothing)

    def remove(self, address_id: str, now: datetime) -> None:
        """Take an address out of its list; what is known of it stays. NotFound."""
        if self.get(address_id).removed_at is None:
            self._change(address_id, number=None, removed_at=instant_text(now))

    def forget(self, subscription_id: str) -> None:
        """Erase what its addresses are, and their secrets, of the removed ones too; masks and all else stay.

        Copies in the database's log last until `Database.scrub`, to be called after the transaction.
        """
        its_own = update(ADDRESSES).where(ADDRESSES.c.subscription_id == subscription_id)
        self._connection.execute(its_own.values(clear=None, secrets=None))
        self._dialect.rewrite(self._connection, ADDRESSES)

    def _change(self, address_id: str, **values: Any) -> None:
        change = update(ADDRESSES).where(ADDRESSES.c.address_id == address_id).values(**values)
        if self._connection.execute(change).rowcount == 0:
            raise NotFound(f"there is no address {address_id}")


def address_of_row(row: RowMapping) -> Address:
    """The address of a row of the table."""
    instants = {
        name: None if row[name] is None else instant_of(row[name])
        for name in ("disabled_at", "failing_since", "created_at", "removed_at")
    }
    secrets = None if row["secrets"] is None else tuple(map(_secret, decode(row["secrets"])))
    return Address(**{**row, **instants, "state": AddressState(row["state"]), "secrets": secrets})


def _row(one: NewAddress, now: datetime) -> dict[str, Any]:
    return {
        "address_id": one.address_id,
        "subscription_id": one.subscription_id,
        "number": one.number,
        "channel": one.channel,
        "mask": one.mask,
        "clear": one.clear,
        "endpoint": one.endpoint,
        "secrets": _secrets_text(one.secrets),
        "state": AddressState.ACTIVE,
        "created_at": instant_text(now),
    }


def _secrets_text(secrets: Sequence[Secret]) -> str:
    told = [
        {"secret": one.secret, "valid_until": None if one.valid_until is None else instant_text(one.valid_until)}
        for one in secrets
    ]
    return encode(told).decode()


def _secret(told: dict[str, Any]) -> Secret:
    ends = told["valid_until"]
    return Secret(secret=told["secret"], valid_until=None if ends is None else instant_of(ends))
