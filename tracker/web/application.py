"""The application: which addresses there are, and who answers them.

It promises that making one opens nothing and asks nothing, and that whatever waits for the database is answered in a
thread of its own. There are no pages of documentation: what is served here so far is for machines.
"""

import time
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import Response
from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from tracker.seeing import Seeing
from tracker.web.metrics import metrics_registry
from tracker.web.probes import probes


def create_app(
    seeing: Seeing, *, heartbeat: Callable[[], float], monotonic: Callable[[], float] = time.monotonic
) -> FastAPI:
    """The application on one ledger; ``heartbeat`` tells how many seconds ago the daemon's loop last turned."""
    app = FastAPI(title="trialog", docs_url=None, redoc_url=None, openapi_url=None)
    app.include_router(probes(seeing, heartbeat=heartbeat))
    _add_metrics(app, metrics_registry(seeing, monotonic=monotonic))
    return app


def _add_metrics(app: FastAPI, registry: CollectorRegistry) -> None:
    @app.get("/metrics", response_model=None)
    def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(registry), media_type=content_type, headers={"cache-control": "no-store"})
