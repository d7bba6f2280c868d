"""Who may: every address says what it needs."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.routing import APIRoute

from tests.contract.web.site import Site
from tracker.web.application import create_app

PROBES_AND_FILES = {"/healthz", "/readyz", "/freshz", "/static/{digest}/{name}"}


def test_every_address_says_what_it_needs(site: Site) -> None:
    """But for the probes and the files of the pages, which are for everybody."""
    silent = {route.path for route in addresses(create_app(site.served()).routes) if not says_need(route)}
    assert silent == PROBES_AND_FILES


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
