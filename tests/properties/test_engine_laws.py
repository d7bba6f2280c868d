"""Whatever is polled, asked for, broken off and failing, in any order: the laws of the whole, and each can fail."""

import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from notifiers.notifier import Message, Notifier, Outcome, OutcomeKind
from store.deliveries import WAITING
from tests.contract.delivery.post_office import PostOffice, webhook
from tests.copies import copied
from tests.endpoints import Endpoint, listening_endpoint
from tests.laws import tries
from tests.properties.engine_life import NAMES, Engine, Engines

_CHECKS = [HealthCheck.too_slow, HealthCheck.filter_too_much]
SOUND = settings(max_examples=tries(5), stateful_step_count=15, deadline=None, suppress_health_check=_CHECKS)
BROKEN = settings(SOUND, max_examples=150, stateful_step_count=30, phases=(Phase.generate,))
BROKEN = settings(BROKEN, derandomize=True, database=None)


@pytest.fixture
def endpoints() -> Iterator[dict[str, Endpoint]]:
    """An endpoint for each name."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(listening_endpoint()) for name in NAMES}


@pytest.fixture
def opening() -> Iterator[Callable[[str], str]]:
    """What makes a ledger of its own, a copy of an empty one."""
    with ExitStack() as stack:

        def make(empty: str) -> str:
            folder = stack.enter_context(TemporaryDirectory())
            return stack.enter_context(copied(empty, Path(folder)))

        yield make


def live(make_ledger: Callable[[], str], endpoints: dict[str, Endpoint], engine: Engine, chosen: settings) -> None:
    """Let engines live as chance has it."""
    make: Any = lambda: Engines(make_ledger, endpoints, engine)  # noqa: E731 - typed as the class that it stands for
    run_state_machine_as_test(make, settings=chosen)


@pytest.mark.parametrize("kind", ("sqlite", "postgresql"))
def test_nothing_is_lost_unasked_out_of_order_or_under_two_ids(
    kind: str, request: pytest.FixtureRequest, opening: Callable[[str], str], endpoints: dict[str, Endpoint]
) -> None:
    """After any of: poll, crash, restart, subscribe, unsubscribe, deliver, fail, advance the clock."""
    empty: str = request.getfixturevalue(f"empty_{kind}")
    live(lambda: opening(empty), endpoints, Engine(), SOUND)


@dataclass(frozen=True, slots=True)
class Bent:
    """A channel that makes something else of each message before it goes, or says that it went and sends nothing."""

    bend: Callable[[Message], Message | None]
    inner: Notifier = field(default_factory=webhook)

    def send(self, message: Message) -> Outcome:
        """Send what was made of it."""
        bent = self.bend(message)
        return Outcome(kind=OutcomeKind.SENT, took_ms=0, reason="") if bent is None else self.inner.send(bent)

    def close(self) -> None:
        """Let go."""
        self.inner.close()


def forgetful(endpoints: dict[str, Endpoint]) -> Engine:
    """Each third message is lost."""
    numbers = itertools.count(1)
    return Engine(channel=lambda: Bent(lambda message: message if next(numbers) % 3 else None))


def renaming(endpoints: dict[str, Endpoint]) -> Engine:
    """Each attempt has an id of its own."""
    numbers = itertools.count(1)
    return Engine(
        channel=lambda: Bent(lambda message: replace(message, delivery_id=f"{message.delivery_id}{next(numbers)}"))
    )


def misleading(endpoints: dict[str, Endpoint]) -> Engine:
    """All goes to one address."""
    return Engine(channel=lambda: Bent(lambda message: replace(message, address=endpoints[NAMES[-1]].url)))


def hurrying(endpoints: dict[str, Endpoint]) -> Engine:
    """The newest goes first."""

    def hurry(office: PostOffice) -> None:
        waiting = office.deliveries(states=list(WAITING))
        if len(waiting) > 1:
            office.deliverer().only_these([waiting[-1].id]).deliver()

    return Engine(before=hurry)


BREAKAGES = (
    ("lost", forgetful),
    ("unasked", misleading),
    ("out of order", hurrying),
    ("under several ids", renaming),
)


@pytest.mark.parametrize(("law", "broken"), BREAKAGES, ids=(law for law, _ in BREAKAGES))
def test_an_engine_that_breaks_a_law_is_caught(
    law: str,
    broken: Callable[[dict[str, Endpoint]], Engine],
    empty_sqlite: str,
    opening: Callable[[str], str],
    endpoints: dict[str, Endpoint],
) -> None:
    """Each law is seen to fail, by its name, for an engine that breaks it."""
    with pytest.raises(AssertionError, match=law):
        live(lambda: opening(empty_sqlite), endpoints, broken(endpoints), BROKEN)
