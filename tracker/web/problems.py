"""Refusals and failures: RFC 9457 for programs, a page for people.

It promises that no answer reveals what happened inside: texts of errors of ours are made to be shown, and everything
else is told as a failure, with its cause in the log alone.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from store import errors as store_errors
from tracker.domain import errors
from tracker.domain.safe_text import one_line
from tracker.web.methods import allowed_methods

MEDIA_TYPE = "application/problem+json"
BUSY_S = 5

_LOG = structlog.get_logger()
_FAILED = "trialog could not answer this; its log says why"
_BUSY = "the ledger is busy or away; try again in some seconds"


class Wrong(BaseModel):
    """A parameter that cannot be used, and what was expected."""

    parameter: str
    expected: str


class ProblemDetails(BaseModel):
    """A refusal or a failure, by RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[Wrong] = []


class Problem(Exception):
    """An answer that is a refusal. ``wrong``: parameter and what was expected of it."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        wrong: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, detail)
        self.status = status
        self.detail = detail
        self.wrong = tuple(wrong)
        self.headers = dict(headers or {})


def declared(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Refusals of an operation for its OpenAPI; every one may also be 400 (Host), 401, 403, 429 and 503."""
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
        }
        for status in sorted({400, 401, 403, 422, 429, 503, *statuses})
    }


def add_problems(app: FastAPI, *, page: Any) -> Callable[[Request], Response]:
    """Have ``app`` answer so; ``page`` makes the response for people of a request and a problem. Gives what makes the
    answer to a request at which the program failed.
    """

    def answer(request: Request, problem: Problem) -> Response:
        if problem.status == 405:
            problem.headers.pop("Allow", None)  # the framework's, of one route alone
            problem.headers["allow"] = allowed_methods(request)
        if problem.status == 401:
            problem.headers.setdefault("www-authenticate", "Bearer")
        if is_for_programs(request):
            return as_json(problem)
        response: Response = page(request, problem)
        response.headers.update(problem.headers)
        return response

    for kind, turn in _TURNS.items():

        def handle(request: Request, err: Exception, turn: Any = turn) -> Response:
            return answer(request, turn(err))

        app.add_exception_handler(kind, handle)
    return lambda request: answer(request, Problem(500, _FAILED))


def is_for_programs(request: Request) -> bool:
    """Whether a program asks: of the API, feeds and whatever else is no page."""
    path = request.scope["path"]
    return path.startswith(("/api/", "/feeds/")) or "text/html" not in request.headers.get("accept", "")


def as_json(problem: Problem) -> Response:
    """The problem as RFC 9457 writes it."""
    status = HTTPStatus(problem.status)
    told = {"type": "about:blank", "title": status.phrase, "status": problem.status, "detail": problem.detail}
    told["errors"] = [{"parameter": name, "expected": expected} for name, expected in problem.wrong]
    body = orjson.dumps(told, option=orjson.OPT_NON_STR_KEYS)
    return Response(body, status_code=problem.status, media_type=MEDIA_TYPE, headers=problem.headers)


def _of_tracker(err: Exception) -> Problem:
    text = one_line(str(err)).encode("utf-8", "replace").decode()
    if isinstance(err, errors.InvalidInput):
        wrong = [(err.part, text)] if err.part else []
        return Problem(409 if isinstance(err, errors.Mismatch) else 422, text, wrong=wrong)
    if isinstance(err, errors.NotFound):
        return Problem(404, text)
    if isinstance(err, errors.Conflict):
        return Problem(409, text)
    if isinstance(err, errors.Transient):
        return Problem(503, text, headers={"retry-after": f"{max(1, round(err.retry_after_s))}"})
    _LOG.error("http_failed", error=str(err))
    return Problem(500, _FAILED)


def _of_store(err: Exception) -> Problem:
    if isinstance(err, store_errors.NotFound):
        return Problem(404, "there is nothing under this name")
    if isinstance(err, store_errors.InvalidInput):
        return Problem(422, one_line(str(err)))
    if isinstance(err, store_errors.Conflict):
        return Problem(409, "somebody else was quicker; look again and repeat it")
    if isinstance(err, store_errors.Transient):
        return Problem(503, _BUSY, headers={"retry-after": str(BUSY_S)})
    _LOG.error("http_failed", error=str(err))
    return Problem(500, "the ledger cannot be used; trialog status says why")


def _of_validation(err: Exception) -> Problem:
    assert isinstance(err, RequestValidationError)
    no_json = next((each for each in err.errors() if each["type"] == "json_invalid"), None)
    if no_json is not None:
        told = f"JSON; it is none at character {no_json['loc'][-1]}: {no_json['ctx']['error']}"
        return Problem(400, "the body is no JSON", wrong=[("body", told)])
    found = [(_parameter(each["loc"]), _expected(each)) for each in err.errors()]
    return Problem(422, "; ".join(f"{name}: {expected}" for name, expected in found), wrong=found)


def _expected(fault: Mapping[str, Any]) -> str:
    if fault["type"] != "model_attributes_type":
        return str(fault["msg"])
    return "an object of JSON, sent as Content-Type: application/json" if len(fault["loc"]) == 1 else "an object"


def _parameter(place: Sequence[Any]) -> str:
    if place[0] in ("query", "path", "header", "cookie"):  # which of several values it is does not matter
        return str(place[1])
    named = [str(part) for part in place[1:] if "[" not in str(part)]  # not which of the kinds it could have been
    return ".".join(named) or str(place[0])


def _of_http(err: Exception) -> Problem:
    assert isinstance(err, HTTPException)
    detail = {404: "there is nothing at this address", 405: "this address does not take that method"}
    return Problem(err.status_code, detail.get(err.status_code, str(err.detail)), headers=err.headers)


def _itself(err: Exception) -> Problem:
    assert isinstance(err, Problem)
    return err


def _of_nobody(err: Exception) -> Problem:
    """Whoever asked is gone, as a page that asks while somebody types often is: nobody reads it, nothing failed."""
    return Problem(400, "the request ended before all of it was here")


_TURNS: dict[type[Exception], Any] = {
    Problem: _itself,
    ClientDisconnect: _of_nobody,
    HTTPException: _of_http,
    RequestValidationError: _of_validation,
    errors.TrackerError: _of_tracker,
    store_errors.StoreError: _of_store,
}
