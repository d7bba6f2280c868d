"""What was forgotten is in no file of a SQLite ledger any more, whatever became of its row before."""

from pathlib import Path
from random import Random

import pytest

from store.addresses import NewAddress, Secret
from store.unit_of_work import Database
from tests.contract.store.builders import open_database
from tests.contract.store.mailroom import NOW, claim, enqueue, failed, new_address, settle

SECRET, ADDRESS = "whsec_sesame", "https://hooks.example.org/ada.lovelace"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the only ledger of a folder is."""
    return tmp_path / "ledger.db"


def whereabouts(ledger: Path, *words: str) -> list[tuple[str, str]]:
    """The files beside a ledger in which a text occurs."""
    found = [(word, file) for word in words for file in ledger.parent.iterdir() if word.encode() in file.read_bytes()]
    return [(word, file.name) for word, file in found]


def put(database: Database, name: str, *, subscription: str, padding: int = 0) -> None:
    """Keep an address that is like no other, with a secret of its own."""
    like = new_address(name, subscription=subscription)
    told = {field: getattr(like, field) for field in ("number", "channel", "mask", "endpoint")}
    new = NewAddress(
        address_id=name,
        subscription_id=subscription,
        clear=f"{ADDRESS}/{name}/{'x' * padding}",
        secrets=(Secret(secret=f"{SECRET}_{name}"),),
        **told,
    )
    with database.writing() as transaction:
        transaction.addresses.add_many([new], NOW)


def forget(database: Database, subscription: str) -> bool:
    """Forget the addresses of a subscription; whether nothing is left of them."""
    with database.writing() as transaction:
        transaction.addresses.forget(subscription)
    return database.scrub()


@pytest.mark.parametrize("longest", (0, 50, 300, 3_000, 9_000))
def test_no_byte_of_what_is_forgotten_is_left(ledger: Path, longest: int) -> None:
    """Neither in pages that were divided or freed since, nor in the log, while the ledger is open and is used."""
    database, chance = open_database(str(ledger)), Random(longest)
    names = [f"{chance.random():.12f}" for _ in range(200)]
    for number, name in enumerate(names):
        put(database, name, subscription=f"s-{number % 3}", padding=chance.randrange(longest + 1))
        if number % 3 == 0:
            other = chance.choice(names[: number + 1])
            rotated = [Secret(secret=f"{SECRET}_{other}{'y' * chance.randrange(longest + 1)}") for _ in range(2)]
            with database.writing() as transaction:
                transaction.addresses.put_secrets(other, rotated)
    enqueue(database, names[0], "1")
    settle(database, failed(claim(database)[0], again_s=5))
    assert whereabouts(ledger, SECRET, ADDRESS)
    assert [True] * 3 == [forget(database, f"s-{number}") for number in range(3)]
    assert [] == whereabouts(ledger, SECRET, ADDRESS)
    with database.reading() as transaction:
        assert 200 == len([one for number in range(3) for one in transaction.addresses.of(f"s-{number}")])
    database.close()
    assert [] == whereabouts(ledger, SECRET, ADDRESS)


def test_others_are_kept_as_they_are(database: Database) -> None:
    """Of another subscription addresses, secrets and all else stay, on both databases."""
    put(database, "a", subscription="s-a")
    put(database, "b", subscription="s-b")
    enqueue(database, "b", "1")
    settle(database, failed(claim(database)[0], again_s=5))
    with database.reading() as transaction:
        before, mask = transaction.addresses.get("b"), transaction.addresses.get("a").mask
    forget(database, "s-a")
    with database.reading() as transaction:
        assert before == transaction.addresses.get("b")
        forgotten = transaction.addresses.get("a")
    assert (None, None, mask) == (forgotten.clear, forgotten.secrets, forgotten.mask)


def test_who_still_reads_what_was_is_told(ledger: Path) -> None:
    """A reader that began before keeps the log: that is answered, and the next time nothing is left."""
    database = open_database(str(ledger), lock_wait_s=0.05)
    put(database, "a", subscription="s-a")
    with database.reading() as transaction:
        assert transaction.addresses.get("a").clear is not None
        assert not forget(database, "s-a")
    assert database.scrub()
    assert [] == whereabouts(ledger, SECRET, ADDRESS)
    database.close()
