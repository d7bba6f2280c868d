"""When differences look like an accident or a migration of the registry rather than like changes of trials. Pure.

Rules (``docs/architecture.md``): one path that differs on at least 200 records, and on more than 5 % of those compared,
while neither their post nor their submission date moved, save that statuses and sponsors do change so; and at least 50
records, and more than 2 % of those expected, that are missing.
"""

from collections import Counter
from collections.abc import Iterable

from tracker.sources.ctgov.seen_ids import SeenIds

SUSPICIOUS_RECORDS = 200
SUSPICIOUS_PERCENT = 5
VANISHED_RECORDS = 50
VANISHED_PERCENT = 2
CHANGE_SILENTLY = (
    "/protocolSection/statusModule/overallStatus",
    "/protocolSection/statusModule/lastKnownStatus",
    "/protocolSection/sponsorCollaboratorsModule/leadSponsor",
    "/protocolSection/sponsorCollaboratorsModule/collaborators",
)
"""What the registry sets by itself, of many trials on one day, and means it."""


class Accidents:
    """Counts one leg of a poll; memory does not grow with the number of records.

    Paths are patterns (``tracker.domain.pointer``), so that a change of every site is one path.
    """

    def __init__(self) -> None:
        self._compared = SeenIds()
        self._differing: Counter[str] = Counter()
        self._expected = 0
        self._missing = 0

    def compared(self, trial_id: str, silent_paths: Iterable[str]) -> None:
        """A record was compared, and differs in ``silent_paths`` without a new post or submission date.

        A trial counts once, as it is told first: a row that came twice says nothing new.
        """
        if self._compared.add(trial_id):
            self._differing.update(set(silent_paths))

    def missing(self, expected: int, missing: int) -> None:
        """So many records of a scope were expected, and so many of them did not come; scopes add up."""
        self._expected += expected
        self._missing += missing

    def suspicious_paths(self) -> set[str]:
        """The paths that differ on too many of the records compared so far to be changes of trials."""
        return {
            path
            for path, count in self._differing.items()
            if count >= SUSPICIOUS_RECORDS
            and count * 100 > SUSPICIOUS_PERCENT * len(self._compared)
            and not is_at(path, CHANGE_SILENTLY)
        }

    def is_mass_vanishing(self) -> bool:
        """Whether too many records are missing to have been taken away one by one."""
        return self._missing >= VANISHED_RECORDS and self._missing * 100 > VANISHED_PERCENT * self._expected


def is_at(path: str, places: Iterable[str]) -> bool:
    """Whether ``path`` is one of ``places`` or below one."""
    return any(path == place or path.startswith(place + "/") for place in places)
