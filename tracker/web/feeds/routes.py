"""The feeds: all their addresses."""

from fastapi import APIRouter

from tracker.web.site import Site


def feed_routes(site: Site) -> APIRouter:
    """All of them."""
    return APIRouter(include_in_schema=False)
