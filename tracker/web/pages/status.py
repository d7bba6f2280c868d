"""How trialog is doing, for people."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tracker.pipeline.status import status_object
from tracker.web.gate import Need, needs
from tracker.web.pages.rendering import Pages, Same
from tracker.web.site import Site


def status_pages(site: Site, pages: Pages) -> APIRouter:
    """The address."""
    router = APIRouter()

    @router.get("/status", dependencies=[needs(Need.READ)])
    def status(request: Request) -> HTMLResponse:
        found = status_object(site.seeing.status())
        with site.reading() as transaction:
            checked = transaction.verifications.list()
        values = {"title": "Status", "here": "status", "status": found, "checked": checked}
        return pages.page(request, "status.html", values, same=Same(command="status", api="/api/v1/status"))

    return router
