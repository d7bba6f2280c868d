"""Who asks, and how far their leave goes. Pure; it does not know which act needs which scope.

A larger scope includes the smaller: read < write < admin.
"""

from dataclasses import dataclass
from enum import StrEnum

LINK_NAME = "@link"
"""What whoever signed in by a one-time link is called; no token can be."""


class Scope(StrEnum):
    """How far leave goes. Compared by what it includes, never by its letters."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    @property
    def rank(self) -> int:
        """The larger, the more is included."""
        return list(Scope).index(self)

    def includes(self, needed: "Scope") -> bool:
        """Whether leave of this scope is enough for what needs ``needed``.

        >>> Scope.WRITE.includes(Scope.READ), Scope.WRITE.includes(Scope.ADMIN)
        (True, False)
        """
        return self.rank >= needed.rank

    def __lt__(self, other: str) -> bool:
        return self.rank < Scope(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Scope(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Scope(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Scope(other).rank


class CallerKind(StrEnum):
    """By what a caller is known."""

    TOKEN = "token"
    SESSION = "session"
    FEED = "feed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks, where that is somebody in particular.

    ``name``: the token's, or the maker's of a feed's key, or LINK_NAME; fit to be recorded with an act. ``key`` tells
    this token, session or key of a feed from every other, and is no secret; forms are bound to it. ``token_id``: the
    token behind it, if there is one. A key of a feed gives its caller leave to read that feed and nothing else.
    """

    name: str
    scope: Scope
    key: str
    kind: CallerKind = CallerKind.TOKEN
    token_id: str | None = None

    def reaches(self, wanted: Scope) -> bool:
        """Whether the caller may do what needs the scope ``wanted``; what is open to everybody the door knows."""
        return self.scope.includes(wanted)

    @property
    def limited_as(self) -> str:
        """As whom requests are counted: all that comes of one token together."""
        return self.token_id or self.key
