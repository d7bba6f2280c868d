"""Notifiers, one for each endpoint that is being served, so that its connection is kept from message to message.

It promises that a notifier is used by one thread at a time, that one which was used lately is found again, and that no
more than some are kept idle. It does not know what they send.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from notifiers.notifier import Message, Notifier, Outcome, OutcomeKind

Channels = Mapping[str, Callable[[], Notifier]]
"""What makes a notifier of each channel, by the channel's name. They may share what several threads may use."""


class UnknownChannel:
    """The notifier of a channel that there is not, as where another host has a newer trialog: the fault is ours."""

    def __init__(self, channel: str) -> None:
        self._channel = channel

    def send(self, message: Message) -> Outcome:
        reason = f"this trialog knows no channel {self._channel}; bring it up to date"
        return Outcome(kind=OutcomeKind.OURS, took_ms=0, reason=reason)

    def close(self) -> None:
        """Nothing is kept."""


class Connections:
    """Keeps up to ``idle_most`` notifiers that nobody uses just now."""

    def __init__(self, channels: Channels, *, idle_most: int) -> None:
        self._channels = channels
        self._idle_most = idle_most
        self._idle: OrderedDict[str, Notifier] = OrderedDict()
        self._lock = threading.Lock()

    @contextmanager
    def to(self, endpoint: str, channel: str) -> Iterator[Notifier]:
        """The notifier of an endpoint, for one thread until the block ends."""
        with self._lock:
            found = self._idle.pop(endpoint, None)
        notifier = self._made(channel) if found is None else found
        try:
            yield notifier
        finally:
            self._keep(endpoint, notifier)

    def close(self) -> None:
        """Let go of every connection that nobody uses."""
        while self._idle:
            self._idle.popitem()[1].close()

    def _made(self, channel: str) -> Notifier:
        make = self._channels.get(channel)
        return UnknownChannel(channel) if make is None else make()

    def _keep(self, endpoint: str, notifier: Notifier) -> None:
        with self._lock:
            self._idle[endpoint] = notifier
            too_many = self._idle.popitem(last=False)[1] if len(self._idle) > self._idle_most else None
        if too_many is not None:
            too_many.close()
