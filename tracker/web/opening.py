"""The application on open services, behind a server: what the daemon and ``trialog serve`` start."""

from collections.abc import Callable

from tracker.seeing import Seeing
from tracker.services import Services
from tracker.web.access_gate import AccessGate
from tracker.web.application import create_app
from tracker.web.serving import Server
from tracker.web.site import Site


def server_on(services: Callable[[], Services], *, listen: str, silent_s: Callable[[], float] = lambda: 0.0) -> Server:
    """A server that is not yet started; ``services`` are those that hold now, ``silent_s`` as in ``Site``."""
    now = services()
    site = Site(
        services=services,
        seeing=Seeing(database=now.database, settings=lambda: services().settings, now=now.now),
        gate=AccessGate(now.access, settings=lambda: services().settings),
        silent_s=silent_s,
    )
    return Server(create_app(site), listen)
