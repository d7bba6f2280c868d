"""What is served, and a client that asks for it."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine, text

from store.unit_of_work import Database

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


def get(url: str, path: str, *, method: str = "GET", **headers: str) -> Reply:
    """Ask a server once."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(status=answer.status, headers=told, body=answer.read())
    finally:
        connection.close()


@dataclass(slots=True, kw_only=True)
class Site:
    """A ledger and the server on it; the time and the heart are the test's to set."""

    database: Database
    url: str = ""
    now: datetime = NOON
    silent_s: float = 0.0

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


def _written(name: str, labels: dict[str, str]) -> str:
    told = ",".join(f"{label}={value}" for label, value in sorted(labels.items()))
    return f"{name}{{{told}}}" if told else name
