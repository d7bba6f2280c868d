"""How much there is, how it is doing, and whether it is whole."""

from fastapi import APIRouter

from tracker.web.site import Site


def about_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["about"])
