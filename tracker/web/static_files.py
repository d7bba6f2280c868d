"""Styles, scripts and pictures of the pages, under addresses that name their content, so that they are kept."""

import hashlib
import mimetypes
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from tracker.web.problems import Problem

_FOLDER = Path(__file__).parent / "static"
_FOR_GOOD = "public, max-age=31536000, immutable"


@cache
def static_path(name: str) -> str:
    """The address of a file of ours; KeyError for none."""
    content, _ = _files()[name]
    return f"/static/{hashlib.sha256(content).hexdigest()[:12]}/{name}"


def static_routes() -> APIRouter:
    """The files. One that is asked for by the address of another content is answered, and not kept."""
    router = APIRouter(include_in_schema=False)

    @router.get("/static/{digest}/{name}")
    async def static_file(digest: str, name: str) -> Response:
        if name not in _files():
            raise Problem(404, "there is no such file")
        content, kind = _files()[name]
        is_right = static_path(name) == f"/static/{digest}/{name}"
        headers = {"cache-control": _FOR_GOOD if is_right else "no-cache"}
        return Response(content, media_type=kind, headers=headers)

    return router


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    return {
        path.name: (path.read_bytes(), mimetypes.guess_type(path.name)[0] or "application/octet-stream")
        for path in sorted(_FOLDER.iterdir())
        if path.suffix in (".css", ".js", ".svg", ".png", ".ico")
    }
