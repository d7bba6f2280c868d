"""What is watched."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def tracked_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
