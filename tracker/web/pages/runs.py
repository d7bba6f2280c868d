"""Runs of polls, and what they held back."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def run_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
