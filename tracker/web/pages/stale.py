"""Trials that are UNKNOWN or lapsing, and when they will."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def stale_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
