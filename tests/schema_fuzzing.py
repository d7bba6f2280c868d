"""Asks an application whatever its OpenAPI allows, and more, by every phase and check that schemathesis has by default.

It promises that all findings come back as text that names the operation and how to ask it again.

Run as a program it asks for long, an application on a filled ledger of its own, with a token of any scope or without.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.engine import events, from_schema
from starlette.types import ASGIApp, Receive, Send
from starlette.types import Scope as ASGIScope

from tests.contract.pipeline.lab import Lab
from tests.contract.web.histories import with_histories
from tests.contract.web.lived_in import lived_in
from tests.contract.web.site import Site
from tests.postgres import fresh_database, postgres_server
from tests.unit.simulator.worlds import world
from tracker.access.callers import Scope
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.web.access_gate import AccessGate
from tracker.web.application import create_app

SETTINGS = {
    "public_url": "http://testserver",
    "ctgov.request_interval_s": "0",
    "ctgov.retry_wait_s": "0",
    "web.requests_per_minute": "0",
}
NOBODY = "nobody"
FIRST_ADDRESS = ip_address("2001:db8::")


class FromEverywhere:
    """An application as many ask it, each from an address of its own, as guessing at tokens is slowed down for one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.requests_count = 0

    async def __call__(self, scope: ASGIScope, receive: Receive, send: Send) -> None:
        self.requests_count += 1
        await self._app({**scope, "client": (str(FIRST_ADDRESS + self.requests_count), 50000)}, receive, send)


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """An application, and the token to ask it with, or none."""

    app: FromEverywhere
    token: str | None


@contextmanager
def application(url: str, *, scope: Scope | None = Scope.ADMIN) -> Iterator[Served]:
    """The application behind its real gate, on an empty ledger at ``url``, which is filled.

    ``scope``: that of the token; None for nobody in particular, to whom reading is open.
    """
    lab = Lab.open(url)
    try:
        with_histories(lab)
        with SimulatedRegistry(StudyAnswers(world())) as registry:
            public = {"web.public_read": str(scope is None).lower(), "ctgov.base_url": registry.url}
            site = Site(database=lab.database, settings={**SETTINGS, **public})
            lived_in(site)
            served = site.served()
            access = served.services().access
            gate = AccessGate(access, settings=lambda: served.settings)
            app = create_app(replace(served, gate=gate), monotonic=lambda: 0.0)
            token = None if scope is None else access.tokens.make("ada", scope).secret
            yield Served(app=FromEverywhere(app), token=token)
    finally:
        lab.close()


def findings(served: Served, *, most_examples: int, seed: int, is_short: bool = False) -> Iterator[str]:
    """What is wrong, as it is found. ``most_examples``: of an operation in a phase; ``is_short``: without the phases
    that ask for each boundary of each parameter and in each order, which are thousands of requests.
    """
    config = SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "headers": {} if served.token is None else {"Authorization": f"Bearer {served.token}"},
            "generation": {"max-examples": most_examples, "database": "none"},
            "request-timeout": 30,
            "suppress-health-check": ["too_slow"],  # to think of questions, which is the machine's matter
            "phases": {"coverage": {"enabled": not is_short}, "stateful": {"enabled": not is_short}},
            "cache": {"enabled": False},
        }
    )
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", served.app, config=config)
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
    parser.add_argument("--scope", choices=(*Scope, NOBODY), default=Scope.ADMIN, help="of the token; nobody: none")
    given = parser.parse_args()
    found, scope = 0, None if given.scope == NOBODY else Scope(given.scope)
    with new_database(given.database) as url, application(url, scope=scope) as served:
        for finding in findings(served, most_examples=given.examples, seed=given.seed):
            found += 1
            sys.stdout.write(f"{finding}\n")
        asked = f"{given.examples} examples, {served.app.requests_count} requests by {given.scope}"
    sys.stdout.write(f"{found} found: {given.database}, seed {given.seed}, {asked}\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
