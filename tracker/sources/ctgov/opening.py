"""Putting the registry's client together: transport, courtesy, registry.

It promises that the connections are closed at the end, and that trialog says who it is.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version

from tracker.domain.errors import InvalidInput
from tracker.setting_groups import CtgovSettings
from tracker.sources.ctgov.courtesy import Courtesy, Surroundings
from tracker.sources.ctgov.live import CtgovRegistry
from tracker.sources.ctgov.manners import Manners
from tracker.sources.ctgov.transport import Transport


@contextmanager
def open_ctgov(settings: CtgovSettings, *, stop: threading.Event) -> Iterator[CtgovRegistry]:
    """The registry that ``settings`` name; every wait ends with Stopped once ``stop`` is set.

    Raises InvalidInput where the transport they ask for is not installed.
    """
    manners = Manners(
        request_interval_s=settings.request_interval_s,
        history_interval_s=settings.history_interval_s,
        retries=settings.retries,
        retry_wait_s=settings.retry_wait_s,
        retry_wait_most_s=settings.retry_wait_most_s,
        blocked_wait_s=settings.blocked_wait_s,
    )
    headers = request_headers(contact=settings.contact, user_agent=settings.user_agent)
    transport = make_transport(
        settings.transport, timeout_s=settings.timeout_s, through_proxy=not settings.is_on_loopback
    )
    try:
        courtesy = Courtesy(transport, manners=manners, headers=headers, surroundings=Surroundings(wait=stop.wait))
        yield CtgovRegistry(courtesy, site=settings.base_url, manners=manners)
    finally:
        transport.close()


def make_transport(name: str, *, timeout_s: float, through_proxy: bool) -> Transport:
    """The transport of this name; libraries are loaded here, since loading takes longer than most questions."""
    if name == "curl":
        try:
            from tracker.sources.ctgov.transports.over_curl import CurlTransport
        except ImportError as err:
            raise InvalidInput(
                f"the transport curl cannot be loaded ({err}); pip install 'trialog[curl]', or set "
                "TRIALOG_CTGOV__TRANSPORT=httpx"
            ) from err
        return CurlTransport(timeout_s=timeout_s, through_proxy=through_proxy)

    from tracker.sources.ctgov.transports.over_httpx import HttpxTransport

    return HttpxTransport(timeout_s=timeout_s, through_proxy=through_proxy)


def request_headers(*, contact: str, user_agent: str) -> dict[str, str]:
    """The headers of every request: who asks, and what it can read."""
    return {
        "User-Agent": user_agent or own_user_agent(contact),
        "Accept": "application/json, text/plain",
        "Accept-Encoding": "gzip",
    }


def own_user_agent(contact: str) -> str:
    """``trialog/<version> (+contact)``, or without the bracket where there is no contact."""
    try:
        name = f"trialog/{version('trialog')}"
    except PackageNotFoundError:  # run from a checkout that is not installed
        name = "trialog"
    return f"{name} (+{contact})" if contact else name
