"""A database that goes away while the server runs: told without saying where it lies."""

from pathlib import Path

from store.unit_of_work import Database
from tests.contract.pipeline.lab import Lab
from tests.contract.web.site import NOON, Site, get
from tracker.web.application import create_app
from tracker.web.serving import Server


def test_a_file_that_is_damaged_is_not_ready(tmp_path: Path) -> None:
    """The loop turns; the numbers of the database are left out, the reason is among them."""
    file = tmp_path / "secret-place.db"
    Lab.open(f"sqlite:///{file}").close()
    database = Database.open_present(file, clock=lambda: NOON)
    file.write_bytes(b"no database at all" * 1000)
    server = Server(create_app(Site(database=database).served()), "127.0.0.1:0")
    server.start()
    try:
        ready, fresh, scrape = (get(server.url, path) for path in ("/readyz", "/freshz", "/metrics"))
        assert [[], ["database_unreachable"], ["database_unreachable"]] == [
            get(server.url, "/healthz").codes,
            ready.codes,
            fresh.codes,
        ]
    finally:
        server.stop()
        database.close()
    assert b"secret-place" not in ready.body + fresh.body + scrape.body
    assert b'trialog_reasons{code="database_unreachable"} 1.0' in scrape.body
    assert b"trialog_build_info" in scrape.body
    assert b"trialog_outbox" not in scrape.body
