"""The real application on a real server on loopback, over each kind of database."""

from collections.abc import Iterator

import pytest

from tests.contract.pipeline.lab import Lab
from tests.contract.web.filled import filled
from tests.contract.web.histories import with_histories
from tests.contract.web.site import Site, serving
from tests.copies import copied


@pytest.fixture
def site(own_url: str) -> Iterator[Site]:
    """An empty ledger, served."""
    with serving(own_url) as made:
        yield made


@pytest.fixture(scope="module", params=("sqlite", "postgresql"))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A ledger with something of everything, served to tests that change nothing."""
    with copied(request.getfixturevalue(f"empty_{request.param}"), tmp_path_factory.mktemp("told")) as url:
        lab = Lab.open(url)
        with_histories(lab)
        lab.close()
        with serving(url) as made:
            filled(made)
            yield made
