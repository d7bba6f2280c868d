"""A thin observation laid over what was known: what it shows is new, what it cannot show stays."""

from tracker.diffing.catalogue import Catalogue
from tracker.diffing.matching import match_unordered
from tracker.domain.pointer import join
from tracker.domain.record import Json


def overlay(known: Json, shown: Json, *, catalogue: Catalogue) -> Json:
    """``known`` with what only ``shown`` has added; where both speak, ``known`` stays.

    Meant for a ``known`` that already agrees with ``shown`` wherever both can see. Items of lists are matched
    by identity; ``known`` and ``shown`` are not changed.
    """
    return _over(known, shown, "", catalogue)


def _over(known: Json, shown: Json, pattern: str, catalogue: Catalogue) -> Json:
    if isinstance(known, dict) and isinstance(shown, dict):
        merged = dict(known)
        for key, value in shown.items():
            merged[key] = _over(known[key], value, pattern + join([key]), catalogue) if key in known else value
        return merged
    if isinstance(known, list) and isinstance(shown, list):
        items = list(known)
        for i, j in match_unordered(known, shown, catalogue.lists.get(pattern)).pairs:
            items[i] = _over(known[i], shown[j], f"{pattern}/*", catalogue)
        return items
    return known
