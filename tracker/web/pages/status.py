"""How trialog is doing."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def status_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
