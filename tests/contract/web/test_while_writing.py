"""Every address answers while an import writes, and no answer mixes two states of a trial.

Two trials are imported together again and again. In each of their states title, summary, outcome and enrollment bear
one number, that of the revision, so that any answer can be asked whether all of it is of one moment.
"""

import re
import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date, timedelta
from html import unescape
from typing import Any

from tests.contract.pipeline.lab import OBSERVED_AT, Lab
from tests.contract.web.followers import Follower
from tests.contract.web.site import Reply, Site
from tests.contract.web.test_needs import addresses
from tests.records import enrollment, record
from tracker.access.callers import Scope
from tracker.web.pages.rendering import Pages
from tracker.web.pages.routes import page_routes

TRIALS = ("NCT00000001", "NCT00000002")
STATES = 12
MARKED = re.compile(r"\b(Title|Summary|Outcome) (\d+)\b")
ALL = ("Outcome", "Summary", "Title")

# The addresses that tell of the two trials, and by what each tells the newest state of a trial.
TELLING: dict[str, tuple[str, ...]] = {
    "/": ALL,
    "/?q=title": ("Title",),
    "/trials/NCT00000001": ALL,
    "/trials/NCT00000001?as_of=2026-05-01": ALL,
    "/trials/NCT00000001/compare?from=1&to=2": ALL,
    "/changes?significance=minor": ALL,
    "/stale": ("Title",),
    "/feeds/changes.atom?significance=minor": ALL,
    "/feeds/changes.json?significance=minor": ALL,
    "/feeds/trials/NCT00000001.atom?significance=minor": ALL,
    "/feeds/trials/NCT00000001.json?significance=minor": ALL,
    "/api/v1/trials?q=title": ("Title",),
    "/api/v1/trials/NCT00000001": ALL,
    "/api/v1/trials/NCT00000001?known_at=2027-01-01T00:00:00Z": ALL,
    "/api/v1/trials/NCT00000001/diff": ALL,
    "/api/v1/trials/NCT00000001/changes": ALL,
    "/api/v1/changes": ALL,
    "/api/v1/changes?after=0": ALL,
    "/api/v1/changes?format=csv": ALL,
    "/api/v1/stale": ("Title",),
}
PROBES = ("/healthz", "/readyz", "/freshz", "/metrics")
IN_PATHS = {"trial_id": TRIALS[1], "position": "1"}
ENDLESS = "/api/v1/changes/stream"


def test_every_address_answers_while_an_import_writes(site: Site) -> None:
    """With 200, everything in an answer of one state; a follower of the stream sees each position once, in order."""
    site.scope = Scope.ADMIN
    lab, asked = Lab.open(site.database.url), [*TELLING, *PROBES, *others(site)]
    write(lab, 1)
    write(lab, 2)
    done = threading.Event()
    with closing(Follower.open(site.url, "?after=0")) as follower:
        with ThreadPoolExecutor() as threads:
            readers = [threads.submit(faults, site, paths, done) for paths in (asked, asked[::-1])]
            try:
                for number in range(3, STATES + 1):
                    write(lab, number)
            finally:
                done.set()
            assert [] == [fault for reader in readers for fault in reader.result()]
        wanted = [one["position"] for one in site.get("/api/v1/changes?after=0&limit=1000").object["items"]]
        assert wanted == [follower.position() for _ in wanted]
    lab.close()


def write(lab: Lab, number: int) -> None:
    """Import the next state of both trials, at once."""
    lab.see(*(state(trial_id, number) for trial_id in TRIALS), observed_at=OBSERVED_AT + timedelta(minutes=number))


def state(trial_id: str, number: int) -> dict[str, Any]:
    """A trial all of whose parts bear one number; its status is stale by the rule."""
    return record(
        trial_id,
        posted_on=(date(2025, 1, 1) + timedelta(days=number)).isoformat(),
        identificationModule={"briefTitle": f"Title {number}"},
        statusModule={"statusVerifiedDate": "2022-01", "completionDateStruct": {"date": "2023-01"}},
        descriptionModule={"briefSummary": f"Summary {number}"},
        designModule=enrollment(number),
        outcomesModule={"primaryOutcomes": [{"measure": f"Outcome {number}", "timeFrame": "a year"}]},
    )


def others(site: Site) -> list[str]:
    """The other addresses of the API and of pages that can be asked for with what is in the ledger."""
    told = site.get("/api/v1/openapi.json").object["paths"]
    served = site.served()
    pages = addresses(page_routes(served, Pages(served)).routes)
    paths = [path for path, methods in told.items() if "get" in methods]
    paths += [route.path for route in pages if "GET" in (route.methods or ())]
    filled = [re.sub(r"\{(\w+)\}", lambda found: IN_PATHS.get(found[1], found[0]), path) for path in paths]
    return [path for path in filled if "{" not in path and path not in {*TELLING, ENDLESS}]


def faults(site: Site, paths: Sequence[str], done: threading.Event) -> list[str]:
    """What was wrong with any answer, when all are asked in turn until all is written."""
    found, is_last = list[str](), False
    while not is_last:
        is_last = done.is_set()
        for path in paths:
            found += [f"{path}: {fault}" for fault in faults_of(path, site.get(path))]
    return found


def faults_of(path: str, reply: Reply) -> Iterator[str]:
    """What is wrong with one answer."""
    if reply.status != 200:
        yield f"{reply.status} {reply.body[:200]!r}"
        return
    told = newest_states(reply)
    if tuple(sorted(told)) != TELLING.get(path, tuple(sorted(told))) or len(set(told.values())) > 1:
        yield f"mixed: {told}"
    if path.startswith("/api/v1/trials/NCT00000001?") or path == "/api/v1/trials/NCT00000001":
        found = reply.object
        count = found["record"]["protocolSection"]["designModule"]["enrollmentInfo"]["count"]
        posted_on = (date(2025, 1, 1) + timedelta(days=count)).isoformat()
        if {(count, posted_on)} != {(told["Title"], posted_on), (found["revision"], found["posted_on"])}:
            yield f"revision {found['revision']} of {found['posted_on']}, record {count}"
    if path == "/trials/NCT00000001":
        said = re.search(r"revision (\d+) of (\d+)", reply.body.decode())
        if said is None or {told["Title"]} != set(map(int, said.groups())):
            yield f"{said and said[0]}, record {told['Title']}"


def newest_states(reply: Reply) -> dict[str, int]:
    """The newest state that each part of the answer tells."""
    text = unescape(reply.body.decode())
    found: Sequence[tuple[str, str]] = MARKED.findall(re.sub(r"(?:<[^>]*>|[\s\"])+", " ", text))
    newest: dict[str, int] = {}
    for word, number in found:
        newest[word] = max(newest.get(word, 0), int(number))
    return newest
