"""Looking for a text inside others as people expect it: without regard to case and accents.

Both sides are compared by their folded letters: ``Crohn`` is found in ``CROHN'S DISEASE``, ``sjogren`` in
``Sjögren``. Letters that are no accented form of another (``ø``, ``ł``) stay as they are.
"""

import unicodedata
from collections.abc import Iterable
from functools import lru_cache


def fold(text: str) -> str:
    """``text`` without case and accents.

    >>> fold("SJÖGREN")
    'sjogren'
    """
    if text.isascii():
        return text.lower()
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


@lru_cache(maxsize=16_384)  # few texts are asked for, and sponsors, countries and conditions come again and again
def folded(text: str) -> str:
    """What ``fold`` answers, remembered."""
    return fold(text)


def occurs_in(text: str, values: Iterable[str | None]) -> bool:
    """Whether ``text`` is found anywhere in one of ``values``."""
    wanted = folded(text)
    return any(value is not None and wanted in folded(value) for value in values)
