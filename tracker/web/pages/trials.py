"""A trial: its record, its life, its history."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def trial_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
