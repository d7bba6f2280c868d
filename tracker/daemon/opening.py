"""Opening the database of a daemon that may be started before it: waits for it, and goes on once it is there.

Promises: only what passes by itself is waited for (``Transient``), and why is logged once; all else leaves at once,
such as a login that is refused or a database that nobody made; a wish to end is heeded within a second, also where a
connection is taken and never answered; the service manager gives us the time. What is opened, it does not know.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TypeVar

import structlog

from store.errors import Transient
from tracker.daemon.service_manager import ServiceManager, more_time

_REST_S = 1.0
_LOOK_S = 0.2
_MORE_S = 60.0  # from one sign to the service manager until it may give us up
_LOG = structlog.get_logger()
_Opened = TypeVar("_Opened")


@contextmanager
def open_when_there(
    opening: Callable[[], AbstractContextManager[_Opened]], *, stop: threading.Event, manager: ServiceManager
) -> Iterator[_Opened | None]:
    """What ``opening`` opens, as long as the block lasts; None where ``stop`` was set before it could be.

    Raises what opening it raises, but for Transient.
    """
    found = _entered(opening, stop, manager)
    if found is None:
        yield None
        return
    made, opened = found
    with ExitStack() as stack:
        stack.push(made)
        yield opened


def _entered(
    opening: Callable[[], AbstractContextManager[_Opened]], stop: threading.Event, manager: ServiceManager
) -> tuple[AbstractContextManager[_Opened], _Opened] | None:
    is_told = False
    while not stop.is_set():
        attempt = _begin(opening)
        while not attempt.done() and not stop.wait(_LOOK_S):
            manager.tell(more_time(_MORE_S))
        if not attempt.done():
            break  # its thread ends with the process, and a database knows nothing half done
        try:
            found = attempt.result()
        except Transient as err:
            if not is_told:
                _LOG.warning("waits_for_database", reason=str(err))
                is_told = True
            stop.wait(_REST_S)
        else:
            if is_told:
                _LOG.info("database_is_there")
            return found
    return None


def _begin(
    opening: Callable[[], AbstractContextManager[_Opened]],
) -> "Future[tuple[AbstractContextManager[_Opened], _Opened]]":
    """Open beside whoever waits, who cannot be interrupted in the middle of that."""
    attempt: Future[tuple[AbstractContextManager[_Opened], _Opened]] = Future()

    def open_it() -> None:
        made = opening()
        try:
            attempt.set_result((made, made.__enter__()))
        except BaseException as err:  # noqa: BLE001 # handed to who waits
            attempt.set_exception(err)

    threading.Thread(target=open_it, name="opening", daemon=True).start()
    return attempt
