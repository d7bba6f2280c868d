"""The real application on a real server on loopback, over each kind of database."""

from collections.abc import Iterator

import pytest

from tests.contract.web.site import Site, serving


@pytest.fixture
def site(own_url: str) -> Iterator[Site]:
    """An empty ledger, served."""
    with serving(own_url) as made:
        yield made
