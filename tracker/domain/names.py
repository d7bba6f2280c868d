"""Names that people give to what they make: subscriptions, tokens. Short, and the same in a shell and an address."""

import re

from tracker.domain.errors import InvalidInput

_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}", re.ASCII)


def parse_name(text: str, *, what: str) -> str:
    """``text`` as the name of ``what``; raises InvalidInput that says what was expected.

    >>> parse_name("ci-reader", what="a token")
    'ci-reader'
    """
    if _NAME.fullmatch(text):
        return text
    near = re.sub(r"[^a-z0-9._-]+", "-", text.strip().lower()).strip("._-")[:64]
    hint = f"; did you mean {near}?" if _NAME.fullmatch(near) else ""
    raise InvalidInput(
        f"{text[:100]!r} is no name for {what}: expected 1 to 64 of a-z, 0-9, '.', '_' and '-', "
        f"beginning with a letter or digit{hint}"
    )
