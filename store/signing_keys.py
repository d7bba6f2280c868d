"""Keys that sign what is handed out: one under each name for all hosts on one database, made when it is first needed.

It promises that a key never changes once it is made, so that whatever was signed with it is known again after a
restart, on another host and in a restored backup. It does not know what is signed.
"""

import base64
from collections.abc import Callable

from store.unit_of_work import Database, Transaction

KEY_BYTES = 32


def signing_key(database: Database, name: str, random_bytes: Callable[[int], bytes]) -> bytes:
    """The key called ``name``; ``random_bytes`` is `secrets.token_bytes`, or a test's own."""
    with database.reading() as transaction:
        found = _stored(transaction, name)
    if found is not None:
        return found
    with database.writing() as transaction:
        found = _stored(transaction, name)
        if found is None:
            found = random_bytes(KEY_BYTES)
            transaction.cursors.put(name, {"key": base64.b64encode(found).decode("ascii")})
    return found


def _stored(transaction: Transaction, name: str) -> bytes | None:
    stored = transaction.cursors.get(name)
    return None if stored is None else base64.b64decode(stored["key"])
