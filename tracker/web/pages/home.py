"""The way in: search, what changed lately, what is about to turn UNKNOWN."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from tracker.web.gate import Need, needs
from tracker.web.pages.rendering import Pages, Same
from tracker.web.site import Site


def home_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    router = APIRouter()

    @router.get("/", dependencies=[needs(Need.READING)])
    def home(request: Request) -> HTMLResponse:
        same = Same(command="changes", api="/api/v1/changes")
        return pages.page(request, "home.html", {"title": "Home"}, same=same)

    return router
