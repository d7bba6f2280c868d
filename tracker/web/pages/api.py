"""The API's documentation, read from its OpenAPI on the server."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tracker.web.gate import Need, needs
from tracker.web.pages.api_reference import subjects
from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def api_pages(site: Site, pages: Pages) -> APIRouter:
    """The address."""
    router = APIRouter()

    @router.get("/api", dependencies=[needs(Need.OPEN)])
    def api(request: Request) -> HTMLResponse:
        schema = request.app.openapi()
        values = {"title": "API", "subjects": subjects(schema, url=site.url_of(request))}
        return pages.page(request, "api.html", values, same=None)

    return router
