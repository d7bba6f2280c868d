"""A plain client of the standard library, and small registries for it."""

import http.client
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tracker.simulator.server import SimulatedRegistry


@dataclass(frozen=True, slots=True, kw_only=True)
class Got:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)


class Client:
    """Asks over one connection that is kept."""

    def __init__(self, registry: SimulatedRegistry) -> None:
        self.connection = http.client.HTTPConnection(registry.url.removeprefix("http://"), timeout=10)

    def get(self, path: str, **params: str | int) -> Got:
        """Ask for a path below ``/api``; two underscores in a parameter's name are a dot."""
        return self.ask(path, {name.replace("__", "."): value for name, value in params.items()})

    def ask(self, path: str, params: Mapping[str, str | int], headers: Mapping[str, str] | None = None) -> Got:
        """Ask with parameters of any name, and headers."""
        query = f"?{urlencode(params)}" if params else ""
        self.connection.request("GET", f"/api{path}{query}", headers={"User-Agent": "test", **(headers or {})})
        answer = self.connection.getresponse()
        return Got(status=answer.status, headers=dict(answer.getheaders()), body=answer.read())

    def pages(self, **params: str | int) -> Iterator[Any]:
        """Every page of a list."""
        token: dict[str, str] = {}
        while True:
            page = self.ask("/v2/studies", {**params, **token}).json
            yield page
            if "nextPageToken" not in page:
                return
            token = {"pageToken": page["nextPageToken"]}


@contextmanager
def client_of(registry: SimulatedRegistry) -> Iterator[Client]:
    """A client whose connection is closed at the end."""
    client = Client(registry)
    try:
        yield client
    finally:
        client.connection.close()


def ids(studies: Any) -> list[str]:
    """The numbers of a page's studies."""
    return [study["protocolSection"]["identificationModule"]["nctId"] for study in studies]
