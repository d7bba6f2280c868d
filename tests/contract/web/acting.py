"""A program that asks the API to do something."""

import json
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit

from tests.contract.web.site import Reply, Site
from tracker.access.callers import Scope

HOOK = "https://hooks.invalid/x"
ME = "mailto:me@example.org"


def ask(site: Site, method: str, path: str, body: Any = None, *, raw: bytes | None = None) -> Reply:
    """Ask with a body of JSON, or of whatever bytes."""
    sent = raw if raw is not None else None if body is None else json.dumps(body).encode()
    connection = HTTPConnection(urlsplit(site.url).netloc, timeout=60)
    try:
        headers = {"content-type": "application/json"} if sent is not None else {}
        connection.request(method, f"/api/v1{quote(path, safe='/?=&*')}", body=sent, headers=headers)
        answer = connection.getresponse()
        told = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(status=answer.status, headers=told, body=answer.read())
    finally:
        connection.close()


def subscribed(site: Site, name: str = "stale", **others: Any) -> Reply:
    """Make a subscription; it must go well."""
    site.scope = site.scope or Scope.ADMIN
    reply = ask(site, "POST", "/subscriptions", {"name": name, "to": [ME], **others})
    assert 201 == reply.status, reply.body
    return reply


def wrong(reply: Reply) -> list[str]:
    """The parameters that a refusal names."""
    assert "application/problem+json" == reply.headers["content-type"], reply.body
    return [one["parameter"] for one in reply.object["errors"]]


def actors(site: Site) -> list[str | None]:
    """Who did what was done, as the ledger records it, the latest last."""
    with site.database.reading() as transaction:
        recorded = list(transaction.events.read_all(limit=1000))
    return [one.metadata.get("actor") for one in recorded]
