"""A person at a ledger, or where none is yet, a registry, a mail server and an endpoint on this machine."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.cli.desk import Desk
from tests.endpoints import Endpoint, listening_endpoint
from tests.mailbox import Mailbox, listening_mailbox
from tests.postgres import fresh_database
from tests.unit.simulator.worlds import ONE, THREE, TWO, study, world
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that takes everything until it is told otherwise."""
    with listening_mailbox() as listening:
        yield listening


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An endpoint that takes everything until it is told otherwise."""
    with listening_endpoint() as listening:
        yield listening


@pytest.fixture
def second_postgresql_url(postgres_url: str) -> Iterator[str]:
    """Another PostgreSQL database in which nothing was made."""
    with fresh_database(postgres_url) as url:
        yield url


@pytest.fixture
def desk_at(mailbox: Mailbox, endpoint: Endpoint, capfdbinary: Any) -> Iterator[Callable[[str], Desk]]:
    """What makes the desk at a database; of the registry's trials the first is about to turn UNKNOWN."""
    about_to_lapse = {"statusVerifiedDate": "2024-02", "completionDateStruct": {"date": "2025-12", "type": "ESTIMATED"}}
    made = world(study(ONE, statusModule=about_to_lapse), study(TWO), study(THREE))
    with SimulatedRegistry(StudyAnswers(made)) as registry:
        yield lambda database: Desk(
            database=database,
            world=made,
            site=registry.url,
            mailbox=mailbox,
            endpoint=endpoint,
            output=capfdbinary,
        )


@pytest.fixture
def desk(database_url: str, desk_at: Callable[[str], Desk]) -> Desk:
    """The desk at an empty ledger, on each database."""
    return desk_at(database_url)


@pytest.fixture
def new_desk(new_database_url: str, desk_at: Callable[[str], Desk]) -> Desk:
    """The desk where there is no ledger yet, on each database."""
    return desk_at(new_database_url)
