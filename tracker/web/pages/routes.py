"""The pages: all their addresses."""

from fastapi import APIRouter

from tracker.web.pages.api import api_pages
from tracker.web.pages.changes import change_pages
from tracker.web.pages.compare import compare_pages
from tracker.web.pages.deliveries import delivery_pages
from tracker.web.pages.feeds import feed_pages
from tracker.web.pages.home import home_pages
from tracker.web.pages.rendering import Pages
from tracker.web.pages.runs import run_pages
from tracker.web.pages.signing_in import sign_in_pages
from tracker.web.pages.stale import stale_pages
from tracker.web.pages.status import status_pages
from tracker.web.pages.subscription_acts import subscription_act_pages
from tracker.web.pages.subscriptions import subscription_pages
from tracker.web.pages.tracked import tracked_pages
from tracker.web.pages.trials import trial_pages
from tracker.web.pages.unsubscribing import unsubscribing_pages
from tracker.web.site import Site

_ROOMS = (
    home_pages,
    trial_pages,
    compare_pages,
    change_pages,
    stale_pages,
    tracked_pages,
    subscription_pages,
    subscription_act_pages,
    delivery_pages,
    unsubscribing_pages,
    run_pages,
    feed_pages,
    status_pages,
    sign_in_pages,
    api_pages,
)


def page_routes(site: Site, pages: Pages) -> APIRouter:
    """All of them."""
    router = APIRouter(include_in_schema=False)
    for routes in _ROOMS:
        router.include_router(routes(site, pages))
    return router
