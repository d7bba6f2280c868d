"""Settings as anybody may see them: secrets and addresses masked, wherever they stand.

It promises that no password, token, local part of an address or path of a secret URL is shown, also not in a message
that repeats a value. Pure.
"""

import re

from notifiers.masks import HIDDEN, mask
from tracker.domain.safe_text import one_line

_SECRETS = frozenset({"email.password", "operator.heartbeat_url", "operator.secret"})
_ADDRESSES = frozenset({"operator.to"})
_ADDRESS = re.compile(r"[^\s<>()\[\]:;,\"'/=+@]+@(?=[^\s@/]*\w)")
_LOGIN = re.compile(r"(?<=://)[^\s/]*@")
_PASSWORD = re.compile(r"(?<=[?&]password=)[^&\s'\"]*", re.IGNORECASE)


def shown_value(name: str, value: object) -> str:
    """The value of a setting, on one line.

    >>> shown_value("email.sender", "trialog <alerts@example.org>")
    'trialog <***@example.org>'
    """
    if value == "":
        return ""
    if name in _SECRETS:
        return HIDDEN
    if name in _ADDRESSES:
        return mask(str(value))
    return scrubbed(", ".join(map(_word, value)) if isinstance(value, tuple) else _word(value))


def scrubbed(text: str) -> str:
    """A message without the logins of URLs and the names in front of an @.

    >>> scrubbed("public_url is 'https://me:secret@example.org'; expected none")
    "public_url is 'https://***@example.org'; expected none"
    """
    plain = _LOGIN.sub(f"{HIDDEN}@", one_line(text))
    return _ADDRESS.sub(f"{HIDDEN}@", _PASSWORD.sub(HIDDEN, plain))


def _word(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
