"""What a page was asked for, as the options of a command and as the query of an address of the API. Pure.

It promises a line that a shell reads as it is meant, whatever somebody put into the address of a page.
"""

import shlex
from collections.abc import Iterable
from urllib.parse import urlencode

from tracker.web.pages.rendering import Same


def same_of(command: str, api: str, asked: Iterable[tuple[str, object]]) -> Same:
    """Options and parameters have the same names, and those without a value say nothing.

    >>> same_of("stale", "/api/v1/stale", [("min_days", 3), ("sponsor", "A & B"), ("country", "")])
    Same(command="stale --min-days 3 --sponsor 'A & B'", api='/api/v1/stale?min_days=3&sponsor=A+%26+B')
    """
    said = [(name, str(value)) for name, value in asked if value is not None and str(value).strip()]
    words = [word for name, value in said for word in (f"--{name.replace('_', '-')}", value)]
    query = urlencode(said)
    return Same(command=shlex.join([*command.split(), *words]), api=f"{api}?{query}" if said else api)
