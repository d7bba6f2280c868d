"""Changes of all trials, and the stream of them."""

from fastapi import APIRouter

from tracker.web.site import Site


def change_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["changes"])
