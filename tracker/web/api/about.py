"""How much there is, how it is doing, and whether it is whole."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel

from store.unit_of_work import Transaction
from store.verifications import Verification
from tracker.access.callers import Scope
from tracker.pipeline.status import instant, status_object
from tracker.seeing import overview_of
from tracker.views.answers import DisabledAddress
from tracker.web.answering import answered, as_object
from tracker.web.api.status_answers import StatusAnswer
from tracker.web.gate import Need, caller_of, needs
from tracker.web.problems import declared
from tracker.web.site import Site


class InfoAnswer(BaseModel):
    """How much the ledger holds; ``disabled_addresses``, which are people's, is null for who has no read scope."""

    trials: int
    revisions: int
    events: int
    rejects: int
    size_bytes: int
    newest_data_on: str | None
    by_status: dict[str, int]
    away: dict[str, int]
    disabled_addresses: list[DisabledAddress] | None


class VerifyAnswer(BaseModel):
    """The last check of the ledger; all null where none was made. ``position`` is the first that is wrong."""

    ok: bool | None
    checked_to: int | None
    checked_at: str | None
    position: int | None
    reason: str | None


def about_routes(site: Site) -> APIRouter:
    """The addresses."""
    router = APIRouter(tags=["about"])

    @router.get(
        "/info",
        dependencies=[needs(Need.READING)],
        summary="How much the ledger holds",
        responses={200: {"model": InfoAnswer}, **declared()},
    )
    def info(request: Request) -> Response:
        """Trials, revisions, events, size, newest data date, statuses. As `trialog info`."""
        found = as_object(overview_of(site.services().database))
        caller = caller_of(request)
        may_see = caller is not None and caller.reaches(Scope.READ)
        if found["disabled_addresses"] and not may_see:
            found = {**found, "disabled_addresses": None}
        return answered(found)

    @router.get(
        "/status",
        dependencies=[needs(Need.READ)],
        summary="Whether trialog itself is well, and why not",
        responses={200: {"model": StatusAnswer}, **declared()},
    )
    def status() -> Response:
        """Polls, jobs, deliveries, daemons, disk, verification. As `trialog status`."""
        return answered(status_object(site.seeing.status()))

    @router.get(
        "/verify",
        dependencies=[needs(Need.READING)],
        summary="The last check of the ledger",
        responses={200: {"model": VerifyAnswer}, **declared()},
    )
    def verify() -> Response:
        """What a daemon's last check found: the newest, or one that found a fault, until a later one of as much finds
        none. `trialog verify` checks at once."""
        with site.reading() as transaction:
            return answered(_told(_last_check(transaction)))

    return router


def _last_check(transaction: Transaction) -> Verification | None:
    checks = sorted(transaction.verifications.list(), key=lambda one: (not one.ok, one.checked_at))
    return checks[-1] if checks else None


def _told(check: Verification | None) -> dict[str, Any]:
    return {
        "ok": check and check.ok,
        "checked_to": check and check.checked_to,
        "checked_at": check and instant(check.checked_at),
        "position": check and check.position,
        "reason": check and check.reason,
    }
