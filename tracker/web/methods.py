"""Which methods an address takes. Source: RFC 9110, section 10.2.1: a 405 names all of them."""

import re

from fastapi import Request
from starlette.routing import Match

_PARAMETER = re.compile(r"\{[^}]*\}")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def allowed_methods(request: Request) -> str:
    """The methods of the address of a request, as the header Allow has them; HEAD goes with GET.

    Where several addresses match, as ``/tracked/log`` and ``/tracked/{name}`` do, it is the one that says the most.
    """
    scope = {name: value for name, value in request.scope.items() if name not in ("route", "endpoint", "path_params")}
    said: dict[str, int] = {}
    for method in _METHODS:
        matches = [route for route in request.app.routes if route.matches({**scope, "method": method})[0] is Match.FULL]
        if matches:
            said[method] = max(len(_PARAMETER.sub("", getattr(route, "path", ""))) for route in matches)
    taken = [method for method, count in said.items() if count == max(said.values())]
    return ", ".join(["HEAD", *taken] if "GET" in taken else taken)
