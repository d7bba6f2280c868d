"""Subscriptions: who asks for what."""

from fastapi import APIRouter

from tracker.web.site import Site


def subscription_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["subscriptions"])
