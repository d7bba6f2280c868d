"""How many pending deliveries a second go out to endpoints on this machine, against procrastinate running no-op jobs.

Both use the same PostgreSQL server of a wheel, one after the other, each in a process of its own with as many at a
time; the endpoints are one small server in another process. A delivery is claimed, rendered, signed, sent over HTTP,
answered and settled with its attempt; a job of procrastinate is fetched and finished. Without the extra ``bench``
only ours is measured.
"""

import asyncio
import importlib
import importlib.util
import logging
import multiprocessing
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import Any

import httpcore2
import psycopg
import structlog

from notifiers.addresses import parse_networks
from notifiers.guard import Guard
from notifiers.webhook import WebhookNotifier, WebhookSettings
from store.addresses import NewAddress, Secret
from store.deliveries import Delivery, NewDelivery
from store.json_text import encode
from store.unit_of_work import Database
from tests.postgres import fresh_database, postgres_server
from tracker.delivery.deliverer import Deliverer, Pace
from tracker.delivery.rendering import Envelope, Rendered
from tracker.delivery.unsubscribing import WayOut
from tracker.delivery.verdicts import Schedule

SUBSCRIPTIONS = 100
DELIVERIES = 10_000
AT_ONCE = 16
AIM = 2.0
_SECRET = "whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_SIZES = (2_000, DELIVERIES)
_CHANGE = {
    "key": "event:1",
    "trial_id": "NCT03460795",
    "title": "A trial of something in people with a condition that has a long name",
    "type": "recruitment_status_changed",
    "field": "status",
    "label": "Recruitment status",
    "old": "RECRUITING",
    "new": "UNKNOWN",
    "posted_on": "2026-05-01",
    "recorded_at": "2026-05-01T09:00:00Z",
}


def main() -> None:
    """Print the rates, their ratio, and the memory of two sizes."""
    print(f"delivering to {SUBSCRIPTIONS} endpoints on this machine, PostgreSQL, {AT_ONCE} at a time:")
    with postgres_server() as server, _endpoints() as port:
        rates = []
        for count in _SIZES:
            with fresh_database(server) as url:
                _in_a_process("fill", url, count, port)
                rate, megabytes = _in_a_process("ours", url, count, port)
            rates.append(float(rate))
            print(f"  {count:,} deliveries: {float(rate):,.0f}/s, peak memory {megabytes} MB")
        if importlib.util.find_spec("procrastinate") is None:
            print("  procrastinate is not installed: pip install 'trialog[bench]'")
            return
        with fresh_database(server) as url:
            _in_a_process("fill_theirs", url, DELIVERIES, port)
            theirs, megabytes = _in_a_process("theirs", url, DELIVERIES, port)
        print(f"  procrastinate: {float(theirs):,.0f} no-op jobs/s, peak memory {megabytes} MB")
        print(f"  ratio {rates[-1] / float(theirs):.2f} (aim {AIM:g})")


def _in_a_process(what: str, url: str, count: int, port: int) -> list[str]:
    command = [sys.executable, "-m", "benchmarks.delivering", what, url, str(count), str(port)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()[-2:]


def deliver(url: str, count: int) -> float:
    """Deliveries a second."""
    database = Database.open(url, clock=_now)
    tls = httpcore2.default_ssl_context()
    guard = Guard(resolve=lambda host, timeout_s: (), allow_networks=parse_networks("127.0.0.0/8"))
    deliverer = Deliverer(
        database=database,
        channels={"webhook": lambda: WebhookNotifier(WebhookSettings(user_agent="trialog-bench"), guard, tls=tls)},
        render=_render,
        way_out=WayOut(public_url="", key=b"k" * 32),
        schedule=Schedule(waits_s=(0.0, 5.0), jitter=lambda: 0.0),
        now=_now,
        holder="bench",
        is_gone=lambda holder: False,
        pace=Pace(lanes_most=AT_ONCE),
    )
    started_s = time.perf_counter()
    found = deliverer.deliver()
    seconds = time.perf_counter() - started_s
    database.close()
    if (found.sent, found.waiting) != (count, 0):
        raise AssertionError(f"not all was sent: {found}")
    return count / seconds


def run_jobs(url: str, count: int) -> float:
    """Jobs a second."""
    return asyncio.run(_run_jobs(url, count))


async def _run_jobs(url: str, count: int) -> float:
    app, _ = _theirs(url)
    async with app.open_async():
        started_s = time.perf_counter()
        await app.run_worker_async(wait=False, concurrency=AT_ONCE, listen_notify=False)
        seconds = time.perf_counter() - started_s
    with psycopg.connect(url) as connection:
        done = connection.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'").fetchone()
    if done != (count,):
        raise AssertionError(f"not all was done: {done}")
    return count / seconds


async def _fill_theirs(url: str, count: int) -> None:
    app, nothing = _theirs(url)
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        await nothing.batch_defer_async(*({"number": number} for number in range(count)))
    _settle_down(url)


def _theirs(url: str) -> tuple[Any, Any]:
    procrastinate = importlib.import_module("procrastinate")  # no types are asked of it, since it may be absent
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url))

    @app.task(name="nothing")  # type: ignore[untyped-decorator] # untyped on purpose, see above
    async def nothing(number: int) -> None:
        pass

    return app, nothing


def _settle_down(url: str) -> None:
    """Let the planner know what is there, as it would after a while."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def _fill(url: str, count: int, port: int) -> None:
    database = Database.open(url, clock=_now)
    addresses = [_address(number, port) for number in range(SUBSCRIPTIONS)]
    with database.writing() as transaction:
        transaction.addresses.add_many(addresses, _now())
        new = [_delivery(addresses[number % SUBSCRIPTIONS], number) for number in range(count)]
        transaction.outbox.enqueue(new, _now())
    database.close()
    _settle_down(url)


def _address(number: int, port: int) -> NewAddress:
    return NewAddress(
        address_id=f"a{number}",
        subscription_id=f"s{number}",
        number=1,
        channel="webhook",
        mask="http://127.0.0.1/***",
        clear=f"http://127.0.0.1:{port}/{number}",
        endpoint=f"webhook:{number}",
        secrets=(Secret(secret=_SECRET),),
    )


def _delivery(address: NewAddress, number: int) -> NewDelivery:
    return NewDelivery(
        subscription_id=address.subscription_id,
        subscription=address.subscription_id,
        address_id=address.address_id,
        address_number=1,
        address=address.mask,
        channel="webhook",
        endpoint=address.endpoint,
        kind="changes",
        dedup=str(number),
        content={"items": [_CHANGE], "items_count": 1},
        items=(f"event:{number}",),
        trial_ids=("NCT03460795",),
    )


def _render(delivery: Delivery, content: Any, envelope: Envelope) -> Rendered:
    told = {"specversion": "1.0", "id": envelope.delivery_id, "type": "trialog.changes", "data": content}
    return Rendered(subject="", text="", body=encode(told))


def _now() -> datetime:
    return datetime.now(UTC)


@contextmanager
def _endpoints() -> Iterator[int]:
    """The port of a server in another process that takes everything."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    process.start()
    try:
        yield int(ours.recv())
    finally:
        process.terminate()
        process.join()


class _Taking(asyncio.Protocol):
    """Answers 204 to whatever comes with a length."""

    def __init__(self) -> None:
        self._got = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._got += data
        while b"\r\n\r\n" in self._got:
            head, _, rest = self._got.partition(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            if len(rest) < length:
                return
            self._got = rest[length:]
            self._transport.write(b"HTTP/1.1 204 No Content\r\n\r\n")


def _serve(told: Connection) -> None:
    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(_Taking, "127.0.0.1", 0)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


def _do(what: str, url: str, count: int, port: int) -> None:
    """One thing in this process."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    if what == "fill":
        _fill(url, count, port)
    elif what == "fill_theirs":
        asyncio.run(_fill_theirs(url, count))
    else:
        rate = deliver(url, count) if what == "ours" else run_jobs(url, count)
        print(round(rate), round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _do(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
    else:
        main()
