"""How values are written for programs, and how failures are told: bytes and objects, without a server."""

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import Response
from structlog.testing import capture_logs

from store import errors as store_errors
from tracker.domain import errors
from tracker.web.answering import Format, answered, csv_text, json_bytes, listed, next_address, own_address
from tracker.web.problems import Problem, add_problems, as_json, is_for_programs


def request(path: str = "/api/v1/x", query: str = "", *, accept: str = "*/*", prefix: str = "") -> Request:
    """What somebody asks."""
    return Request(
        {
            "type": "http",
            "method": "GET",
            "path": path,
            "query_string": query.encode(),
            "headers": [(b"accept", accept.encode())],
            "public_prefix": prefix,
        }
    )


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a list."""

    name: Any
    value: Any = None


def cells(*values: Any) -> list[str]:
    """How values stand in a table, read again."""
    (_, *rows) = csv.reader(io.StringIO(csv_text([{"name": value} for value in values])))
    return [row[0] if row else "" for row in rows]


def test_a_cell_says_what_the_object_says() -> None:
    """Words for true and false, nothing for none, JSON for what is more than one thing; a comma breaks no row."""
    told = cells(True, False, None, 0, -1, 1.5, "a,b", 'say "x"', ["a", 1], {"a": None}, "\ud800 lone", "two\nlines")
    assert told == [
        "true",
        "false",
        "",
        "0",
        "-1",
        "1.5",
        "a,b",
        'say "x"',
        '["a",1]',
        '{"a":null}',
        "? lone",
        "two\nlines",
    ]
    assert "name,value\r\na,1\r\n" == csv_text([{"name": "a", "value": 1}])
    assert "" == csv_text([])


@pytest.mark.parametrize("text", ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"))
def test_a_cell_that_begins_a_formula_is_quoted(text: str) -> None:
    """So that a spreadsheet reads it as text; further on in a cell such a mark means nothing."""
    assert [f"'{text}", f"x{text}"] == cells(text, f"x{text}")


def test_no_text_is_bent_in_an_object() -> None:
    """A lone surrogate is an escape, a number as long as it is, a row the object of its fields."""
    assert b'{"a":"\xc3\xbc"}' == json_bytes({"a": "ü"})
    odd = {"row": Row("\ud800", [Row(10**30)]), "tuple": (1, "\ud800")}
    wanted = {"row": {"name": "\ud800", "value": [{"name": 10**30, "value": None}]}, "tuple": [1, "\ud800"]}
    assert wanted == json.loads(json_bytes(odd))
    made = answered(Row("a"), status=201, headers={"location": "/x"})
    assert (201, "/x", "application/json") == (made.status_code, made.headers["location"], made.headers["content-type"])


def test_a_list_names_what_follows_it() -> None:
    """By the same parameters but those that move on, under the public path; a table does so in a header."""
    asked = request(query="type=a&type=b%26&after=1&limit=2", prefix="/watch")
    follows = "/watch/api/v1/x?type=a&type=b%26&limit=2&after=7"
    assert follows == next_address(asked, {"after": 7})
    assert "/watch/api/v1/x?type=a&type=b%26&limit=2" == next_address(asked, {"after": None})
    assert "/watch/a%20b" == own_address(asked, "/a b")
    page = listed(asked, [Row("a")], more={"after": 7}, written=Format.JSON)
    assert {"items": [{"name": "a", "value": None}], "next": follows} == json.loads(bytes(page.body))
    last = listed(asked, [], more=None, written=Format.JSON)
    assert {"items": [], "next": None} == json.loads(bytes(last.body))
    table = listed(asked, [Row("a")], more={"after": 7}, written=Format.CSV)
    assert f'<{follows}>; rel="next"' == table.headers["link"]
    assert "link" not in listed(asked, [Row("a")], more=None, written=Format.CSV).headers


def told(err: Exception, asked: Request) -> Response:
    """How an error is answered."""
    app = FastAPI()
    add_problems(app, page=lambda _request, problem: Response("page", status_code=problem.status))
    kind = next(kind for kind in type(err).__mro__ if kind in app.exception_handlers)
    found: Any = app.exception_handlers[kind]
    answer: Response = found(asked, err)
    return answer


REFUSALS = (
    (errors.InvalidInput("wrong", part="since"), 422),
    (errors.Mismatch("wrong"), 409),
    (errors.NotFound("nothing"), 404),
    (errors.Conflict("taken"), 409),
    (store_errors.NotFound("row 7 of secrets"), 404),
    (store_errors.InvalidInput("wrong"), 422),
    (store_errors.Conflict("table secrets"), 409),
    (store_errors.Transient("host db.secret.example"), 503),
    (store_errors.StoreError("file /secret/ledger.db"), 500),
    (errors.Permanent("file /secret/ledger.db"), 500),
)


@pytest.mark.parametrize(("err", "status"), REFUSALS)
def test_an_error_is_told_without_what_happened_inside(err: Exception, status: int) -> None:
    """With the status of its kind; a failure is in the log alone, and one that passes says when to come back."""
    with capture_logs() as lines:
        reply = told(err, request())
        page = told(err, request("/stale", accept="text/html"))
    assert (status, "application/problem+json") == (reply.status_code, reply.headers["content-type"])
    assert (status, b"page") == (page.status_code, bytes(page.body))
    assert b"secret" not in reply.body
    assert (status == 503) == ("retry-after" in reply.headers) == ("retry-after" in page.headers)
    assert [str(err)] * 2 * (status == 500) == [line["error"] for line in lines]


def test_a_problem_has_the_keys_of_the_standard() -> None:
    """And names the parameter with what was expected of it; one that passes soon says so in whole seconds."""
    reply = told(errors.InvalidInput("a day was expected\nnot that", part="since"), request())
    body = json.loads(bytes(reply.body))
    assert ["type", "title", "status", "detail", "errors"] == list(body)
    assert ("about:blank", "Unprocessable Content", 422) == (
        body["type"],
        body["title"].replace("Entity", "Content"),
        422,
    )
    assert [{"parameter": "since", "expected": body["detail"]}] == body["errors"]
    assert "\n" not in body["detail"]
    assert "7" == told(errors.Transient("later", retry_after_s=6.6), request()).headers["retry-after"]
    assert "1" == told(errors.Transient("later", retry_after_s=0.1), request()).headers["retry-after"]
    assert "Bearer" == told(Problem(401, "who"), request()).headers["www-authenticate"]
    assert "3" == as_json(Problem(429, "later", headers={"retry-after": "3"})).headers["retry-after"]


def test_people_get_pages_and_programs_objects() -> None:
    """By the address, and elsewhere by what is accepted."""
    asked = (
        request("/api/v1/x", accept="text/html"),
        request("/feeds/changes.atom", accept="text/html"),
        request("/stale"),
        request("/stale", accept="text/html,*/*"),
    )
    assert [True, True, True, False] == [is_for_programs(one) for one in asked]
