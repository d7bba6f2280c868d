"""How pages are made: templates filled with values, every one of which is text until a template says otherwise.

It promises that what a registry wrote never becomes markup, that a name which a template does not know is an error and
not a gap, and that every page names the command and the address of the API that give the same answer.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse

from tracker.seeing import version
from tracker.web.problems import Problem
from tracker.web.site import Site
from tracker.web.templating import environment

_TITLES = {  # what people read in place of the words of HTTP
    400: "That was not understood",
    401: "Please sign in",
    403: "That is not allowed",
    404: "That is not here",
    405: "That cannot be done here",
    409: "That does not go together",
    413: "That is too much at once",
    422: "That was not understood",
    429: "Too many questions at once",
    500: "Something went wrong here",
    503: "Not just now",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """What gives the same answer as a page, or does what its form does: a command without its first word, and an
    address of the API, with its method.
    """

    command: str
    api: str
    method: str = "GET"


class Pages:
    """Makes pages of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def page(
        self, request: Request, template: str, values: Mapping[str, Any], *, same: Same | None, status: int = 200
    ) -> HTMLResponse:
        """The page of a template. ``values`` of it: at least ``title``, and ``here``, the entry of the navigation."""
        url = address_maker(request)
        made = (
            environment()
            .get_template(template)
            .render(
                {"here": "", "feeds": (), "searched": ""},
                **values,
                url=url,
                same=same,
                caller=getattr(request.state, "caller", None),
                csrf=lambda: self._site.gate.csrf(request),
                path=request.scope["path"],
                version=version(),
            )
        )
        return HTMLResponse(made, status_code=status)

    def problem(self, request: Request, problem: Problem) -> HTMLResponse:
        """The page of a refusal or a failure."""
        title = _TITLES.get(problem.status, HTTPStatus(problem.status).phrase)
        return self.page(
            request, "problem.html", {"title": title, "problem": problem}, same=None, status=problem.status
        )


def address_maker(request: Request) -> Callable[..., str]:
    """Makes addresses of ours out of paths, under the path of the public address where that was asked."""
    prefix = request.scope.get("public_prefix", "")
    return lambda path: f"{prefix}{path}"
