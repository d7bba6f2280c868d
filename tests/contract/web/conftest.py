"""The real application on a real server on loopback, over each kind of database."""

from collections.abc import Iterator

import pytest

from store.unit_of_work import Database
from tests.contract.web.site import NOON, Site
from tracker.web.application import create_app
from tracker.web.serving import Server


@pytest.fixture
def site(own_url: str) -> Iterator[Site]:
    """An empty ledger, served."""
    made = Site(database=Database.open_present(own_url, clock=lambda: NOON))
    server = Server(create_app(made.served(), monotonic=lambda: 0.0), "127.0.0.1:0")
    server.start()
    made.url = server.url
    yield made
    server.stop()
    made.database.close()
