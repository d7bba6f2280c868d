"""What a subscription would have sent."""

from fastapi import APIRouter

from tracker.web.site import Site


def backtest_routes(site: Site) -> APIRouter:
    """The addresses."""
    return APIRouter(tags=["backtests"])
