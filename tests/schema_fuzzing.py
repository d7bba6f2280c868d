"""Asks an application whatever its OpenAPI allows, and more, by every phase and check that schemathesis has by default.

It promises that all findings come back as text that names the operation and how to ask it again.

Run as a program it asks for long, an application on a filled ledger in a file of its own.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import schemathesis
from fastapi import FastAPI, Request
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema

from tests.contract.pipeline.lab import Lab
from tests.contract.web.filled import filled
from tests.contract.web.histories import with_histories
from tests.contract.web.site import Site
from tests.postgres import fresh_database, postgres_server
from tests.unit.simulator.worlds import world
from tracker.access.callers import Caller, Scope
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.web.application import create_app
from tracker.web.problems import Problem

TOKEN = "the-one-token"
SETTINGS = {"public_url": "http://testserver", "ctgov.request_interval_s": "0", "ctgov.retry_wait_s": "0"}


@dataclass(slots=True, kw_only=True)
class TokenSite(Site):
    """A site that one token may do everything on; others are told that theirs is none."""

    def caller(self, request: Request) -> Caller | None:
        given = request.headers.get("authorization")
        if given is None:
            return None
        if given != f"Bearer {TOKEN}":
            raise Problem(401, "this is no token")
        return Caller(name="ada", scope=Scope.ADMIN, key="ada")


@contextmanager
def application(url: str) -> Iterator[FastAPI]:
    """The application on an empty ledger at ``url``, which is filled."""
    lab = Lab.open(url)
    try:
        with_histories(lab)
        with SimulatedRegistry(StudyAnswers(world())) as registry:
            site = TokenSite(database=lab.database, settings={"ctgov.base_url": registry.url, **SETTINGS})
            filled(site)
            yield create_app(site.served(), monotonic=lambda: 0.0)
    finally:
        lab.close()


def findings(app: FastAPI, *, most_examples: int, seed: int, is_short: bool = False) -> Iterator[str]:
    """What is wrong, as it is found. ``most_examples``: of an operation in a phase; ``is_short``: without the phases
    that ask for each boundary of each parameter and in each order, which are thousands of requests.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {"Authorization": f"Bearer {TOKEN}"},
            "generation": {"max-examples": most_examples, "database": "none"},
            "request-timeout": 30,
            "phases": {"coverage": {"enabled": not is_short}, "stateful": {"enabled": not is_short}},
            "cache": {"enabled": False},
        }
    )
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app, config=config)
    for event in from_schema(schema).execute():
        yield from _told(event)


def _told(event: Any) -> Iterator[str]:
    if isinstance(event, events.NonFatalError):
        yield f"{event.label}: {event.value}"
    elif isinstance(event, events.FatalError):
        yield f"schemathesis gave up: {event.exception!r}"
    elif isinstance(event, events.ScenarioFinished):
        for case_id, checks in event.recorder.checks.items():
            for check in checks:
                if check.failure_info is not None:
                    case = event.recorder.cases[case_id].value
                    yield _finding(check.failure_info.failure, case.as_curl_command())


def _finding(failure: Failure, again: str) -> str:
    return f"{failure.operation}: {failure.title}: {failure.message}\n  {again}"


@contextmanager
def new_database(kind: str) -> Iterator[str]:
    """Where there is nothing yet."""
    if kind == "postgresql":
        with postgres_server() as server, fresh_database(server) as url:
            yield url
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield f"sqlite:///{Path(folder) / 'ledger.db'}"


def main() -> int:
    """Ask for long; 1 where anything was found."""
    parser = argparse.ArgumentParser(description="Ask the API whatever its OpenAPI allows, and more.")
    parser.add_argument("--examples", type=int, default=500, metavar="N", help="of an operation in a phase")
    parser.add_argument("--seed", type=int, default=1, metavar="N")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    given = parser.parse_args()
    found = 0
    with new_database(given.database) as url, application(url) as app:
        for finding in findings(app, most_examples=given.examples, seed=given.seed):
            found += 1
            sys.stdout.write(f"{finding}\n")
    sys.stdout.write(f"{found} found: {given.database}, seed {given.seed}, {given.examples} examples\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
