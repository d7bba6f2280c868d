"""Keeps the garbage collector from walking records again and again while many of them pass through.

Records are trees, freed by counting references; collecting finds nothing in them and costs a quarter of an import.
Between batches the youngest objects are still collected, for the sake of libraries that make cycles.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def resting_collector() -> Iterator[None]:
    """No collection of its own accord inside; as before afterwards."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def rest_collector() -> None:
    """The same for the rest of a worker process's life."""
    gc.freeze()
    gc.disable()


def collect_young() -> None:
    """Collect what the last batch left behind."""
    gc.collect(0)
