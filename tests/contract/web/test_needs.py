"""Who may: every address says what it needs, and every form of a page proves that it is ours."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.routing import APIRoute

from tests.contract.web.site import Site
from tracker.access.callers import Scope
from tracker.web.application import create_app
from tracker.web.gate import Need

PROBES_AND_FILES = {"/healthz", "/readyz", "/freshz", "/static/{digest}/{name}"}
OPEN = ("/unsubscribe/", "/login", "/logout")
DOCUMENTATION = ("/api", "/api/v1/openapi.json")
PRIVATE = ("/subscriptions", "/deliveries", "/status")  # who is written to, and by what key
ONLY_ASKED = ("/backtest", "/subscriptions/{name}/feed", "/feeds", "/feeds/{key_id}/revoke")  # sent, of the asker's own


def test_every_address_says_what_it_needs(site: Site) -> None:
    """But for the probes and the files of the pages, which are for everybody."""
    silent = {route.path for route in addresses(create_app(site.served()).routes) if not says_need(route)}
    assert silent == PROBES_AND_FILES


def test_who_may_only_read_changes_nothing(site: Site) -> None:
    """What changes anything needs the scope write, what lets out what was held back admin, and who is written to is
    read by nobody in particular."""
    found = [route for route in addresses(create_app(site.served()).routes) if says_need(route)]
    assert {} == {route.path: needs_of(route) for route in found if {wanted(route)} != needs_of(route)}
    assert set(Need) - {Need.OPEN} <= {wanted(route) for route in found}


def test_a_form_that_is_not_ours_changes_nothing(site: Site) -> None:
    """Whatever page it is of, and whoever sends it; the way out of mails is open to mail programs."""
    site.scope = Scope.ADMIN
    forms = [
        route.path.replace("{", "").replace("}", "")
        for route in addresses(create_app(site.served()).routes)
        if "POST" in (route.methods or ()) and route.endpoint.__module__.startswith("tracker.web.pages.")
    ]
    sent = {
        path: site.get(path, method="POST", body="csrf=no&name=x&trial=NCT00000001&feed=x").status for path in forms
    }
    assert {} == {path: status for path, status in sent.items() if 403 != status and not path.startswith(OPEN)}
    assert len(sent) > 10


def wanted(route: APIRoute) -> Need:
    """What an address has to need, by what it is."""
    acts = bool((route.methods or set()) - {"GET", "HEAD"})
    if route.path.startswith(OPEN) or route.path in DOCUMENTATION:
        return Need.OPEN
    if acts and route.path.endswith(("/release", "/redeliver")):
        return Need.ADMIN
    if (acts and route.path not in ONLY_ASKED) or route.path.endswith(("/new", "/edit")):
        return Need.WRITE
    is_private = route.path.startswith(PRIVATE) or route.path in ONLY_ASKED
    return Need.READ if acts or is_private else Need.READING


def needs_of(route: APIRoute) -> set[Need]:
    """What an address needs."""
    return {getattr(each.dependency, "need") for each in route.dependencies if hasattr(each.dependency, "need")}  # noqa: B009 # mypy


def addresses(routes: Iterable[Any]) -> Iterator[APIRoute]:
    """The addresses of the routers, whichever include which."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from addresses(route.original_router.routes)


def says_need(route: APIRoute) -> bool:
    """Whether one of its dependencies is a need."""
    return any(hasattr(each.dependency, "need") for each in route.dependencies)
