"""What a job of the daemon is: a name, and what it does once it is due.

It promises nothing by itself; ``runner`` keeps when it ran, and how that went.
"""

from collections.abc import Callable
from dataclasses import dataclass

from store.unit_of_work import Database
from tracker.domain.errors import TrackerError


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One job.

    ``run`` is handed the database to write to and answers what is worth saying, if anything; whatever it raises is a
    failure. ``is_made_up``: whether it is due at once where it never ran, else when its schedule says so next.
    """

    name: str
    run: Callable[[Database], str | None]
    is_made_up: bool = False


class Unfinished(TrackerError):
    """The job did what it could and left something undone, which the text names."""


class Amiss(TrackerError):
    """The job did its work, yet something beside it is amiss, which the text names: it is told, and nothing rests."""


class Waits(TrackerError):
    """Somebody else does just now what the job would do: it stays due, and nothing failed."""
