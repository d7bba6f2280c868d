"""The API: all its addresses."""

from fastapi import APIRouter

from tracker.web.api.about import about_routes
from tracker.web.api.backtests import backtest_routes
from tracker.web.api.changes import change_routes
from tracker.web.api.deliveries import delivery_routes
from tracker.web.api.house_rules import under_house_rules
from tracker.web.api.redelivering import redelivering_routes
from tracker.web.api.releasing import releasing_routes
from tracker.web.api.runs import run_routes
from tracker.web.api.stale import stale_routes
from tracker.web.api.stream import stream_routes
from tracker.web.api.subscription_acts import subscription_act_routes
from tracker.web.api.subscriptions import subscription_routes
from tracker.web.api.tracked import tracked_routes
from tracker.web.api.tracking import tracking_routes
from tracker.web.api.trial_changes import trial_change_routes
from tracker.web.api.trial_revisions import trial_revision_routes
from tracker.web.api.trial_search import trial_search_routes
from tracker.web.api.trials import trial_routes
from tracker.web.site import Site

_ROOMS = (
    trial_search_routes,
    trial_routes,
    trial_revision_routes,
    trial_change_routes,
    stream_routes,  # before what has /changes/{position}
    change_routes,
    stale_routes,
    run_routes,
    releasing_routes,
    tracked_routes,
    tracking_routes,
    subscription_routes,
    subscription_act_routes,
    backtest_routes,
    delivery_routes,
    redelivering_routes,
    about_routes,
)


def api_routes(site: Site) -> APIRouter:
    """All of them."""
    router = APIRouter()
    for routes in _ROOMS:
        router.include_router(under_house_rules(routes(site)))
    return router
