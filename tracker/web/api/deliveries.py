"""Deliveries and their attempts."""

from fastapi import APIRouter

from tracker.web.site import Site


def delivery_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["deliveries"])
