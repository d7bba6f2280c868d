"""The address that mails carry, which ends a subscription by one click."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def unsubscribing_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
