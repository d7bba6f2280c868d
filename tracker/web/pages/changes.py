"""Changes of all trials, and each with its own page."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def change_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
