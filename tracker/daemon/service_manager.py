"""Signs to the service manager that started the daemon (systemd's sd_notify protocol), where there is one.

It promises that a service manager which is gone, or was never there, disturbs nobody.
"""

import socket
from contextlib import suppress

READY, STOPPING, RELOADING, ALIVE = "READY=1", "STOPPING=1", "RELOADING=1", "WATCHDOG=1"


def more_time(seconds: float) -> str:
    """The sign that a start or an end takes longer, but not for more seconds without another sign."""
    return f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}"


class ServiceManager:
    """Who started the daemon. ``address``: its socket, as ``NOTIFY_SOCKET`` names it; empty where there is none."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def tell(self, *signs: str) -> None:
        """Send signs."""
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as connection:
            connection.sendto("\n".join(signs).encode(), self._address)
