"""What is watched: the events of watching, their streams, and the names that people give to queries.

The strings of events and streams are stored and never change their meaning. Tracking a trial, a query or the whole
registry are decisions of people, each an event of one stream, and so is what follows from one where a tracked trial is
merged into another; which trials a tracked query finds is told in a stream
of the query's own.
"""

import unicodedata
from enum import StrEnum

from tracker.domain.errors import InvalidInput

WATCH_STREAM = "watch-ctgov"
_QUERY_PREFIX = "query-ctgov:"
_MOST_CHARACTERS = 80  # of a query's name


class WatchEventType(StrEnum):
    """What happened to the watch list, or to the members of a tracked query; in the past tense."""

    TRIAL_TRACKED = "trial_tracked"
    TRIAL_UNTRACKED = "trial_untracked"
    SURVIVOR_TRACKED = "survivor_tracked"
    QUERY_TRACKED = "query_tracked"
    QUERY_UNTRACKED = "query_untracked"
    REGISTRY_TRACKED = "registry_tracked"
    REGISTRY_UNTRACKED = "registry_untracked"

    MEMBER_ENTERED = "member_entered"
    MEMBER_LEFT = "member_left"
    MEMBER_REENTERED = "member_reentered"


MEMBERSHIPS = frozenset({WatchEventType.MEMBER_ENTERED, WatchEventType.MEMBER_LEFT, WatchEventType.MEMBER_REENTERED})
"""The events of a tracked query's members."""


class Watched(StrEnum):
    """What a person can have tracked."""

    TRIAL = "trial"
    QUERY = "query"
    REGISTRY = "registry"


def members_stream(name: str) -> str:
    """The ledger's stream that holds the members of the query called ``name``."""
    return _QUERY_PREFIX + name


def parse_query_name(text: str) -> str:
    """``text`` as the name of a query; raises InvalidInput that says what was expected.

    Two spellings of the same letters (é as one character or as two) are one name.

    >>> parse_query_name(" cirrhosis ")
    'cirrhosis'
    """
    name = unicodedata.normalize("NFC", text.strip())
    if not 0 < len(name) <= _MOST_CHARACTERS or not name.isprintable():
        raise InvalidInput(
            f"{text[:100]!r} is no name for a query: expected 1 to {_MOST_CHARACTERS} characters that can be printed, "
            "such as cirrhosis"
        )
    return name
