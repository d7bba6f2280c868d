"""A post office over both databases, and endpoints that misbehave on command."""

from collections.abc import Iterator

import pytest

from tests.contract.delivery.post_office import PostOffice
from tests.contract.pipeline.lab import Lab
from tests.endpoints import Endpoint, listening_endpoint


@pytest.fixture
def office(own_lab: Lab) -> PostOffice:
    """An empty ledger for this test alone."""
    return PostOffice(own_lab)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that takes everything until it is told otherwise."""
    with listening_endpoint() as listening:
        yield listening


@pytest.fixture
def other_endpoint() -> Iterator[Endpoint]:
    """Another one."""
    with listening_endpoint() as listening:
        yield listening
