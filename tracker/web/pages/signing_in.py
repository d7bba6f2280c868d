"""Signing in with a token or by a one-time link, and signing out.

It promises that nobody is led to another site, that neither a token nor a link stays in an address, that a cookie
is for this server alone and out of reach of scripts, and that a link is used up by whoever follows it, not by a program
that looks at it first.
"""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from tracker.access.signing_in import SignedIn
from tracker.domain.errors import InvalidInput
from tracker.web.access_gate import FORM_COOKIE, SESSION_COOKIE, AccessGate
from tracker.web.gate import Need, needs
from tracker.web.guards.conditional import IS_HEAD
from tracker.web.pages.rendering import Pages, address_maker
from tracker.web.problems import Problem
from tracker.web.site import Site

Next = Annotated[str, Query(alias="next", max_length=2000)]
Link = Annotated[str, Query(max_length=200)]
Secret = Annotated[str, Form(max_length=200)]
Csrf = Annotated[str, Form(max_length=200)]
Where = Annotated[str, Form(alias="next", max_length=2000)]

_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")


def sign_in_pages(site: Site, pages: Pages) -> APIRouter:
    """The addresses; none where the gate knows no tokens."""
    router = APIRouter()
    gate = site.gate
    if not isinstance(gate, AccessGate):
        return router

    @router.get("/login", dependencies=[needs(Need.OPEN)])
    def login(request: Request, where: Next = "/", link: Link = "") -> Response:
        if link and _is_ahead(request):
            raise Problem(503, "a link to sign in is for whoever follows it", headers={"cache-control": "no-store"})
        if link and not request.scope.get(IS_HEAD):
            gate.limit.count_sign_in(request.client.host if request.client else "")
            try:
                return _welcome(request, gate.access.signing_in.sign_in_by_link(link), "/")
            except InvalidInput as err:
                return _page(request, pages, gate, where="/", wrong=str(err))
        return _page(request, pages, gate, where=where)

    @router.post("/login", dependencies=[needs(Need.OPEN)])
    def sign_in(request: Request, token: Secret = "", csrf: Csrf = "", where: Where = "/") -> Response:
        gate.limit.count_sign_in(request.client.host if request.client else "")
        gate.check_form(request, csrf)
        try:
            return _welcome(request, gate.access.signing_in.sign_in(token.strip()), where)
        except InvalidInput as err:
            return _page(request, pages, gate, where=where, wrong=str(err))

    @router.post("/logout", dependencies=[needs(Need.OPEN)])
    def sign_out(request: Request, csrf: Csrf = "") -> Response:
        gate.check_form(request, csrf)
        gate.access.signing_in.sign_out(request.cookies.get(SESSION_COOKIE, ""))
        response = RedirectResponse(address_maker(request)("/"), 303)
        response.delete_cookie(SESSION_COOKIE, path=_where_cookies_go(request))
        return response

    return router


def own_path(text: str) -> str:
    """``text`` where it is a path of this site; else the way in."""
    is_own = text.startswith("/") and not text.startswith("//")
    return text if is_own and text.isprintable() and "\\" not in text else "/"


def _is_ahead(request: Request) -> bool:
    """Whether a browser asks before anybody followed the link; one that is refused asks again when somebody does."""
    return any("prefetch" in request.headers.get(name, "").lower() for name in _AHEAD)


def _page(request: Request, pages: Pages, gate: AccessGate, *, where: str, wrong: str = "") -> Response:
    cookie = request.cookies.get(FORM_COOKIE) or gate.forms.new_cookie()
    values = {
        "title": "Sign in",
        "where": own_path(where),
        "wrong": wrong,
        "form_csrf": gate.forms.make(getattr(request.state, "caller", None), cookie=cookie),
    }
    response = pages.page(request, "login.html", values, same=None, status=422 if wrong else 200)
    response.headers["cache-control"] = "no-store"
    _put_cookie(request, response, FORM_COOKIE, cookie, max_age_s=3600)
    return response


def _welcome(request: Request, signed_in: SignedIn, where: str) -> Response:
    response = RedirectResponse(address_maker(request)(own_path(where)), 303)
    _put_cookie(request, response, SESSION_COOKIE, signed_in.cookie, max_age_s=None)
    response.headers["cache-control"] = "no-store"
    return response


def _put_cookie(request: Request, response: Response, name: str, value: str, *, max_age_s: int | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age_s,
        path=_where_cookies_go(request),
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _where_cookies_go(request: Request) -> str:
    """To this server alone, which may share its name with others, told apart by the path of the public address."""
    return address_maker(request)("") or "/"
