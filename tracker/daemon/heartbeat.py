"""The heartbeat: an address that is requested after each complete poll, so that a watcher elsewhere notices silence.

It promises to disturb nobody: what goes wrong is logged, without the address, which is a secret of its own.
"""

import urllib.request
from http.client import HTTPException

import structlog

_TIMEOUT_S = 10.0
_LOG = structlog.get_logger()


def beat(url: str, *, user_agent: str) -> None:
    """Request the address once; nothing where it is empty."""
    if not url:
        return
    request = urllib.request.Request(url, headers={"User-Agent": user_agent})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:
            answer.read(1024)
    except (OSError, HTTPException, ValueError) as err:
        _LOG.warning("heartbeat_failed", reason=type(err).__name__)
