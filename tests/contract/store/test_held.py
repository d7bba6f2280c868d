"""What is held: whole, in order, never dropped, and marked once it is released or has gone back."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from store.errors import InvalidInput
from store.held import HeldCount, HeldObservation, Released
from store.snapshots import pack, unpack
from store.unit_of_work import Database

GEO, LINK = "/geo/*/lat", "/links/*"
BODY = b'{"a": "\xc3\xa9"}' * 1000
HELD = HeldObservation(
    subject="a",
    reason="migration",
    paths=(GEO, LINK),
    told={"coverage": None, "data_on": "2026-05-01"},
    packed=pack("0" * 64, BODY),
    observed_at=datetime(2026, 5, 1, 9, 0, tzinfo=UTC),
)
GONE = replace(HELD, subject="b", reason="vanished", paths=(), told={"where": "gone"}, packed=None)


def hold(database: Database, run_id: str, *observations: HeldObservation) -> None:
    """Hold them in a transaction of their own."""
    with database.writing() as transaction:
        transaction.held.put_many(run_id, observations)


def test_what_is_held_comes_out_in_order_as_it_went_in(database: Database) -> None:
    """With its body or without, a part at a time; another run's is not mixed in."""
    hold(database, "run-1", GONE, HELD)
    hold(database, "run-2", replace(HELD, subject="c"))
    hold(database, "run-1", replace(HELD, subject="d"))
    with database.reading() as transaction:
        kept = transaction.held.next("run-1", limit=10)
        assert [GONE, HELD, replace(HELD, subject="d")] == [one.observation for one in kept]
        assert BODY == unpack(kept[1].observation.packed or pack("", b""))
        assert kept[:2] == transaction.held.next("run-1", limit=2)
        assert [] == transaction.held.next("run-3", limit=2)


def test_the_same_observation_of_a_run_is_held_once(database: Database) -> None:
    """A leg that is done again within its run holds nothing twice; another run holds its own."""
    hold(database, "run-1", HELD, GONE)
    hold(database, "run-1", GONE, HELD, replace(HELD, packed=pack("1" * 64, b"other")))
    hold(database, "run-2", HELD)
    with database.reading() as transaction:
        assert [3, 1] == [len(transaction.held.next(run_id, limit=10)) for run_id in ("run-1", "run-2")]


def test_a_body_with_a_base_is_refused(database: Database) -> None:
    """The base might be packed anew before the release: what is held stands alone."""
    based = replace(HELD, packed=pack("1" * 64, b"b", base=("0" * 64, BODY)))
    with database.writing() as transaction, pytest.raises(InvalidInput, match="without a base"):
        transaction.held.put_many("run-1", [based])


def test_nothing_is_dropped_and_everything_is_counted(database: Database) -> None:
    """Waiting, gone back, known, released and released as a migration add up, by reason and path."""
    hold(database, "run-1", *(replace(HELD, subject=name) for name in "abcde"), GONE)
    hold(database, "run-2", HELD)
    with database.writing() as transaction:
        ids = [one.id for one in transaction.held.next("run-1", limit=6)]
        transaction.held.mark_gone_back(ids[:2])
        transaction.held.mark_known([ids[0], ids[4]])
        transaction.held.mark_released(ids[1:2], as_migration=False)
        transaction.held.mark_released(ids[1:3], as_migration=True)
        counts = [
            HeldCount(
                run_id="run-1",
                reason="migration",
                path=path,
                count=5,
                waiting=1,
                gone_back=1,
                known=1,
                released=1,
                migrated=1,
            )
            for path in (GEO, LINK)
        ]
        gone = HeldCount(
            run_id="run-1",
            reason="vanished",
            path=None,
            count=1,
            waiting=1,
            gone_back=0,
            known=0,
            released=0,
            migrated=0,
        )
        assert [*counts, gone] == transaction.held.counts(["run-1"])
        assert ["run-1", "run-2"] == transaction.held.open_runs()
        assert [ids[0], *ids[3:]] == [one.id for one in transaction.held.next("run-1", limit=6)]
        transaction.held.mark_released([ids[0], *ids[3:]], as_migration=False)
        assert ["run-2"] == transaction.held.open_runs()


def test_what_waits_is_found_by_what_it_speaks_of(database: Database) -> None:
    """Of every run, until it is released or has gone back."""
    hold(database, "run-1", HELD, GONE)
    hold(database, "run-2", HELD)
    with database.writing() as transaction:
        waiting = transaction.held.waiting(["a", "b", "c"])
        assert {"a": ["run-1", "run-2"], "b": ["run-1"]} == {
            subject: [one.run_id for one in kept] for subject, kept in waiting.items()
        }
        transaction.held.mark_gone_back([waiting["a"][0].id])
        transaction.held.mark_released([waiting["b"][0].id], as_migration=False)
        assert ["a"] == list(transaction.held.waiting(["a", "b", "c"]))
        assert transaction.held.next("run-1", limit=1)[0].gone_back_at is not None


def test_what_was_released_is_told_with_its_instant(database: Database) -> None:
    """Of what waits, went back, is known or has no body, nothing is."""
    hold(database, "run-1", *(replace(HELD, subject=name) for name in "abcd"), replace(GONE, subject="b"))
    with database.writing() as transaction:
        ids = [one.id for one in transaction.held.next("run-1", limit=5)]
        transaction.held.mark_gone_back(ids[:1])
        transaction.held.mark_known(ids[2:3])
        transaction.held.mark_released([*ids[:3], ids[4]], as_migration=False)
        assert HELD.packed is not None
        told = Released(sha256=HELD.packed.sha256, observed_at=HELD.observed_at)
        assert {"b": [told]} == transaction.held.released(["a", "b", "c", "d", "e"])
