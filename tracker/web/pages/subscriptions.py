"""Subscriptions, and what they would have sent."""

from fastapi import APIRouter

from tracker.web.pages.rendering import Pages
from tracker.web.site import Site


def subscription_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses."""
    return APIRouter()
