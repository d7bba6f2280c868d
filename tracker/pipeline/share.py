"""Which of the differences that an observation shows are recorded now. Pure.

Where one path of a record waits for a person, everything else that the record says is recorded at once; when the person
has decided, that path alone is. Paths are patterns (``tracker.domain.pointer``).
"""

from dataclasses import dataclass

from tracker.domain.pointer import pattern_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """All differences ``without`` some paths, or ``only`` those of some.

    ``behind``: the number of the revision right behind which the observation has its place, whatever its dates say.
    """

    only: frozenset[str] | None = None
    without: frozenset[str] = frozenset()
    behind: int | None = None

    def takes(self, path: str) -> bool:
        """Whether a difference at ``path`` is recorded."""
        pattern = pattern_of(path)
        return pattern not in self.without and (self.only is None or pattern in self.only)
