"""A registry, an endpoint and a ledger, of which the commands of a test and its daemons know."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.contract.cli.command import Answer, ask, write_json
from tests.contract.daemon.daemons import QUICK
from tests.endpoints import Endpoint, listening_endpoint
from tests.records import record
from tests.unit.simulator.worlds import ONE, world
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Where commands are given while a daemon runs; ``here`` is what both are told by their environment."""

    here: dict[str, str]
    output: pytest.CaptureFixture[bytes]
    folder: Path

    def ask(self, *arguments: str | Path) -> Answer:
        """Give a command."""
        return ask(self.output, *arguments)

    def do(self, *arguments: str | Path) -> Answer:
        """Give a command that has to succeed."""
        answer = self.ask(*arguments)
        assert 0 == answer.status, answer.err
        return answer

    def take_in(self, status: str, *, posted_on: str) -> None:
        """Import what a trial says on a day."""
        file = write_json(self.folder / "one.json", record(ONE, status=status, posted_on=posted_on))
        self.do("import", file)

    def deliveries(self) -> list[dict[str, Any]]:
        """All deliveries."""
        return self.do("deliveries", "--json").objects


@pytest.fixture
def registry() -> World:
    """Three fresh trials."""
    return world()


@pytest.fixture
def server(registry: World) -> Iterator[SimulatedRegistry]:
    """The registry on this machine."""
    with SimulatedRegistry(StudyAnswers(registry)) as running:
        yield running


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Where webhooks go."""
    with listening_endpoint() as listening:
        yield listening


@contextmanager
def a_house(url: str, output: pytest.CaptureFixture[bytes], *, folder: Path, **more: str) -> Iterator[House]:
    """An empty ledger at that place, and nobody at the registry's address."""
    here = QUICK | more | {"TRIALOG_DATABASE": url}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in here.items():
            patch.setenv(name, value)
        yield House(here=here, output=output, folder=folder)


@pytest.fixture
def house(database_url: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[House]:
    """An empty ledger on each kind of database."""
    with a_house(database_url, capfdbinary, folder=tmp_path) as made:
        yield made


@pytest.fixture
def on_sqlite(sqlite_url: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[House]:
    """An empty ledger in a file."""
    with a_house(sqlite_url, capfdbinary, folder=tmp_path) as made:
        yield made


@pytest.fixture
def on_postgresql(postgresql_url: str, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Iterator[House]:
    """An empty ledger on PostgreSQL."""
    with a_house(postgresql_url, capfdbinary, folder=tmp_path) as made:
        yield made


@pytest.fixture
def at_registry(house: House, server: SimulatedRegistry, monkeypatch: pytest.MonkeyPatch) -> House:
    """The same with the registry, whose clock is everybody's, and of which one trial is tracked."""
    for name, value in (("TRIALOG_CTGOV__BASE_URL", server.url), ("TRIALOG_CLOCK__URL", f"{server.url}/clock")):
        monkeypatch.setenv(name, value)
        house.here[name] = value
    house.do("track", ONE)
    return house
