"""The addresses of the registry's answers, each short enough to be taken.

Source: the registry's OpenAPI (lists may be joined by commas, which need no encoding); the limit is the usual one of
web servers and proxies, 8 kB for the request line.
"""

from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

from tracker.domain.errors import InvalidInput

MOST_ADDRESS_BYTES = 8000
_TOKEN_ROOM = 200  # a page token comes later, and is about 40 characters long
_PLAIN = ",:()@"  # fit for a query as they are (RFC 3986, section 3.4)


def address(site: str, path: str, parameters: Mapping[str, str] | None = None) -> str:
    """The address of ``path`` under ``site`` (without a slash at its end); raises InvalidInput for one too long."""
    made = _address(site, path, parameters or {})
    if len(made) > MOST_ADDRESS_BYTES:
        longest = max(parameters or {"": ""}, key=lambda name: len((parameters or {}).get(name, "")))
        raise InvalidInput(
            f"the question to the registry would be an address of {len(made)} bytes, and it takes at most "
            f"{MOST_ADDRESS_BYTES}; shorten {longest}"
        )
    return made


def id_batches(
    ids: Iterable[str], *, site: str, path: str, parameters: Mapping[str, str], most: int
) -> Iterator[tuple[str, ...]]:
    """``ids`` in the fewest runs of at most ``most`` whose addresses, as ``filter.ids``, are short enough."""
    frame = len(_address(site, path, {**parameters, "filter.ids": ""}))
    room = MOST_ADDRESS_BYTES - _TOKEN_ROOM - frame
    batch: list[str] = []
    used = 0
    for trial_id in ids:
        if batch and (used + len(trial_id) + 1 > room or len(batch) >= most):
            yield tuple(batch)
            batch, used = [], 0
        batch.append(trial_id)
        used += len(trial_id) + 1
    if batch:
        yield tuple(batch)


def _address(site: str, path: str, parameters: Mapping[str, str]) -> str:
    query = "&".join(f"{quote(name, safe='')}={quote(value, safe=_PLAIN)}" for name, value in parameters.items())
    return f"{site}{path}?{query}" if query else f"{site}{path}"
