"""What of an address may be shown to anybody: enough to tell one's own, too little to use it.

Promises that no mask holds a local part, a path, a query, a token or a password; never raises.
"""

from urllib.parse import urlsplit

from notifiers.errors import InvalidInput
from notifiers.mail_address import SCHEME, read_mailto
from notifiers.web_address import SCHEMES, read_web_address

HIDDEN = "***"
APPRISE = "apprise:"


def mask(address: str) -> str:
    """``m***@example.org``, ``https://hooks.example.org/***``, ``apprise:discord://***``; ``***`` for anything else."""
    try:
        return _mask(address)
    except (InvalidInput, ValueError):
        return HIDDEN


def _mask(address: str) -> str:
    scheme = address.partition(":")[0].lower()
    if scheme == SCHEME.rstrip(":"):
        recipient = read_mailto(address)
        return f"{recipient[0]}{HIDDEN}@{recipient.rpartition('@')[2]}"
    if scheme in SCHEMES:
        found = read_web_address(address)
        return f"{found.scheme}://{found.authority}/{HIDDEN}"
    if scheme == APPRISE.rstrip(":"):
        service = urlsplit(address[len(APPRISE) :]).scheme
        return f"{APPRISE}{service}://{HIDDEN}" if service else HIDDEN
    return HIDDEN
