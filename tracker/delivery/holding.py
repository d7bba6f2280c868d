"""Names of holders of leases, as the outbox stores them, and whether one of them is gone.

It promises a new name for each run, and to call a holder gone only where its process has certainly ended: see
`store.holders`. Of a name that it cannot read it says nothing; there the lease's end decides.
"""

from dataclasses import asdict

from store.errors import StoreError
from store.holders import Holder, is_gone, this_process
from store.json_text import decode, encode


def new_holder_name() -> str:
    """A name for a run in this process."""
    return encode(asdict(this_process())).decode()


def is_holder_gone(name: str) -> bool:
    """Whether the process of the holder of that name has ended, as far as this host can tell."""
    try:
        return is_gone(Holder(**decode(name)))
    except (StoreError, TypeError, ValueError):
        return False
