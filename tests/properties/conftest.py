"""What laws that are held on both databases begin with."""

import pytest


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def made(request: pytest.FixtureRequest) -> str:
    """An empty ledger on each kind of database, to be copied."""
    url: str = request.getfixturevalue(f"empty_{request.param}")
    return url
