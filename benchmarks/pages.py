"""How long pages take among 100,000 trials, and how many trial pages a second two cores serve.

Each page is asked of ``trialog serve``, a process of its own, over HTTP on this machine: what is measured is what a
client waits, its own work included. For the number in a second two servers are started on the one ledger, as several
hosts would share a database, and asked by a client process each: for the small records that were made, and for
records of the size of real ones, which lie among them. Floor: ``/healthz`` of the same server, which asks
nothing of the ledger.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.large_ledger import TRIALS_COUNT, add_samples, open_large_ledger

ROUNDS = 30
SECONDS = 8.0
_URL = re.compile(r"http://127\.0\.0\.1:\d+")

_AIMS_MS = {
    "/healthz": None,
    "/": 50,
    "/trials/NCT00000100": 50,
    "/trials/NCT00000100/compare": None,
    "/changes": 20,
    "/stale": 20,
    "/?q=cancer": 20,
    "/api/v1/changes": 20,
    "/api/v1/changes?significance=major": 20,
    "/api/v1/trials?q=cancer": 20,
    "/api/v1/trials/NCT00000100": None,
    "/feeds/changes.atom": None,
}


def main() -> None:
    """Print the milliseconds of each page, and the trial pages a second."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        path = Path(folder) / "ledger.db"
        database = open_large_ledger(path)
        assert database.dialect_name == "sqlite"
        what, samples = add_samples(database)
        database.optimize()
        database.close()
        one, two = (stack.enter_context(_served(path)) for _ in range(2))
        print(f"pages among {TRIALS_COUNT:,} trials (SQLite), median of {ROUNDS}, 90 in a hundred:")
        for page, aim_ms in (_AIMS_MS | {f"/trials/{samples[0]}": 50}).items():
            times = _times_ms(one, page)
            aimed = "" if aim_ms is None else f", aim under {aim_ms} ms"
            print(f"  {page}: {statistics.median(times):.1f} ms, {statistics.quantiles(times, n=10)[-1]:.1f} ms{aimed}")
        made = [f"NCT{number:08}" for number in range(0, TRIALS_COUNT, 7)]
        for kind, trials in (("small made records", made), (what, samples)):
            with ProcessPoolExecutor(2) as pool:
                counts = list(pool.map(_asked_in_time, (one, two), (trials[::2], trials[1::2])))
            rate = sum(counts) / SECONDS
            print(f"  trial pages ({kind}), two servers, a client each: {rate:.0f} a second, aim 200")


@contextmanager
def _served(path: Path) -> Iterator[str]:
    """The address of a server on the ledger."""
    environment = {**os.environ, "TRIALOG_WEB__REQUESTS_PER_MINUTE": "0", "TRIALOG_LOG__FORMAT": "json"}
    command = [sys.executable, "-m", "tracker.cli", "serve", "--listen", "127.0.0.1:0", "--database", str(path)]
    server = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert server.stderr is not None
        yield next(found[0] for line in server.stderr if (found := _URL.search(line)))
    finally:
        server.terminate()
        server.wait()


def _times_ms(url: str, path: str) -> list[float]:
    """How long each of ``ROUNDS`` requests took, behind three that warm up."""
    connection = HTTPConnection(urlsplit(url).netloc)
    times = []
    for _ in range(ROUNDS + 3):
        start = time.perf_counter()
        _ask(connection, path)
        times.append((time.perf_counter() - start) * 1000)
    connection.close()
    return times[3:]


def _asked_in_time(url: str, trials: list[str]) -> int:
    """How many pages of one trial after the other were served."""
    connection = HTTPConnection(urlsplit(url).netloc)
    ends_at, count = time.perf_counter() + SECONDS, 0
    while time.perf_counter() < ends_at:
        _ask(connection, f"/trials/{trials[count % len(trials)]}")
        count += 1
    connection.close()
    return count


def _ask(connection: HTTPConnection, path: str) -> None:
    connection.request("GET", path, headers={"accept": "text/html"})
    reply = connection.getresponse()
    body = reply.read()
    assert reply.status == 200, (path, reply.status, body[:200])


if __name__ == "__main__":
    main()
