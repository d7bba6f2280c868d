"""Closed sets of names that people choose from: the registry's own, and how a name outside of a set is refused.

It promises that a refusal says what is near, else what there is. The registry's sets are those of its OpenAPI
(``Status``, ``Phase``); ``docs/registry.md``.
"""

import difflib
from collections.abc import Sequence

from tracker.domain.errors import InvalidInput

STATUSES = (
    *("ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION", "NOT_YET_RECRUITING", "RECRUITING"),
    *("SUSPENDED", "TERMINATED", "WITHDRAWN"),
    *("AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING"),
    *("WITHHELD", "UNKNOWN"),
)
PHASES = ("NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4")

_MOST_LISTED = 20


def one_of(what: str, name: str, known: Sequence[str]) -> str:
    """``name``, which is one of ``known``; else raises InvalidInput with what is near, or with all there is.

    >>> one_of("weekday", "mon", ("mon", "tue"))
    'mon'
    """
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, 3)
    near = near or [other for other in known if name and (name in other or other in name)][:3]
    if near:
        raise InvalidInput(f"there is no {what} {name!r}; did you mean {' or '.join(near)}?")
    if len(known) <= _MOST_LISTED:
        raise InvalidInput(f"there is no {what} {name!r}; expected one of {', '.join(known)}")
    raise InvalidInput(f"there is no {what} {name!r}; docs/fields.md lists all {len(known)}")


def registry_name(what: str, text: str, known: Sequence[str]) -> str:
    """A name of the registry's, however it is spaced and whatever its case.

    >>> registry_name("status", "active, not recruiting", STATUSES)
    'ACTIVE_NOT_RECRUITING'
    """
    squeezed = {name.replace("_", ""): name for name in known}
    found = squeezed.get("".join(letter for letter in text.upper() if letter.isalnum()))
    return found or one_of(what, "_".join(text.upper().split()), known)
