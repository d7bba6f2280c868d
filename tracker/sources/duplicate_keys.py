"""Finds keys that occur twice in one JSON object, without a second parse of the innocent.

A parser keeps one of two equal keys, so the other value would vanish without a trace. Fast rule: outside of
strings JSON has no quotes, so a text and the dump of what was parsed from it have equally many quotes,
unless a key was dropped (at least two fewer) or the text writes a quote as ``\\u0022`` (one more in the
dump for each). Texts that break the equality or contain that escape are checked exactly, pair by pair.

It promises to miss no duplicate (``tests/properties/test_duplicate_keys.py``). It does not know records.
"""

import json
from collections.abc import Iterator
from typing import Any

from tracker.domain.pointer import Token, join


def may_have_duplicates(raw: bytes, body: bytes) -> bool:
    """Whether ``raw``, whose value dumps to ``body``, could hold a duplicate key; False is certain."""
    return raw.count(b'"') != body.count(b'"') or b"\\u0022" in raw


def duplicate_key(raw: bytes) -> str | None:
    """The JSON Pointer of the first key that occurs twice in its object; None where there is none.

    ``raw`` is valid JSON in UTF-8.
    """
    pairs = json.loads(raw.decode("utf-8"), object_pairs_hook=_Pairs)
    return next(_duplicates(pairs), None)


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, so that equal keys stay apart."""


def _duplicates(value: Any) -> Iterator[str]:
    waiting: list[tuple[tuple[Token, ...], Any]] = [((), value)]
    while waiting:
        tokens, item = waiting.pop()
        seen: set[Token] = set()
        for key, below in item if isinstance(item, _Pairs) else enumerate(item):
            if key in seen:
                yield join((*tokens, key))
            seen.add(key)
            if isinstance(below, list):  # objects are lists of pairs here
                waiting.append(((*tokens, key), below))
