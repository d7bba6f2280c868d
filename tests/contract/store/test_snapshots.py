"""Bodies come out exactly as they went in, or not at all."""

import hashlib
import random

import pytest

from store.errors import Conflict, NotFound, Permanent
from store.snapshots import PackedBody, pack
from store.tables import SNAPSHOTS
from store.unit_of_work import Database

SITES = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(300)]
BODY = " ".join(SITES).encode()
EDITED = " ".join([*SITES[:100], "another site", *SITES[101:]]).encode()


def address(body: bytes) -> str:
    """The test's own addressing: the hash of the body."""
    return hashlib.sha256(body).hexdigest()


def packed(body: bytes, base: bytes | None = None) -> PackedBody:
    """A body under its own hash, against a base under its own."""
    return pack(address(body), body, base=None if base is None else (address(base), base))


@pytest.mark.parametrize("body", (b"", b"\0", BODY, random.Random(1).randbytes(10_000_000)))
def test_a_body_comes_out_as_it_went_in(database: Database, body: bytes) -> None:
    """Empty, binary and 10 MB bodies alike."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([packed(body)])
    with database.reading() as transaction:
        assert transaction.snapshots.get(address(body)) == body
        assert transaction.snapshots.exists(address(body))


def test_a_body_against_a_base_is_little_more_than_the_difference(database: Database) -> None:
    """A base saves space, and both come out whole, put in any order in one call."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([packed(EDITED, BODY), packed(BODY)])
        assert transaction.snapshots.get_many([address(EDITED), address(BODY)]) == {
            address(EDITED): EDITED,
            address(BODY): BODY,
        }
        assert transaction.snapshots.get(address(EDITED)) == EDITED
    assert len(packed(EDITED, BODY).body) * 50 < len(packed(EDITED).body)


def test_a_large_body_against_a_large_base_is_small() -> None:
    """The base is used over its whole length: 5 MB of noise and a byte more costs under 20 kB."""
    base = random.Random(2).randbytes(5_000_000)
    assert len(packed(base[:100] + b"!" + base[100:], base).body) < 20_000


def test_a_known_address_keeps_its_body(database: Database) -> None:
    """Putting an address again, even with another body, changes nothing."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([pack("one", b"first")])
        transaction.snapshots.put_many([pack("one", b"second"), pack("two", b"2"), pack("two", b"2")])
        assert transaction.snapshots.get("one") == b"first"
        assert list(transaction.snapshots.hashes()) == ["one", "two"]
        assert transaction.snapshots.existing(["one", "three"]) == {"one"}


def test_a_base_never_has_a_base(database: Database) -> None:
    """A chain, an unknown base and a base with another body are Conflicts that store nothing."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([packed(BODY), packed(EDITED, BODY), pack("other", b"stored")])
        for refused in (
            packed(b"third", EDITED),
            packed(b"third", b"unknown"),
            pack("3", b"", base=("other", b"x")),
        ):
            with pytest.raises(Conflict, match="without a base"):
                transaction.snapshots.put_many([refused])
        assert not transaction.snapshots.exists(address(b"third"))


def test_a_body_becomes_a_base_when_put_alone(database: Database) -> None:
    """A content that comes back and is to be the next base is stored alone from then on."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([packed(BODY), packed(EDITED, BODY)])
        assert not transaction.snapshots.is_alone(address(EDITED))
        transaction.snapshots.put_many([packed(EDITED), packed(b"third", EDITED)])
        assert transaction.snapshots.is_alone(address(EDITED))
        assert transaction.snapshots.get_many([address(EDITED), address(b"third")]) == {
            address(EDITED): EDITED,
            address(b"third"): b"third",
        }


def test_an_unknown_address_is_not_found(database: Database) -> None:
    """NotFound names the address."""
    with database.reading() as transaction, pytest.raises(NotFound, match="nowhere"):
        transaction.snapshots.get("nowhere")


@pytest.mark.parametrize(
    "damage",
    (
        {"body": b"no frame"},
        {"body": packed(b"another body of the right size"[: len(EDITED)]).body},
        {"body": packed(bytes(len(EDITED))).body},
        {"body_sha256": "0" * 64},
    ),
)
def test_a_damaged_snapshot_is_named(database: Database, damage: dict[str, object]) -> None:
    """Bytes that are no longer the body are a Permanent error with the address, never an answer."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([packed(BODY), packed(EDITED, BODY)])
        transaction.connection.execute(SNAPSHOTS.update().where(SNAPSHOTS.c.sha256 == address(EDITED)).values(damage))
        with pytest.raises(Permanent, match=address(EDITED)):
            transaction.snapshots.get(address(EDITED))
        assert transaction.snapshots.get(address(BODY)) == BODY


def test_a_missing_base_is_named(database: Database) -> None:
    """When a base was deleted behind the store's back, the error names the base."""
    with database.writing() as transaction:
        transaction.snapshots.put_many([packed(BODY), packed(EDITED, BODY)])
        transaction.connection.execute(SNAPSHOTS.delete().where(SNAPSHOTS.c.sha256 == address(BODY)))
        with pytest.raises(Permanent, match=address(BODY)):
            transaction.snapshots.get(address(EDITED))


def test_every_address_is_listed_in_order(database: Database) -> None:
    """hashes() goes over many pages without loss or repetition."""
    wanted = [f"{n:05}" for n in range(2500)]
    with database.writing() as transaction:
        transaction.snapshots.put_many([pack(sha256, b"same") for sha256 in wanted])
        assert list(transaction.snapshots.hashes()) == wanted
