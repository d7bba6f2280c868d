"""A simulated registry that is asked over HTTP by trialog's own client, without any wait."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.records import Json
from tracker.registry import Registry
from tracker.setting_groups import CtgovSettings
from tracker.simulator.server import SimulatedRegistry
from tracker.simulator.study_answers import StudyAnswers
from tracker.simulator.world import World
from tracker.sources.ctgov.opening import open_ctgov


@contextmanager
def asking(world: World, **manners: Any) -> Iterator[tuple[Registry, SimulatedRegistry]]:
    """The client and the server of a world."""
    with SimulatedRegistry(StudyAnswers(world), pause=lambda _: None) as server:
        usual: dict[str, Any] = {
            "base_url": server.url,
            "transport": "httpx",
            "contact": "",
            "user_agent": "test",
            "timeout_s": 5.0,
            "request_interval_s": 0.0,
            "history_interval_s": 0.0,
            "retries": 6,
            "retry_wait_s": 0.0,
            "retry_wait_most_s": 0.0,
            "blocked_wait_s": 0.0,
        }
        with open_ctgov(CtgovSettings(**usual | manners), stop=threading.Event()) as registry:
            yield registry, server


class Breaking:
    """A registry that is interrupted at a request: ``left`` are answered, the next is not."""

    def __init__(self, registry: Registry, *, left: int) -> None:
        self._registry = registry
        self.left = left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._registry, name)

    def _count(self) -> None:
        if self.left == 0:
            raise KeyboardInterrupt
        self.left -= 1

    def study(self, trial_id: str) -> Any:
        """As the registry, while it lasts."""
        self._count()
        return self._registry.study(trial_id)

    def history(self, trial_id: str) -> Any:
        """As the registry, while it lasts."""
        self._count()
        return self._registry.history(trial_id)

    def history_version(self, trial_id: str, version: int) -> Json:
        """As the registry, while it lasts."""
        self._count()
        return self._registry.history_version(trial_id, version)
