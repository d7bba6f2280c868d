"""JSON Pointers (RFC 6901) into records, and the patterns they have in common.

A *pattern* is a pointer in which each place in a list is ``*``: the location at
``/protocolSection/contactsLocationsModule/locations/3/status`` has the pattern ``.../locations/*/status``.
"""

from collections.abc import Sequence
from functools import lru_cache

from tracker.domain.record import Json

Token = str | int


def join(tokens: Sequence[Token]) -> str:
    """The pointer made of ``tokens``; ``""`` is the whole document.

    >>> join(["a/b", 0, "m~n"])
    '/a~1b/0/m~0n'
    """
    return "".join([f"/{escape(token)}" for token in tokens])


def split(pointer: str) -> list[str]:
    """The tokens of ``pointer``, unescaped; raises ValueError where it does not start with a slash."""
    if not pointer:
        return []
    if not pointer.startswith("/"):
        raise ValueError(f"not a JSON Pointer: {pointer!r}")
    return [token.replace("~1", "/").replace("~0", "~") for token in pointer[1:].split("/")]


def pattern_of(pointer: str) -> str:
    """The pattern of a pointer into a record; no key of a record is a number.

    >>> pattern_of("/protocolSection/contactsLocationsModule/locations/3/status")
    '/protocolSection/contactsLocationsModule/locations/*/status'
    """
    return "/".join(["*" if token.isascii() and token.isdigit() else token for token in pointer.split("/")])


def resolve(document: Json, pointer: str) -> Json:
    """The value at ``pointer``; None where there is nothing."""
    for token in _kept(pointer):
        document = document.get(token) if isinstance(document, dict) else step(document, token)
        if document is None:
            return None
    return document


@lru_cache(1024)
def _kept(pointer: str) -> tuple[str, ...]:
    """The tokens of a pointer; the same few are asked of record after record."""
    return tuple(split(pointer))


def step(node: Json, token: str) -> Json:
    """One step down from ``node``; None where there is nothing."""
    if isinstance(node, dict):
        return node.get(token)
    if isinstance(node, list) and token.isascii() and token.isdigit() and int(token) < len(node):
        return node[int(token)]
    return None


def escape(token: Token) -> str:
    """``token`` as a pointer writes it."""
    if isinstance(token, int):
        return str(token)
    return token.replace("~", "~0").replace("/", "~1") if "~" in token or "/" in token else token
