"""Digests: the last of each stream, and none of those that have none."""

from store.digests import Digest
from store.unit_of_work import Database


def test_a_digest_takes_the_place_of_the_one_before_it(database: Database) -> None:
    """One to a stream, whatever bytes it is made of."""
    first = Digest(stream="a", revision=1, digest=bytes(32))
    second = Digest(stream="a", revision=2, digest=b"\xff" * 32)
    with database.writing() as transaction:
        transaction.digests.put_many([first])
        transaction.digests.put_many([second])
        transaction.digests.put_many([])
    with database.reading() as transaction:
        assert {"a": second} == transaction.digests.of(["a", "b"])
