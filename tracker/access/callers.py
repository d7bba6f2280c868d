"""Who asks, and how far that reaches. Pure."""

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """How far a caller reaches; each reaches as far as those before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: by which token, or whoever signed in. ``key`` tells callers apart, for limits and forms."""

    name: str
    scope: Scope
    key: str

    def reaches(self, wanted: Scope) -> bool:
        """Whether the caller may do what needs the scope ``wanted``."""
        order = list(Scope)
        return order.index(self.scope) >= order.index(wanted)
