"""Addresses: kept apart, in order, with their secrets, until they are forgotten."""

from dataclasses import replace

import pytest
from sqlalchemy import Connection, inspect, select

from store.addresses import AddressState, Secret
from store.errors import Conflict, NotFound
from store.tables import ADDRESSES, METADATA
from store.unit_of_work import Database
from tests.contract.store.mailroom import NOW, claim, enqueue, later, new_address, put, sent, settle

CLEAR = "https://a.example.org/hook"


def test_an_address_comes_back_as_it_was_added(database: Database) -> None:
    """In the order of the list, active, with its secrets and when each ends; an id is used once."""
    first = new_address("a1")
    secrets = (Secret(secret="whsec_old", valid_until=later(60)), Secret(secret="whsec_new"))
    second = replace(new_address("a2"), number=2, secrets=secrets)
    with database.writing() as transaction:
        transaction.addresses.add_many([second, first], NOW)
    with database.reading() as transaction:
        found = transaction.addresses.of("s-a")
        assert ["a1", "a2"] == [one.address_id for one in found]
        assert found[1] == transaction.addresses.get("a2")
    assert secrets == found[1].secrets
    assert (first.clear, first.mask, NOW, True) == (
        found[0].clear,
        found[0].mask,
        found[0].created_at,
        found[0].is_active,
    )
    with pytest.raises(Conflict), database.writing() as transaction:
        transaction.addresses.add_many([first], NOW)


def test_a_list_is_edited(database: Database) -> None:
    """Places change, secrets are replaced, what is removed is known still, and stays removed since the first time."""
    put(database, "a1", "a2")
    with database.writing() as transaction:
        transaction.addresses.remove("a1", later(1))
        transaction.addresses.remove("a1", later(2))
        transaction.addresses.place("a2", 1)
        transaction.addresses.put_secrets("a2", [Secret(secret="whsec_2")])
        assert ["a2"] == [one.address_id for one in transaction.addresses.of("s-a")]
        both = transaction.addresses.of("s-a", with_removed=True)
    assert [("a2", 1, None, True), ("a1", None, later(1), False)] == [
        (one.address_id, one.number, one.removed_at, one.is_active) for one in both
    ]
    assert (Secret(secret="whsec_2"),) == both[0].secrets


def test_an_address_is_disabled_once_and_enabled_again(database: Database) -> None:
    """The first reason stays; enabled it is as if nothing had failed."""
    put(database, "a", "b", "c")
    with database.writing() as transaction:
        transaction.addresses.disable("b", now=later(2), reason="410")
        transaction.addresses.disable("a", now=later(1), reason="no answer for five days")
        transaction.addresses.disable("a", now=later(3), reason="410")
        assert [("a", later(1), "no answer for five days"), ("b", later(2), "410")] == [
            (one.address_id, one.disabled_at, one.disabled_reason) for one in transaction.addresses.disabled()
        ]
        transaction.addresses.enable("a")
        enabled = transaction.addresses.get("a")
    assert (AddressState.ACTIVE, None, None, None) == (
        enabled.state,
        enabled.disabled_at,
        enabled.disabled_reason,
        enabled.failing_since,
    )


def test_what_is_not_there_is_not_found(database: Database) -> None:
    """Whatever is wanted of it."""
    with database.writing() as transaction:
        found = transaction.addresses
        for wanted in (
            lambda: found.get("x"),
            lambda: found.enable("x"),
            lambda: found.disable("x", now=NOW, reason="410"),
            lambda: found.remove("x", NOW),
            lambda: found.place("x", 1),
            lambda: found.put_secrets("x", []),
        ):
            with pytest.raises(NotFound, match="no address x"):
                wanted()
        assert {} == found.get_many(["x"])


def rows(database: Database) -> dict[str, list[dict[str, object]]]:
    """Every row of the store."""
    with database.reading() as transaction:
        return {
            table.name: [
                dict(row)
                for row in transaction.connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for table in METADATA.sorted_tables
        }


def test_forgetting_erases_clear_and_secrets_and_nothing_else(database: Database) -> None:
    """Of every address of the subscription, the removed too; no other row of any table changes."""
    put(database, "a1", "a2", "b")
    enqueue(database, "a1", "1")
    enqueue(database, "b", "2")
    settle(database, *map(sent, claim(database)))
    with database.writing() as transaction:
        transaction.addresses.remove("a2", NOW)
    before = rows(database)
    with database.writing() as transaction:
        transaction.addresses.forget("s-a")
    after = rows(database)
    expected = [
        {**row, "clear": None, "secrets": None} if row["subscription_id"] == "s-a" else row
        for row in before[ADDRESSES.name]
    ]
    assert {**before, ADDRESSES.name: expected} == after
    with database.reading() as transaction:
        assert (None, None) == (transaction.addresses.get("a1").clear, transaction.addresses.get("a1").secrets)


def test_what_was_forgotten_is_nowhere(database: Database) -> None:
    """Neither the address in clear nor a secret stands in any row of any table that there is."""
    put(database, "a")
    enqueue(database, "a", "1")
    settle(database, *map(sent, claim(database)))
    with database.writing() as transaction:
        assert any(CLEAR in str(row) for row in _all_rows(transaction.connection))
        transaction.addresses.forget("s-a")
        left = [row for row in _all_rows(transaction.connection) if CLEAR in row or "whsec_a" in row]
    assert [] == left


def _all_rows(connection: Connection) -> list[str]:
    names = inspect(connection).get_table_names()
    return [str(row) for name in names for row in connection.exec_driver_sql(f"SELECT * FROM {name}")]
