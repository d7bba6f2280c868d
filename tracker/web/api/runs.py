"""Runs of polls, and the release of what they held back."""

from fastapi import APIRouter

from tracker.web.site import Site


def run_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["runs"])
