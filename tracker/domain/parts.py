"""Parts of what somebody asks for: which one a refusal is about, and how a door calls it. Pure."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from tracker.domain.errors import InvalidInput

Spelling: TypeAlias = Callable[[str], str]
"""How a door calls a part, for people: ``include_contacts`` is ``--include-contacts`` on the command line."""


def plainly(part: str) -> str:
    """The spelling of those who have no other."""
    return part


@contextmanager
def about(part: str) -> Iterator[None]:
    """Name the part that a refusal is about, where it does not say so itself."""
    try:
        yield
    except InvalidInput as err:
        err.part = err.part or part
        raise


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks: ``actor`` by name, where known; ``spelled``: how their door calls the parts."""

    actor: str | None = None
    spelled: Spelling = plainly
