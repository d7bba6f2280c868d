"""What every address works with: the ledger as it is served, and the settings that hold now.

It promises one moment per ``reading``: an answer that takes everything from one transaction never mixes two states.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date

from fastapi import Request

from store.unit_of_work import Transaction
from tracker.seeing import Seeing
from tracker.services import Services
from tracker.setting_groups import Settings
from tracker.web.gate import Gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """``services``: those that hold now, also after settings were read anew; ``silent_s``: for how many
    seconds the loop of the process has not turned.
    """

    services: Callable[[], Services]
    seeing: Seeing
    gate: Gate
    silent_s: Callable[[], float] = lambda: 0.0

    @property
    def settings(self) -> Settings:
        """The settings that hold now."""
        return self.services().settings

    @property
    def today(self) -> date:
        """The calendar day in UTC."""
        return self.services().now().astimezone(UTC).date()

    def url_of(self, request: Request) -> str:
        """Where this site is, without a slash at its end: the public address, or else the one that was asked."""
        return (self.settings.public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """A transaction that sees one moment."""
        with self.services().database.reading() as transaction:
            yield transaction

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """The only write transaction at its time."""
        with self.services().database.writing() as transaction:
            yield transaction
