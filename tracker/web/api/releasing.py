"""Releasing what a run holds."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from tracker.pipeline.releasing import ReleaseSummary
from tracker.views.rows import storable
from tracker.web.answering import answered
from tracker.web.api.runs import RunId
from tracker.web.gate import Need, needs
from tracker.web.problems import declared
from tracker.web.site import Site

AsMigration = Annotated[
    bool, Query(description="As a migration of the registry: administrative changes that never alert.")
]


def releasing_routes(site: Site) -> APIRouter:
    """The address."""
    router = APIRouter(tags=["runs"])

    @router.post(
        "/runs/{run}/release",
        dependencies=[needs(Need.ADMIN)],
        summary="Record what a run holds",
        responses={200: {"model": ReleaseSummary}, **declared(404)},
    )
    def release(run: RunId, as_migration: AsMigration = False) -> Response:
        """Record what a run held, as it was observed; the answer comes when all is recorded. One that is broken
        off goes on where it stopped when it is asked for again, and two at once share the work. As the
        command `trialog release`."""
        services = site.services()
        return answered(
            services.release(storable(run) or "", as_migration=as_migration, show=lambda _done, _total: None)
        )

    return router
