"""The probes of whoever keeps the process running: does the loop turn, can it work, is its work fresh.

It promises 200 or 503 with ``{"ok", "reasons"}``, that an outage of the registry makes nothing but ``/freshz`` fail, so
that nobody restarts a daemon for it, and that no answer says where the database lies: these are open to everybody.
"""

from collections.abc import Callable, Iterable, Sequence

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from tracker.domain.fitness import OF_DATABASE, OF_FRESHNESS, Reason, public_words, reasons
from tracker.pipeline.status import reason_object
from tracker.seeing import Seeing

STALLED_AFTER_S = 60.0
LOOP_STALLED = "loop_stalled"
_HEADERS = {"cache-control": "no-store"}


def probes(seeing: Seeing, *, heartbeat: Callable[[], float]) -> APIRouter:
    """The three; ``heartbeat`` tells how many seconds ago the loop last turned."""
    router = APIRouter()

    async def healthz() -> JSONResponse:  # nothing in it waits, so that it needs no free thread
        return _answer(_stalled(heartbeat()))

    def readyz() -> JSONResponse:
        return _answer(_told(one for one in reasons(seeing.readiness()) if one.code in OF_DATABASE))

    def freshz() -> JSONResponse:
        found = reasons(seeing.survey().facts)
        return _answer(_told(one for one in found if one.code in OF_DATABASE | OF_FRESHNESS))

    for endpoint in (healthz, readyz, freshz):
        router.add_api_route(f"/{endpoint.__name__}", endpoint, response_model=None, include_in_schema=False)
    return router


def _stalled(silent_s: float) -> list[dict[str, str]]:
    if silent_s <= STALLED_AFTER_S:
        return []
    message = f"the daemon's loop has not turned for {silent_s:.0f} seconds"
    return [{"code": LOOP_STALLED, "message": message, "advice": "start it anew: nothing is lost"}]


def _told(found: Iterable[Reason]) -> list[dict[str, str]]:
    return [reason_object(one) | _public(one) for one in found]


def _public(one: Reason) -> dict[str, str]:
    return {"message": public_words(one.code)} if one.code in OF_DATABASE else {}


def _answer(found: Sequence[dict[str, str]]) -> JSONResponse:
    return JSONResponse({"ok": not found, "reasons": found}, status_code=503 if found else 200, headers=_HEADERS)
