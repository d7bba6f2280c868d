"""Processes that match and deliver, killed at random points, again and again: ``python -m tests.chaos_delivery``.

Each round some trials change; a process of its own evaluates and delivers to real endpoints on this machine, and is
killed by the system (SIGKILL) at a random instant between its first look at the ledger and its end. At last one that
lives does the rest. Then each change must have come to each address at least once, under one id, with nothing left.
"""

import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random

import structlog

from store.deliveries import DeliveryState
from store.unit_of_work import Database
from tests.contract.delivery.post_office import PostOffice, hook
from tests.contract.pipeline.lab import Lab
from tests.endpoints import Endpoint, Received, listening_endpoint
from tests.postgres import fresh_database, postgres_server
from tests.records import record
from tracker.alerts.evaluating import Evaluator
from tracker.delivery.deliverer import Pace

FORKSERVER = multiprocessing.get_context("forkserver")
FORKSERVER.set_forkserver_preload(["tests.contract.delivery.post_office", "tracker.alerts.evaluating"])
KILLS = 300
TRIALS = 6
_QUIET = 50  # above every level: what goes wrong is what is wanted here
_STATUSES = ("RECRUITING", "ACTIVE_NOT_RECRUITING", "SUSPENDED")


@dataclass(frozen=True, slots=True, kw_only=True)
class Survived:
    """What came of it: kills that hit a process before its end, and items by address.

    ``arrived_count``: requests of processes that were killed; ``repeated_count``: items that came once more.
    """

    kills_count: int
    items_count: int
    arrived_count: int
    repeated_count: int


def match_and_deliver(url: str, begun: Event, is_matched: bool) -> None:
    """What the processes do that are killed; ``begun`` is set at the beginning, or once all is matched."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_QUIET))
    database = Database.open(url, clock=lambda: datetime.now(UTC))
    office = PostOffice(Lab(database, lambda: datetime.now(UTC)), now=datetime.now(UTC))
    if not is_matched:
        begun.set()
    Evaluator(database=database, now=lambda: datetime.now(UTC), new_id=lambda: "chaos").evaluate()
    begun.set()
    office.now = datetime.now(UTC)
    office.deliver(holder=f"{os.getpid()}", is_gone=_is_gone, pace=Pace(per_lane_most=4))


def survive(url: str, *, kills: int, seed: int) -> Survived:
    """Kill so many processes on an empty ledger; raises AssertionError where anything is lost."""
    random, lab, came = Random(seed), Lab.open(url), 0
    office = PostOffice(lab, now=datetime.now(UTC))
    with _endpoints(3) as endpoints:
        office.subscribe("one", hook(endpoints[0]), hook(endpoints[1]))
        office.subscribe("two", hook(endpoints[0]), hook(endpoints[2]))
        spans_s = {}
        for is_matched in (False, True):
            _change(lab, int(is_matched))
            spans_s[is_matched] = _span_s(url, is_matched=is_matched)
        for number in range(2, kills + 2):
            _change(lab, number)
            is_matched = number % 3 > 0
            came += _kill(url, is_matched=is_matched, after_s=random.uniform(0, spans_s[is_matched]))
        arrived_count = sum(len(endpoint.received) for endpoint in endpoints)
        _run(url, is_matched=False).join()
        items_count, repeated_count = _checked(lab, endpoints)
    lab.close()
    return Survived(
        kills_count=came, items_count=items_count, arrived_count=arrived_count, repeated_count=repeated_count
    )


def _change(lab: Lab, number: int) -> None:
    """A version more of each trial, with another status."""
    day = f"{2000 + number // 336}-{1 + number // 28 % 12:02}-{1 + number % 28:02}"
    status = _STATUSES[number % len(_STATUSES)]
    lab.see(*(record(f"NCT{trial:08}", posted_on=day, data_on=day, status=status) for trial in range(1, TRIALS + 1)))


def _run(url: str, *, is_matched: bool) -> multiprocessing.process.BaseProcess:
    begun = FORKSERVER.Event()
    process = FORKSERVER.Process(target=match_and_deliver, args=(url, begun, is_matched))
    process.start()
    begun.wait(60)
    return process


def _span_s(url: str, *, is_matched: bool) -> float:
    """How long a process takes that is left alive."""
    process = _run(url, is_matched=is_matched)
    began = time.monotonic()
    process.join()
    return time.monotonic() - began


def _kill(url: str, *, is_matched: bool, after_s: float) -> bool:
    """Whether the process was still at work."""
    process = _run(url, is_matched=is_matched)
    process.join(timeout=after_s)
    is_at_work = process.is_alive()
    process.kill()
    process.join()
    return is_at_work


def _checked(lab: Lab, endpoints: list[Endpoint]) -> tuple[int, int]:
    """How many items came to all addresses together, and how often one more than once."""
    arrived: dict[tuple[str, str], list[str]] = defaultdict(list)
    for endpoint in endpoints:
        for one in filter(_is_whole, endpoint.received):
            for item in json.loads(one.body)["data"]["content"]["items"]:
                arrived[(one.headers["webhook-id"], item["key"])].append(endpoint.url)
    with lab.database.reading() as transaction:
        stored = transaction.outbox.list()
    wanted = {(one.id, key) for one in stored for key in one.items}
    matching = set(_matching(lab))
    assert matching
    for address in {one.address_id for one in stored}:
        told = [key for one in stored if one.address_id == address for key in one.items]
        assert len(told) == len(set(told)), "an item was told under two ids"
        assert matching == set(told), f"never matched: {sorted(matching - set(told))[:5]}"
    assert {DeliveryState.SENT} == {one.state for one in stored}, "something was not sent"
    assert wanted == set(arrived), f"{len(wanted - set(arrived))} lost, {len(set(arrived) - wanted)} unknown"
    return len(wanted), sum(len(each) - 1 for each in arrived.values())


def _is_whole(received: Received) -> bool:
    """Whether the process lived until the request was written."""
    return len(received.body) == int(received.headers["content-length"])


def _matching(lab: Lab) -> Iterator[str]:
    """The keys of the changes that the subscriptions ask for."""
    for trial in range(1, TRIALS + 1):
        for one in lab.trail(f"NCT{trial:08}"):
            if one.significance == "major" and one.origin == "sponsor":
                yield f"event:{one.position}"


def _is_gone(holder: str) -> bool:
    return not Path(f"/proc/{holder}").exists()


@contextmanager
def _endpoints(count: int) -> Iterator[list[Endpoint]]:
    with ExitStack() as stack:
        yield [stack.enter_context(listening_endpoint()) for _ in range(count)]


def main() -> None:
    """Print what survived on each database."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    with tempfile.TemporaryDirectory() as folder:
        print("sqlite:", survive(f"sqlite:///{folder}/ledger.db", kills=kills, seed=1))  # noqa: T201 - its result
    with postgres_server() as server, fresh_database(server) as url:
        print("postgresql:", survive(url, kills=kills, seed=1))  # noqa: T201 - its result


if __name__ == "__main__":
    main()
