"""What is tracked."""

from fastapi import APIRouter

from tracker.web.site import Site


def tracked_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["tracked"])
