"""The OpenAPI as people read it: operations by subject, each with its parameters, what it needs, and an example. Pure.

It promises every operation that the OpenAPI has, and nothing that it does not say. It does not know HTML.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tracker.web.gate import NEED, Need
from tracker.web.openapi import operations

NEEDS = {
    Need.OPEN: "nothing: it is open to everybody",
    Need.READING: "nothing on loopback, or where the server says so; else a token of scope read",
    Need.READ: "a token of scope read",
    Need.WRITE: "a token of scope write",
    Need.ADMIN: "a token of scope admin",
}
_FEW = 8  # names that are listed where they are; more are folded
_ENDLESS = 2**31 - 1  # a bound that is the database's, not the matter's
_FORMATS = {"date": "a day, YYYY-MM-DD", "date-time": "an instant, RFC 3339", "uri": "an address"}
_TYPES = {"string": "text", "integer": "a whole number", "number": "a number", "boolean": "true or false"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What may be written: in the path, in the query, in a header or in the body. ``names``: the only values."""

    name: str
    place: str
    kind: str
    names: Sequence[str]
    is_required: bool
    about: str

    @property
    def is_long(self) -> bool:
        """Whether its names are better folded."""
        return len(self.names) > _FEW


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing that can be asked for or done."""

    anchor: str
    method: str
    path: str
    summary: str
    about: str
    need: str
    parameters: Sequence[Parameter]
    example: str
    refusals: Sequence[str]


def subjects(schema: Mapping[str, Any], *, url: str) -> dict[str, list[Operation]]:
    """The operations by subject, in the order of the OpenAPI. ``url``: where the API is."""
    found: dict[str, list[Operation]] = {}
    for path, method, operation in operations(dict(schema)):
        subject = next(iter(operation.get("tags", ())), "other")
        found.setdefault(subject, []).append(_operation(schema, url, (path, method, operation)))
    return found


def _operation(schema: Mapping[str, Any], url: str, found: tuple[str, str, Mapping[str, Any]]) -> Operation:
    path, method, operation = found
    return Operation(
        anchor=operation.get("operationId", f"{method}{path}"),
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        about=operation.get("description", ""),
        need=NEEDS[Need(operation.get(NEED, Need.OPEN))],
        parameters=[*_parameters(schema, operation), *_body(schema, operation)],
        example=_example(url, found),
        refusals=sorted(status for status in operation["responses"] if status[0] in "45"),
    )


def _parameters(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Parameter]:
    for one in operation.get("parameters", ()):
        yield _parameter(
            _resolved(schema, one["schema"]),
            name=one["name"],
            place=one["in"],
            is_required=one.get("required", False),
        )


def _body(schema: Mapping[str, Any], operation: Mapping[str, Any]) -> Iterator[Parameter]:
    content = operation.get("requestBody", {}).get("content", {})
    for kind in content.values():
        body = _resolved(schema, kind["schema"])
        for name, one in body.get("properties", {}).items():
            is_required = name in body.get("required", ())
            yield _parameter(_resolved(schema, one), name=name, place="body", is_required=is_required)


def _parameter(schema: Mapping[str, Any], *, name: str, place: str, is_required: bool) -> Parameter:
    items = schema.get("items")
    one = schema if items is None else items
    names = [str(value) for choice in (one, *one.get("anyOf", ())) for value in choice.get("enum", ())]
    kind = _kind(one)
    default = schema.get("default")
    return Parameter(
        name=name,
        place=place,
        kind=kind if items is None else f"{kind}, repeatable",
        names=names,
        is_required=is_required,
        about=" ".join(
            part
            for part in (schema.get("description", ""), "" if default in (None, [], "") else f"Default: {default}.")
            if part
        ),
    )


def _kind(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "one of these"
    if "format" in schema:
        return _FORMATS.get(schema["format"], str(schema["format"]))
    choices = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if choices:
        return " or ".join(dict.fromkeys(_kind({"type": schema.get("type", ""), **one}) for one in choices))
    kind = _TYPES.get(str(schema.get("type", "")), str(schema.get("type", "a value")))
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None or most is None:
        return kind
    return f"{kind}, from {least:,} on" if most >= _ENDLESS else f"{kind}, {least:,} to {most:,}"


def _resolved(schema: Mapping[str, Any], one: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with what it refers to, where it does; its own words go before."""
    if "$ref" not in one:
        return one
    target = schema["components"]["schemas"][one["$ref"].rpartition("/")[2]]
    return {**_resolved(schema, target), **{name: value for name, value in one.items() if name != "$ref"}}


def _example(url: str, found: tuple[str, str, Mapping[str, Any]]) -> str:
    path, method, operation = found
    for one in operation.get("parameters", ()):
        if one["in"] == "path":
            value = next(iter(one["schema"].get("examples", ())), one["name"].upper())
            path = path.replace(f"{{{one['name']}}}", quote(str(value), safe=""))
    parts = ["curl"]
    if method != "get":
        parts.append(f"-X {method.upper()}")
    if operation.get(NEED) not in (Need.OPEN, Need.READING):
        parts.append('-H "Authorization: Bearer $TOKEN"')
    content = operation.get("requestBody", {}).get("content", {})
    if content:
        given = next(iter(content.values())).get("example", {})
        parts.append(f"--json '{json.dumps(given)}'")
    return " ".join([*parts, f"'{url}{path}'"])
