"""What laws that are held on both databases begin with."""

import pytest


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def made(request: pytest.FixtureRequest) -> str:
    """An empty store on each kind of database, to be copied."""
    url: str = request.getfixturevalue(f"made_{request.param}")
    return url
