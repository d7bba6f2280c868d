"""The application: which addresses there are, and what stands before them.

It promises that making one opens nothing and asks nothing, and that whatever waits for the database is answered in a
thread of its own.
"""

import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.gzip import GZipMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from tracker.seeing import version
from tracker.web.api.routes import api_routes
from tracker.web.feeds.routes import feed_routes
from tracker.web.gate import Need, needs
from tracker.web.guards.addresses import PlainAddresses
from tracker.web.guards.charsets import Charsets
from tracker.web.guards.conditional import Conditional
from tracker.web.guards.failures import Failures
from tracker.web.guards.headers import SafeHeaders
from tracker.web.guards.hosts import Hosts
from tracker.web.guards.sizes import Sizes
from tracker.web.metrics import metrics_registry
from tracker.web.openapi import complete_openapi, operation_id
from tracker.web.pages.rendering import Pages
from tracker.web.pages.routes import page_routes
from tracker.web.probes import probes
from tracker.web.problems import add_problems
from tracker.web.site import Site
from tracker.web.static_files import static_routes

MOST_BODY_BYTES = 1_000_000
LEAST_PACKED_BYTES = 1_000
PACKED_LEVEL = 5  # 9 costs half as much again, for a fiftieth
_ABOUT = "The change ledger of clinical-trial registries: what a record said, what it says now, and when."


def create_app(site: Site, *, monotonic: Callable[[], float] = time.monotonic) -> FastAPI:
    """The application on one ledger."""
    app = FastAPI(
        title="trialog",
        version=version(),
        description=_ABOUT,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        separate_input_output_schemas=False,
        redirect_slashes=False,
        generate_unique_id_function=operation_id,
    )
    app.state.site = site
    pages = Pages(site)
    app.include_router(probes(site.seeing, heartbeat=site.silent_s))
    _add_metrics(app, metrics_registry(site.seeing, monotonic=monotonic))
    app.include_router(api_routes(site), prefix="/api/v1")
    app.include_router(feed_routes(site), prefix="/feeds")
    app.include_router(page_routes(site, pages))
    app.include_router(static_routes())
    failed = add_problems(app, page=pages.problem)
    app.add_middleware(Failures, answer=failed)
    _add_guards(app, site)
    complete_openapi(app)
    return app


def _add_guards(app: FastAPI, site: Site) -> None:
    """The one added last stands first."""
    app.add_middleware(Conditional)
    app.add_middleware(GZipMiddleware, minimum_size=LEAST_PACKED_BYTES, compresslevel=PACKED_LEVEL)
    app.add_middleware(Charsets)
    app.add_middleware(Sizes, most_bytes=MOST_BODY_BYTES)
    web = site.settings.web
    if web.cors_origins:
        origins = [one.strip() for one in web.cors_origins.split(",")]
        app.add_middleware(
            CORSMiddleware, allow_origins=origins, allow_methods=["*"], allow_headers=["*"], expose_headers=["*"]
        )
    app.add_middleware(Hosts, public_url=lambda: site.settings.public_url)
    app.add_middleware(SafeHeaders)
    if web.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=web.trusted_proxies)
    app.add_middleware(PlainAddresses)


def _add_metrics(app: FastAPI, registry: CollectorRegistry) -> None:
    @app.get("/metrics", response_model=None, include_in_schema=False, dependencies=[needs(Need.READING)])
    def metrics(request: Request) -> Response:
        encode, content_type = _encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=content_type, headers={"cache-control": "no-store"})


def _encoder(accept: str) -> Any:
    """How metrics are written, and its media type; a version that is no number asks for nothing in particular."""
    try:
        return choose_encoder(accept)
    except TypeError:
        return choose_encoder("")
