"""A lease that is renewed by a thread for as long as it is needed, whatever its holder waits for meanwhile.

It promises that the lease is renewed three times within its length, and given back at the end; that a database
which cannot be written to for a while only delays that; and that ``require`` tells a holder who lost it. It stores
nothing else.
"""

import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

from store.errors import StoreError
from store.leases import Lease, LeaseLost
from store.unit_of_work import Database

_RENEWALS = 3  # within the length of a lease


class KeptLease:
    """``lease`` of ``database``, renewed for ``lasts_s`` seconds at a time while the block lasts.

    What is written to its own ``database`` is written under the lease, or not at all.
    """

    def __init__(self, database: Database, lease: Lease, *, lasts_s: float) -> None:
        self.lease = lease
        self.database = database.under(lease)
        self._lasts_s = lasts_s
        self._lost: LeaseLost | None = None
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._renew, name=f"lease {lease.name}", daemon=True)

    def require(self) -> None:
        """LeaseLost, once that is known; where it is not known yet, the next write finds out."""
        if self._lost is not None:
            raise self._lost

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ends.set()
        self._thread.join()
        with suppress(StoreError), self.database.writing() as transaction:  # else it ends by itself
            transaction.leases.release(self.lease)

    def _renew(self) -> None:
        while not self._ends.wait(self._lasts_s / _RENEWALS):
            try:
                with self.database.working() as transaction:  # beside who writes: that may take longer than the lease
                    transaction.leases.renew(self.lease, lasts_s=self._lasts_s)
            except LeaseLost as err:
                self._lost = err
                return
            except StoreError:  # locked, or not there for a moment: again in a while
                continue
