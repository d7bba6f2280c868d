"""Having trials, queries or the whole registry tracked, and no longer, for every address that does it.

It promises that the registry is asked as the command asks it, by one at a time and not for long, and that nothing is
recorded where it cannot be asked.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tracker.domain.errors import Blocked, InvalidInput, Mismatch, Refused, Stopped, Transient
from tracker.domain.parts import about
from tracker.domain.query import EVERYTHING
from tracker.domain.trial_id import parse_trial_id
from tracker.domain.watching import parse_query_name
from tracker.pipeline.deciding import Deciding, TrackedNow, UntrackedNow
from tracker.pipeline.resolving import count_matches, resolve_trials
from tracker.registry import Registry
from tracker.services import open_registry, query_of
from tracker.web.problems import Problem
from tracker.web.site import Site

REGISTRY_MOST_S = 25.0
"""How long the registry is asked at most: longer than its usual answer, less than whoever waits for a page does."""

EVERYTHING_NAME = "*"
"""What the whole registry is called in an address; a query of this name is untracked from the command line."""

_RETRY_S = 60
_ASKING = threading.Lock()
_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be tracked, one of: ``trials`` by their ids, a ``query`` under a ``name``, or ``everything``."""

    trials: Sequence[str] = ()
    name: str = ""
    query: str = ""
    everything: bool = False


def track(site: Site, wish: Wish) -> list[TrackedNow]:
    """Have it tracked. Raises InvalidInput, NotFound, and Problem (409) where the registry cannot be asked."""
    if sum((bool(wish.trials), bool(wish.query or wish.name), wish.everything)) != 1:
        raise InvalidInput("expected one of: trials, a query with a name, everything")
    deciding = Deciding(site.services())
    if wish.trials:
        with about("trials"):
            ids = [parse_trial_id(one) for one in wish.trials]
        return deciding.track_trials(_asked(site, lambda registry: resolve_trials(registry, ids)))
    if wish.everything:
        return [deciding.track_registry(matches=_asked(site, lambda registry: count_matches(registry, EVERYTHING)))]
    with about("name"):
        name = parse_query_name(wish.name)
    with about("query"):
        query = query_of(wish.query, site.settings)
        matches = _asked(site, lambda registry: count_matches(registry, query))
    with about("name"):
        return [deciding.track_query(name, query, matches=matches)]


def untrack(site: Site, name: str) -> list[UntrackedNow]:
    """Have it tracked no more: a query's name, a trial's id, or EVERYTHING_NAME."""
    deciding = Deciding(site.services())
    if name == EVERYTHING_NAME:
        return [deciding.untrack_registry()]
    found = deciding.untrack_query(name)
    return [found] if found.was_tracked else deciding.untrack_trials([name.strip().upper()])


def _asked(site: Site, ask: Callable[[Registry], _Answer]) -> _Answer:
    """What the registry says. One at a time asks it, and not for long."""
    stop = threading.Event()
    if not _ASKING.acquire(timeout=REGISTRY_MOST_S):
        raise _away("somebody else asks it")
    timer = threading.Timer(REGISTRY_MOST_S, stop.set)
    timer.daemon = True
    timer.start()
    try:
        with open_registry(site.settings, stop=stop) as registry:
            return ask(registry)
    except (Transient, Blocked) as err:
        raise _away(str(err)) from err
    except Refused as err:
        raise Mismatch(str(err)) from err
    except Stopped as err:
        raise _away(f"it did not answer within {REGISTRY_MOST_S:g} s") from err
    finally:
        timer.cancel()
        _ASKING.release()


def _away(reason: str) -> Problem:
    detail = f"the registry cannot be asked just now, and nothing was recorded: {reason}"
    return Problem(409, detail, headers={"retry-after": str(_RETRY_S)})
