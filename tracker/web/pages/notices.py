"""What a page says of the form that led to it: a line in its address, which needs no script and no cookie.

It promises that only this site's own pages speak so: a link elsewhere could say anything in our voice.
"""

from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Query, Request
from fastapi.responses import RedirectResponse

from tracker.web.pages.rendering import address_maker

MOST_CHARS = 300


def back_to(request: Request, path: str, said: str) -> RedirectResponse:
    """Lead from a form to the page at ``path``, which says what came of it."""
    return RedirectResponse(f"{address_maker(request)(path)}?said={quote(said[:MOST_CHARS])}", 303)


def _said(request: Request, said: Annotated[str, Query(max_length=MOST_CHARS)] = "") -> str:
    """The line, where a page of ours led here. A browser that does not say so, as over plain HTTP, is believed."""
    led_by = request.headers.get("sec-fetch-site", "same-origin")
    return said if led_by == "same-origin" and said.isprintable() else ""


Notice = Annotated[str, Depends(_said)]
