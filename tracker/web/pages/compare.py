"""Two revisions of a trial side by side."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def compare_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
