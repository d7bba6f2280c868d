"""Rejects: anything can be kept, once, and looked at later."""

import hashlib

import pytest

from store.errors import NotFound
from store.quarantine import Rejection
from store.unit_of_work import Database
from tests.contract.store.builders import FIRST_INSTANT

CUT = Rejection(file="dump.zip", member="NCT00000001.json", line=3, reason="cut", body=b'{"a":', run_id="run-1")


def test_a_reject_is_kept_with_its_reason_and_body(database: Database) -> None:
    """What was rejected can be listed, looked up and had back byte for byte."""
    with database.writing() as transaction:
        reject_id = transaction.quarantine.add(CUT)
    with database.reading() as transaction:
        (reject,) = transaction.quarantine.list()
        assert transaction.quarantine.get(reject_id) == reject
        assert transaction.quarantine.raw(reject_id) == CUT.body
    assert (reject.file, reject.member, reject.line, reject.reason) == (
        "dump.zip",
        "NCT00000001.json",
        3,
        "cut",
    )
    assert (reject.size_bytes, reject.kept_bytes, reject.run_id) == (5, 5, "run-1")
    assert (reject.sha256, reject.rejected_at) == (hashlib.sha256(CUT.body).hexdigest(), FIRST_INSTANT)


def test_the_same_reject_twice_is_one(database: Database) -> None:
    """A poll that meets the same bad file again adds nothing; another line or reason does."""
    others = [
        Rejection(file="dump.zip", reason="cut", body=CUT.body),
        Rejection(file="dump.zip", member=CUT.member, line=4, reason="cut", body=CUT.body),
        Rejection(file="dump.zip", member=CUT.member, line=3, reason="empty", body=CUT.body),
        Rejection(file="dump.zip", member=CUT.member, line=3, reason="cut", body=b""),
    ]
    with database.writing() as transaction:
        first = transaction.quarantine.add(CUT)
        ids = {transaction.quarantine.add(other) for other in others}
        assert transaction.quarantine.add(CUT) == first
        assert transaction.quarantine.count() == 5
    assert len(ids | {first}) == 5


@pytest.mark.parametrize(("size", "kept"), ((10_000_000, 10_000_000), (10_000_001, 65_536)))
def test_a_large_body_is_kept_whole_up_to_ten_megabytes(database: Database, size: int, kept: int) -> None:
    """Beyond 10,000,000 bytes the first 65,536 are kept, and the hash of the whole."""
    body = bytes(size)
    with database.writing() as transaction:
        reject_id = transaction.quarantine.add(Rejection(file="big", reason="odd", body=body))
        reject = transaction.quarantine.get(reject_id)
        assert transaction.quarantine.raw(reject_id) == body[:kept]
    assert (reject.size_bytes, reject.kept_bytes) == (size, kept)
    assert reject.sha256 == hashlib.sha256(body).hexdigest()


def test_a_body_too_large_to_hold_is_told_by_hash_and_size(database: Database) -> None:
    """Of an archive never read into memory the caller gives hash and size, and perhaps a beginning."""
    for body in (b"", b"PK"):
        told = Rejection(file=f"{body!r}.zip", reason="no archive", body=body, sha256="ab" * 32, size_bytes=3 * 10**10)
        with database.writing() as transaction:
            reject_id = transaction.quarantine.add(told)
            reject = transaction.quarantine.get(reject_id)
            assert transaction.quarantine.raw(reject_id) == body
        assert (reject.sha256, reject.size_bytes, reject.kept_bytes) == ("ab" * 32, 3 * 10**10, len(body))


def test_any_file_name_and_reason_can_be_kept(database: Database) -> None:
    """Names that no database takes are kept escaped: a reject is never itself rejected."""
    odd = Rejection(file="bad\udcff\0name", member="\ud800", reason="NUL \0 found", body=b"\0\xff", line=10**10)
    with database.writing() as transaction:
        reject = transaction.quarantine.get(transaction.quarantine.add(odd))
    assert (reject.file, reject.member, reject.reason) == (r"bad\udcff\x00name", r"\ud800", r"NUL \x00 found")


def test_rejects_are_listed_in_pages(database: Database) -> None:
    """`after` is exclusive, `limit` counts rejects, oldest first."""
    with database.writing() as transaction:
        ids = [transaction.quarantine.add(Rejection(file=f"{n}", reason="r", body=b"")) for n in range(5)]
        assert [reject.id for reject in transaction.quarantine.list(limit=2)] == ids[:2]
        assert [reject.id for reject in transaction.quarantine.list(after=ids[1])] == ids[2:]


def test_an_unknown_reject_is_not_found(database: Database) -> None:
    """NotFound says where the ids are."""
    with database.reading() as transaction, pytest.raises(NotFound, match="list the rejects"):
        transaction.quarantine.raw(7)
