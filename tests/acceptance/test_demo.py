"""The demonstration tells its story truthfully and leaves nothing behind."""

from pathlib import Path

import pytest

from tests.contract.cli.command import ask, trialog


def test_the_demonstration_foretells_the_lapse_and_ends_with_a_verified_ledger() -> None:
    """It exits with 0 after it foretold UNKNOWN, saw the silent flip, and verified its ledger."""
    told = trialog("demo")
    assert (0, "") == (told.status, told.err)
    foretold = told.text.index("NCT90000001  lapsing  2026-04-01, in 42 days")
    flipped = told.text.index("Recruitment status: RECRUITING -> UNKNOWN")
    verified = told.text.index("The ledger is whole.")
    assert foretold < flipped < verified


def test_the_demonstration_can_be_kept(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """With --keep the sample releases and the ledger stay in the folder that was named."""
    folder = tmp_path / "kept"
    assert 0 == ask(capfdbinary, "demo", "--keep", folder).status
    kept = {path.name for path in folder.iterdir()} - {"demo.db-wal", "demo.db-shm"}
    releases = ("2026-01-15", "2026-02-18", "2026-03-10", "2026-04-22", "2026-05-21", "2026-06-03")
    assert {"demo.db", *(f"{data_on}.jsonl" for data_on in releases)} == kept
