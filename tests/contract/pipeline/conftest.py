"""Ledgers to try things on, over both databases.

``lab`` is one ledger for all tests of a process, in which each test has a trial of its own; ``good`` is one with ten
events. An empty one for a test alone is ``own_lab`` of ``tests/conftest.py``.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.pipeline.lab import Lab
from tests.copies import copied
from tests.postgres import fresh_database
from tests.records import enrollment, record, selection, trial_ids

OTHER = "NCT00000002"

_ids = trial_ids()


@pytest.fixture(scope="session")
def shared_sqlite(empty_sqlite: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One ledger for many tests."""
    with copied(empty_sqlite, tmp_path_factory.mktemp("shared")) as url:
        lab = Lab.open(url)
        yield lab
        lab.close()


@pytest.fixture(scope="session")
def shared_postgresql(empty_postgresql: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """One ledger for many tests."""
    with copied(empty_postgresql, tmp_path_factory.mktemp("shared")) as url:
        lab = Lab.open(url)
        yield lab
        lab.close()


@pytest.fixture
def lab(request: pytest.FixtureRequest, dialect: str) -> Lab:
    """A ledger that other tests use too, with a trial of this test's own."""
    shared: Lab = request.getfixturevalue(f"shared_{dialect}")
    shared.trial = next(_ids)
    return shared


def fill(url: str) -> None:
    """Ten events: a trial with two changes and one between them, and a thin one that was widened.

    Positions: 1 first sight; 2 and 3 the first trial's revisions 2 and 3; 4 and 5 a version between them, and the
    step from it; 6 to 10 the second trial.
    """
    lab = Lab.open(url)
    for day, count in ((1, 10), (5, 20), (9, 40), (7, 30)):
        lab.see(record(data_on=f"2026-02-0{day}", designModule=enrollment(count)))
    lab.see(selection(OTHER, designModule=enrollment(5), statusModule={"whyStopped": "Rest"}))
    lab.see(record(OTHER, designModule=enrollment(5), statusModule={"whyStopped": "Rest"}))
    lab.see(selection(OTHER, designModule=enrollment(6)))
    lab.see(selection(OTHER, statusModule={"whyStopped": "Funds"}))
    lab.see(record(OTHER, designModule=enrollment(6)))
    lab.close()


@pytest.fixture(scope="session")
def filled_sqlite(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A good ledger in a file."""
    url = f"sqlite:///{tmp_path_factory.mktemp('filled') / 'ledger.db'}"
    fill(url)
    return url


@pytest.fixture(scope="session")
def filled_postgresql(postgres_url: str) -> Iterator[str]:
    """A good ledger on PostgreSQL."""
    with fresh_database(postgres_url) as url:
        fill(url)
        yield url


@pytest.fixture
def good(request: pytest.FixtureRequest, dialect: str, tmp_path: Path) -> Iterator[Lab]:
    """A good ledger for this test alone."""
    with copied(request.getfixturevalue(f"filled_{dialect}"), tmp_path) as url:
        lab = Lab.open(url)
        yield lab
        lab.close()
