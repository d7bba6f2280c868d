"""The description of the API for programs, completed: problems, who may, and parameters that are absent, never null.

It promises that the addresses in it are those of whoever reads it, also under the path of the public address.
"""

from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute

from tracker.web.answering import answered, own_address
from tracker.web.api.house_rules import SECURITY_SCHEMES
from tracker.web.gate import Need, needs
from tracker.web.problems import ProblemDetails

OPENAPI = "/api/v1/openapi.json"
"""Where the description is."""


def operation_id(route: APIRoute) -> str:
    """A short name that no other operation has: what is done to which path, as ``get_trials_trial_id_diff``."""
    path = route.path_format.removeprefix("/api/v1").replace("{", "").replace("}", "")
    words = [sorted(route.methods or {"get"})[0].lower(), *path.replace("-", "_").strip("/").split("/")]
    return "_".join(words)


def complete_openapi(app: FastAPI) -> None:
    """Have ``app`` describe itself so, at ``OPENAPI``."""
    made = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            _complete(made())
        return made()

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend it

    @app.get(OPENAPI, include_in_schema=False, dependencies=[needs(Need.OPEN)])
    def described(request: Request) -> Response:
        below = own_address(request, "")
        return answered({**app.openapi(), "servers": [{"url": below}]} if below else app.openapi())


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of each."""
    return [
        (path, method, operation) for path, methods in schema["paths"].items() for method, operation in methods.items()
    ]


def _complete(schema: dict[str, Any]) -> None:
    components = schema.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    schemas = components.setdefault("schemas", {})
    problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(problem.pop("$defs", {}))
    schemas["ProblemDetails"] = problem
    for _, _, operation in operations(schema):
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = _never_null(parameter["schema"])


def _never_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a parameter that may be left out, without the null by which FastAPI says so."""
    choices = [one for one in schema.get("anyOf", ()) if one != {"type": "null"}]
    if len(choices) != 1 or len(choices) == len(schema["anyOf"]):
        return schema
    return {**choices[0], **{name: value for name, value in schema.items() if name != "anyOf"}}
