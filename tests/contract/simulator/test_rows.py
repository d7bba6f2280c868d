"""The registry of many rows that exist only while they are sent."""

from datetime import UTC, datetime

from tests.contract.simulator.clients import client_of, ids
from tracker.simulator.rows import RowAnswers
from tracker.simulator.server import SimulatedRegistry

DATA_TIME = datetime(2026, 1, 12, 9, 0, 5, tzinfo=UTC)


def test_every_row_comes_once() -> None:
    """A crawl of 12,000 rows has them all, and the odd last page."""
    with SimulatedRegistry(RowAnswers(12_000, data_time=DATA_TIME)) as registry, client_of(registry) as client:
        assert "2026-01-12T09:00:05" == client.get("/v2/version").json["dataTimestamp"]
        pages = list(client.pages(pageSize=1000, countTotal="true", fields="NCTId"))
    assert 12_000 == pages[0]["totalCount"]
    assert [f"NCT{number:08d}" for number in range(1, 12_001)] == [
        name for page in pages for name in ids(page["studies"])
    ]
    assert 13 == len(pages)


def test_rows_are_checked_as_the_registry_checks() -> None:
    """Unknown parameters and fields are refused here too."""
    with SimulatedRegistry(RowAnswers(5, data_time=DATA_TIME)) as registry, client_of(registry) as client:
        assert 400 == client.get("/v2/studies", bogus="1").status
        assert 400 == client.get("/v2/studies", fields="Bogus").status
        assert 404 == client.get("/v2/studies/NCT00000001").status
