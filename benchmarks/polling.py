"""How fast a sweep handles rows outside the waiting for the network, what it asks, and the memory that it takes.

The registry's client is the real one, over a transport that has the answers ready; seconds are those of the processor,
so that nothing waited for counts. Every row is compared with the ledger, and says what is held.
"""

import gzip
import logging
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import process_time
from urllib.parse import parse_qsl, urlsplit

import orjson
import structlog

from store.unit_of_work import Database
from tracker.diffing.catalogue import default_catalogue
from tracker.domain.clock import SystemClock
from tracker.pipeline.polling.legs import Leg
from tracker.pipeline.polling.poll import Poller
from tracker.pipeline.replaying import ensure_views
from tracker.pipeline.tracking import track_registry
from tracker.simulator.field_tree import roots
from tracker.simulator.rows import RowAnswers
from tracker.sources.ctgov.courtesy import Courtesy, Surroundings
from tracker.sources.ctgov.live import CtgovRegistry
from tracker.sources.ctgov.manners import Manners
from tracker.sources.ctgov.transport import Request, Response, whole_response

ROWS = (20_000, 100_000)
AIM_ROWS_PER_S = 20_000
WHOLE = 605_000
_PAGE = 1000
_DATA_TIME = datetime(2026, 1, 12, 9, 0, 5, tzinfo=UTC)
_METADATA = orjson.dumps([root.as_metadata() for root in roots()])


class Prepared:
    """A transport whose answers are made before they are asked for a second time; ``seconds`` it took to make them."""

    def __init__(self, count: int) -> None:
        self._answers = RowAnswers(count, data_time=_DATA_TIME)
        self.seconds = 0.0

    def send(self, request: Request) -> Response:
        """The answer, packed as the registry packs it."""
        started_s = process_time()
        split = urlsplit(request.url)
        if split.path.endswith("/metadata"):
            body = _METADATA
        else:
            body = self._answers.answer(split.path, parse_qsl(split.query)).sent()
        raw = gzip.compress(body, 1)
        self.seconds += process_time() - started_s
        return whole_response(status=200, headers={"content-encoding": "gzip"}, raw=raw, url=request.url)

    def close(self) -> None:
        """Nothing to let go of."""


def main() -> None:
    """Print rows per second, requests and memory of sweeps of two sizes."""
    print("sweep of made rows that are all held, SQLite; the registry's client over answers that are ready:")
    for count in ROWS:
        with tempfile.TemporaryDirectory() as folder:
            path = str(Path(folder) / "ledger.db")
            _sweep(path, count, leg=Leg.DELTA)
            told = subprocess.run(
                [sys.executable, "-m", "benchmarks.polling", path, str(count)],
                check=True,
                capture_output=True,
                text=True,
            ).stdout
        rate, requests, megabytes = told.split()
        print(
            f"  {count} rows: {float(rate):,.0f} rows/s (aim {AIM_ROWS_PER_S:,}), {requests} requests "
            f"(for {WHOLE:,}: {int(requests) + (WHOLE - count) // _PAGE}), peak memory {megabytes} MB"
        )


def _sweep(path: str, count: int, *, leg: Leg) -> tuple[float, int]:
    """Rows a second, and requests, of one leg over the whole registry."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    clock = SystemClock()
    database = Database.open(path, clock=clock.now)
    ensure_views(database, show=lambda _done, _total: None)
    with database.writing() as transaction:
        track_registry(transaction, run_id="made")
    transport, manners = Prepared(count), Manners(request_interval_s=0.0, history_interval_s=0.0)
    courtesy = Courtesy(transport, manners=manners, headers={}, surroundings=Surroundings(wait=lambda _: False))
    registry = CtgovRegistry(courtesy, site="http://127.0.0.1", manners=manners, page_size=_PAGE)
    poller = Poller(database=database, registry=registry, catalogue=default_catalogue(), now=clock.now)
    started_s = process_time()
    (run,) = poller.poll([leg])
    seconds = process_time() - started_s - transport.seconds
    database.close()
    if not run.complete or run.fetched != count:
        raise AssertionError(f"the leg is not complete: {run}")
    return count / seconds, run.requests


if __name__ == "__main__":
    if len(sys.argv) > 1:
        rate, requests = _sweep(sys.argv[1], int(sys.argv[2]), leg=Leg.SWEEP)
        peak_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(round(rate), requests, round(peak_kb / 1024))
    else:
        main()
