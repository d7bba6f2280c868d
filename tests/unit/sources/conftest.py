"""Where real records lie, for the tests that read them; they are no part of this repository."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real records; a test is skipped where it is not."""
    folder = SHARED / "corpus"
    if not folder.is_dir():
        pytest.skip("../shared/corpus is not here: real records are not part of the repository")
    return folder


@pytest.fixture(scope="session")
def seed() -> Path:
    """The page text this project was first asked to follow; a test is skipped where it is not."""
    file = SHARED / "seed" / "NCT03460795.txt"
    if not file.is_file():
        pytest.skip("../shared/seed is not here: it is not part of the repository")
    return file
