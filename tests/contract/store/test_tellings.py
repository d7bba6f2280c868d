"""Tellings: what was told is told once, and so is its end."""

from store.tellings import NewTelling
from store.unit_of_work import Database
from tests.contract.store.mailroom import NOW, later


def telling(key: str) -> NewTelling:
    """A condition of the subject that is the first letter of its key."""
    return NewTelling(key=key, condition="unknown", subject=key[0], cause="2026-05-01")


def test_a_condition_is_told_once(database: Database) -> None:
    """Told again, in one call or later, it is not new, also once it is over; another subscription is told itself."""
    with database.writing() as transaction:
        assert 2 == transaction.tellings.tell("s", [telling("a1"), telling("b1"), telling("a1")], NOW)
        transaction.tellings.end("s", ["a1"], later(1))
    with database.writing() as transaction:
        assert 1 == transaction.tellings.tell("s", [telling("b1"), telling("a1"), telling("c1")], later(2))
        assert 1 == transaction.tellings.tell("t", [telling("a1")], later(2))
        known = transaction.tellings.known("s", ["a1", "b1", "x"])
    assert [("a1", NOW, later(1)), ("b1", NOW, None)] == sorted(
        (one.key, one.told_at, one.over_at) for one in known.values()
    )
    assert ("s", "unknown", "a", "2026-05-01") == (
        known["a1"].subscription_id,
        known["a1"].condition,
        known["a1"].subject,
        known["a1"].cause,
    )


def test_what_is_open_is_found_by_its_subject(database: Database) -> None:
    """Until it is over, of all subjects or of some."""
    with database.writing() as transaction:
        transaction.tellings.tell("s", [telling(key) for key in ("b1", "a2", "a1", "c1")], NOW)
        transaction.tellings.tell("t", [telling("a9")], NOW)
        transaction.tellings.end("s", ["a2"], later(1))
        assert ["a1", "b1", "c1"] == [one.key for one in transaction.tellings.open("s")]
        assert ["a1", "b1"] == [one.key for one in transaction.tellings.open("s", ["a", "b", "x"])]
        assert [] == transaction.tellings.open("s", [])
        assert {} == transaction.tellings.known("s", [])


def test_what_is_told_again_stays_told_since_the_first_time(database: Database) -> None:
    """Of what is over nothing changes any more, and an end is told once."""
    with database.writing() as transaction:
        transaction.tellings.tell("s", [telling("a"), telling("b")], NOW)
        transaction.tellings.end("s", ["b"], later(1))
        transaction.tellings.tell_again("s", ["a", "b"], later(2))
        transaction.tellings.end("s", ["b"], later(3))
        known = transaction.tellings.known("s", ["a", "b"])
    assert [(NOW, later(2), None), (NOW, NOW, later(1))] == [
        (known[key].told_at, known[key].last_told_at, known[key].over_at) for key in "ab"
    ]


def test_what_is_known_and_was_not_told_is_over(database: Database) -> None:
    """It is no news under its key, and has no end; what was told stays told."""
    with database.writing() as transaction:
        transaction.tellings.tell("s", [telling("a")], NOW)
        assert 1 == transaction.tellings.know("s", [telling("a"), telling("b")], later(1))
        assert 0 == transaction.tellings.tell("s", [telling("b")], later(2))
        transaction.tellings.tell_again("s", ["b"], later(3))
        assert ["a"] == [one.key for one in transaction.tellings.open("s")]
        known = transaction.tellings.known("s", ["a", "b"])
    assert [(NOW, None), (later(1), later(1))] == [(known[key].last_told_at, known[key].over_at) for key in "ab"]
