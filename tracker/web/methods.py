"""Which methods an address takes. Source: RFC 9110, section 10.2.1: a 405 names all of them."""

from fastapi import Request
from starlette.routing import Match

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def allowed_methods(request: Request) -> str:
    """The methods of every route at the address of a request, as the header Allow has them; HEAD goes with GET.

    An address of the API that stands in its description as it is written, as ``/tracked/log`` does, takes what is told
    there, though others may match it too, as ``/tracked/{name}`` does.
    """
    scope = {name: value for name, value in request.scope.items() if name not in ("route", "endpoint", "path_params")}
    told = request.app.openapi()["paths"].get(scope["path"])
    taken = [
        method
        for method in _METHODS
        if (told is None or method.lower() in told)
        and any(route.matches({**scope, "method": method})[0] is Match.FULL for route in request.app.routes)
    ]
    return ", ".join(["HEAD", *taken] if "GET" in taken else taken)
