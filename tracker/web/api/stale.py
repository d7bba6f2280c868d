"""Trials that are UNKNOWN by the rule, or will be."""

from fastapi import APIRouter

from tracker.web.site import Site


def stale_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["stale"])
