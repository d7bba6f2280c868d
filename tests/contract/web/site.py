"""What is served, and a client that asks for it."""

import json
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from store.unit_of_work import Database
from tracker.access.access import Access
from tracker.access.callers import Caller, Scope
from tracker.seeing import Seeing
from tracker.services import Services
from tracker.settings import read_settings
from tracker.web.application import create_app
from tracker.web.problems import Problem
from tracker.web.serving import Server
from tracker.web.site import Site as ServedSite

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer of the server."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def object(self) -> dict[str, Any]:
        """The body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def codes(self) -> list[str]:
        """The codes of the reasons of a probe, whose status must agree with it."""
        assert ["ok", "reasons"] == list(self.object)
        assert (200 if self.object["ok"] else 503) == self.status
        return [reason["code"] for reason in self.object["reasons"]]


def get(url: str, path: str, *, method: str = "GET", body: str | None = None, **headers: str) -> Reply:
    """Ask a server once; ``body``: the fields of a form, or what the headers say."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    if body is not None:
        headers = {"content-type": "application/x-www-form-urlencoded"} | headers
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(status=answer.status, headers=told, body=answer.read())
    finally:
        connection.close()


CSRF = "the-forms-token"


@dataclass(slots=True, kw_only=True)
class Site:
    """A ledger and the server on it; the time, the heart, and who asks are the test's to set.

    ``scope``: how far everybody reaches, None for nobody in particular, to whom reading is open.
    """

    database: Database
    settings: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    now: datetime = NOON
    silent_s: float = 0.0
    scope: Scope | None = None
    access: Access | None = None  # where the gate is the real one
    clients: list[str] = field(default_factory=list)

    def served(self) -> ServedSite:
        """What the application is made of."""
        settings = read_settings(options={"database": self.database.url, **self.settings}, environment={})
        services = Services(
            database=self.database, settings=settings, now=lambda: self.now, new_id=lambda: str(uuid.uuid4())
        )
        seeing = Seeing(database=self.database, settings=lambda: settings, now=lambda: self.now)
        return ServedSite(services=lambda: services, seeing=seeing, gate=self, silent_s=lambda: self.silent_s)

    def caller(self, request: Request) -> Caller | None:
        """Who asks."""
        return None if self.scope is None else Caller(name="ada", scope=self.scope, key="ada")

    def is_open(self, request: Request) -> bool:
        """Reading is open; it is kept who asked."""
        self.clients.append(request.client.host if request.client else "")
        return True

    def csrf(self, request: Request) -> str:
        """The same for everybody."""
        return CSRF

    def check_form(self, request: Request, csrf: str) -> None:
        """Only ours."""
        if csrf != CSRF:
            raise Problem(403, "not our form")

    def get(self, path: str, **others: Any) -> Reply:
        """Ask for a page."""
        return get(self.url, path, **others)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def track_everything(self) -> None:
        """Somebody tracks the whole registry from now on."""
        self.execute(
            "INSERT INTO view_watch (kind, name, is_in_place, with_history, position, tracked_at)"
            f" VALUES ('registry', '', 0, 0, 1, '{self.now:%Y-%m-%dT%H:%M:%S.%fZ}')"
        )

    def execute(self, statement: str) -> None:
        """Change the database behind everybody's back."""
        engine = create_engine(self.database.url)
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def metrics(self) -> dict[str, float]:
        """The samples of a scrape, by name and labels as they are written."""
        reply = self.get("/metrics")
        assert 200 == reply.status
        return {
            _written(sample.name, sample.labels): sample.value
            for family in text_string_to_metric_families(reply.body.decode())
            for sample in family.samples
        }


@contextmanager
def serving(database_url: str, **settings: str) -> Iterator[Site]:
    """An empty ledger, served by a real server on loopback."""
    made = Site(database=Database.open_present(database_url, clock=lambda: NOON), settings=settings)
    server = Server(create_app(made.served(), monotonic=lambda: 0.0), "127.0.0.1:0")
    server.start()
    made.url = server.url
    try:
        yield made
    finally:
        server.stop()
        made.database.close()


def api(site: Site, path: str) -> Reply:
    """Ask the API."""
    return site.get(f"/api/v1{path}")


def everything(site: Site, path: str) -> list[dict[str, Any]]:
    """All items of a list, by its pages of one item."""
    found: list[dict[str, Any]] = []
    follows = f"/api/v1{path}"
    while follows:
        page = site.get(follows).object
        assert 1 >= len(page["items"])
        found += page["items"]
        follows = page["next"]
    return found


def _written(name: str, labels: dict[str, str]) -> str:
    told = ",".join(f"{label}={value}" for label, value in sorted(labels.items()))
    return f"{name}{{{told}}}" if told else name
