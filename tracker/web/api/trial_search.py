"""``GET /trials``: the search for trials. Its place; the query behind it belongs to the views."""

from fastapi import APIRouter

from tracker.web.site import Site


def trial_search_routes(site: Site) -> APIRouter:
    """The address."""
    return APIRouter(tags=["trials"])
