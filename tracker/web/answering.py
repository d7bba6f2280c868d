"""How programs are answered: JSON with the keys of the commands' ``--json``, lists by pages, and CSV of lists.

It promises that a list names the address of what follows it, that a text is never bent (a lone surrogate is written as
an escape), and that no cell of a CSV begins a formula in a spreadsheet.
"""

import csv
import dataclasses
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import quote, urlencode

import orjson
from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

MOST = 1000
USUAL = 100
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # full-width ones too


class Format(StrEnum):
    """How a list is written."""

    JSON = "json"
    CSV = "csv"


Limit = Annotated[int, Query(ge=1, le=MOST, description="How many at most.")]
Written = Annotated[Format, Query(alias="format", description="How the list is written.")]


def answered(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """One value, a dataclass or an object."""
    return Response(json_bytes(value), status_code=status, media_type="application/json", headers=headers)


def listed(request: Request, items: Iterable[Any], *, more: Mapping[str, Any] | None, written: Format) -> Response:
    """A page of a list; ``more``: the parameters that ask for what follows, None at the end."""
    rows = [as_object(item) for item in items]
    follows = None if more is None else next_address(request, more)
    if written is Format.CSV:
        headers = {} if follows is None else {"link": f'<{follows}>; rel="next"'}
        return Response(csv_text(rows), media_type="text/csv; charset=utf-8", headers=headers)
    return answered({"items": rows, "next": follows})


def next_address(request: Request, more: Mapping[str, Any]) -> str:
    """The address of this request with other values of some parameters."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in more]
    query = urlencode([*kept, *((name, value) for name, value in more.items() if value is not None)])
    return f"{own_address(request, request.scope['path'])}?{query}"


def own_address(request: Request, path: str) -> str:
    """The address of a path of ours, under the path of the public address where that was asked."""
    return f"{request.scope.get('root_path', '')}{request.scope.get('public_prefix', '')}{quote(path)}"


Item = TypeVar("Item")


class Listed(BaseModel, Generic[Item]):
    """A page of a list; ``next``: the address of what follows, null at the end."""

    items: list[Item]
    next: str | None


def lists(kind: Any) -> dict[int | str, dict[str, Any]]:
    """The answer of a list of ``kind`` for the OpenAPI, as JSON and as CSV."""
    table = {"text/csv": {"schema": {"type": "string"}}}
    return {200: {"model": Listed[kind], "description": "A page of the list.", "content": table}}


def as_object(row: Any) -> dict[str, Any]:
    """A dataclass as the object of its fields, in their order."""
    if isinstance(row, dict):
        return row
    kind: Any = type(row)
    return {name: getattr(row, name) for name in _names(kind)}


def json_bytes(value: Any) -> bytes:
    """JSON in UTF-8."""
    try:
        return orjson.dumps(value, option=orjson.OPT_NAIVE_UTC)
    except TypeError:  # a lone surrogate, or an integer beyond 64 bits
        return json.dumps(_plain(value), separators=(",", ":")).encode("ascii")


def csv_text(rows: Sequence[Mapping[str, Any]]) -> str:
    """The rows under a head of all their names; lists and objects as JSON, nothing as an empty cell."""
    out = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row))
    if names:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(names)
        writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return out.getvalue().encode("utf-8", "replace").decode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    text = value if isinstance(value, str) else json_bytes(value).decode()
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(as_object(value))
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
