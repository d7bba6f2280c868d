"""What one run of the command line knows: its settings, and the exit status it will have.

It promises that nothing is opened, and no setting read, before a command asks for it.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tracker.cli.failures import BAD_ANSWER
from tracker.setting_groups import Settings
from tracker.settings import Sifted, read_settings, sift_settings

if TYPE_CHECKING:  # the services bring the database with them, which --help does without
    from store.migrate import Told, Upgrade
    from tracker.domain.clock import Clock
    from tracker.registry import Registry
    from tracker.services import Purpose, Services, Surroundings


class Session:
    """One run. ``database`` and ``config`` are the options as given, the last one if given twice.

    ``options``: settings by name that hold where no option is given, before the environment and any file.
    ``surroundings``: a clock and ids other than the machine's.
    """

    def __init__(self, *, options: Mapping[str, str] | None = None, surroundings: "Surroundings | None" = None) -> None:
        self._options = dict(options or {})
        self._surroundings = surroundings
        self.database: str | None = None
        self.config: Path | None = None
        self.status = 0

    def answer_is_bad(self) -> None:
        """The run will end with status 1; said before the answer is written, which may fail."""
        self.status = BAD_ANSWER

    def settings(self, *, usual_level: str = "warning") -> Settings:
        """The settings that hold; log lines look accordingly from now on, of ``usual_level`` where they do not say."""
        from tracker.logs import configure_logs

        settings = self.read_settings()
        configure_logs(settings, usual_level=usual_level)
        return settings

    def read_settings(self) -> Settings:
        """The settings as they are now; log lines go on looking as they do."""
        return read_settings(options=self._given(), config_file=self.config)

    def sifted_settings(self) -> Sifted:
        """The settings with who says them, and all that is wrong with them."""
        return sift_settings(options=self._given(), config_file=self.config)

    def _given(self) -> dict[str, str]:
        return self._options | ({} if self.database is None else {"database": self.database})

    @contextmanager
    def clock(self, settings: Settings) -> "Iterator[Clock]":
        """The clock that is exchanged, or the one that the settings name, as long as the block lasts."""
        from tracker.services import open_clock

        with open_clock(settings) as named:
            yield (self._surroundings.clock if self._surroundings else None) or named

    @contextmanager
    def services(
        self, purpose: "Purpose" = "ask", *, usual_level: str = "warning", told: "Told | None" = None
    ) -> "Iterator[Services]":
        """Everything that works on the database, open for a purpose as long as the block lasts.

        Where that means to bring the ledger up to date, ``told`` hears of it, or else the person.
        """
        settings = self.settings(usual_level=usual_level)
        from tracker.cli.progress import position_shown
        from tracker.services import open_services

        with (
            position_shown("Bringing the views up to date") as show,
            open_services(
                settings, purpose=purpose, show=show, told=told or _tell, surroundings=self._surroundings
            ) as services,
        ):
            yield services

    def has_ledger(self) -> bool:
        """Whether there is a ledger; nothing is made."""
        settings = self.settings()
        from tracker.services import has_ledger

        return has_ledger(settings)

    @contextmanager
    def registry(self, *, stop: threading.Event | None = None) -> "Iterator[Registry]":
        """The registry that the settings name, open as long as the block lasts; ``stop`` ends its waits."""
        settings = self.settings()
        from tracker.services import open_registry

        with open_registry(settings, stop=stop) as registry:
            yield registry


def _tell(upgrade: "Upgrade") -> None:
    from tracker.cli.streams import say

    say(
        f"the ledger is of an older trialog; it is brought from schema {upgrade.found} to {upgrade.revision}"
        f" and was copied before, to {upgrade.copy}"
    )
