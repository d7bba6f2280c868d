"""What holds for every address of the API: what it needs is told, and what it does not know is refused.

It promises that a misspelt filter never answers everything: a parameter that an address does not have, or that comes
twice where one is taken, is refused with what is near. Forms of pages and feeds keep rules of their own.
"""

import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, get_origin

from fastapi import APIRouter, Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from tracker.web.gate import NEED, Need
from tracker.web.problems import Problem

BEARER = "bearer"
SECURITY_SCHEMES: dict[str, Any] = {
    BEARER: {
        "type": "http",
        "scheme": "bearer",
        "description": "A token: trialog token create NAME --scope read|write|admin. On loopback, and where the "
        "server says so, what needs `reading` is open without one.",
    }
}


def under_house_rules(router: APIRouter) -> APIRouter:
    """The router, with every address of it under the rules."""
    for route in router.routes:
        if isinstance(route, APIRoute):
            route.dependencies.append(Depends(_refusing_unknown(route)))  # behind the need: who may not hears that
            route.openapi_extra = {**(route.openapi_extra or {}), **_told_need(_need_of(route))}
    return router


def _refusing_unknown(route: APIRoute) -> Callable[[Request], None]:
    known = dict(_query_of(route.dependant))

    def refuse_unknown(request: Request) -> None:
        counts = Counter(name for name, _ in request.query_params.multi_items())
        wrong = [(name, _expected(name, tuple(known))) for name in counts if name not in known]
        wrong += [(name, "one value") for name, times in counts.items() if times > 1 and not known.get(name, True)]
        if wrong:
            raise Problem(422, "; ".join(f"{name[:80]}: expected {expected}" for name, expected in wrong), wrong=wrong)

    return refuse_unknown


def _query_of(dependant: Dependant) -> Iterator[tuple[str, bool]]:
    """The names in the query that an address takes, and whether one may come more than once."""
    for field in dependant.query_params:
        yield field.alias, get_origin(field.field_info.annotation) is list
    for inner in dependant.dependencies:
        yield from _query_of(inner)


def _expected(name: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(name[:80].lower(), known, 1)
    if near:
        return f"no such parameter; did you mean {near[0]}?"
    return f"no such parameter; there are {', '.join(sorted(known))}" if known else "no parameter at all"


def _need_of(route: APIRoute) -> Need:
    needs = (getattr(each.dependency, "need", None) for each in route.dependencies)
    return next(need for need in needs if isinstance(need, Need))


def _told_need(need: Need) -> dict[str, Any]:
    bearer: dict[str, list[str]] = {BEARER: []}
    alternatives = {Need.OPEN: [], Need.READING: [{}, bearer]}
    return {NEED: need.value, "security": alternatives.get(need, [bearer])}
