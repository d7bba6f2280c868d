"""The channel over Apprise, an extra: a hundred services behind one kind of address (``apprise:discord://...``).

Promises the same as a webhook's guard, by other means: the library opens its own connections, so each message is
sent by a process of its own (`apprise_process`), in which every connection is judged before it is made, no proxy of
the environment is known, and which is ended when the time is over. The one module that knows the library.
"""

import contextlib
import json
import logging
import re
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from notifiers.errors import InvalidInput
from notifiers.guard import Guard
from notifiers.http_status import kind_of, reason_of
from notifiers.masks import APPRISE
from notifiers.notifier import Message, Outcome, OutcomeKind

NOT_INSTALLED = "Apprise is not installed; pip install 'trialog[apprise]'"
_PROGRAM = "import sys; sys.path.append(sys.argv[1]); from notifiers.apprise_process import main; main()"
_STATUS = re.compile(r"\berror=(\d{3})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What the process is told to send."""

    url: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    allow_networks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the process says: ``refused`` by the guard, ``status`` where the service answered HTTP with an error."""

    is_sent: bool
    refused: str = ""
    status: int | None = None


class AppriseNotifier:
    """Starts a process per message. ``timeout_s`` is for a whole attempt, its start included."""

    def __init__(
        self, guard: Guard, *, timeout_s: float = 15.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._guard = guard
        self._timeout_s = timeout_s
        self._monotonic = monotonic

    def send(self, message: Message) -> Outcome:
        started = self._monotonic()
        kind, status, reason = self._attempt(message)
        return Outcome(kind=kind, took_ms=round((self._monotonic() - started) * 1000), status=status, reason=reason)

    def close(self) -> None:
        """Nothing is kept."""

    def _attempt(self, message: Message) -> tuple[OutcomeKind, int | None, str]:
        try:
            hosts_of(message.address.removeprefix(APPRISE))
        except InvalidInput as err:
            kind = OutcomeKind.OURS if str(err) == NOT_INSTALLED else OutcomeKind.MESSAGE_DEAD
            return kind, None, str(err)
        report = self._asked(
            Errand(
                url=message.address.removeprefix(APPRISE),
                subject=message.subject,
                text=message.text,
                allow_networks=tuple(str(network) for network in self._guard.allow_networks),
            )
        )
        if report is None:
            return OutcomeKind.ENDPOINT_FAILED, None, f"not done within {self._timeout_s:g} s"
        return _meaning(report)

    def _asked(self, errand: Errand) -> Report | None:
        """What the process reports, or None where it was not done in time or fell over."""
        command = (sys.executable, "-P", "-X", "utf8", "-c", _PROGRAM, str(Path(__file__).resolve().parents[1]))
        said = json.dumps({name: getattr(errand, name) for name in Errand.__slots__}).encode()
        try:
            done = subprocess.run(
                command, input=said, capture_output=True, timeout=self._timeout_s, env={}, check=False
            )
        except subprocess.TimeoutExpired:
            return None
        try:
            return Report(**json.loads(done.stdout))
        except (ValueError, TypeError):
            return Report(is_sent=False)


def hosts_of(url: str) -> tuple[str, ...]:
    """The hosts that ``url`` itself names; none where the service has its own. Raises InvalidInput."""
    plugin = _plugin(url)
    names_host = any("{host" in template for template in getattr(plugin, "templates", ()))
    named = (getattr(plugin, "host", None) if names_host else None, getattr(plugin, "smtp_host", None))
    return tuple(dict.fromkeys(host for host in named if isinstance(host, str) and host))


def notify(errand: Errand) -> Report:
    """Send it, here and now; for the process of its own."""
    with _listening() as heard:
        is_sent = bool(_plugin(errand.url).notify(body=errand.text, title=errand.subject))
    statuses = [int(found.group(1)) for line in heard if (found := _STATUS.search(line))]
    return Report(is_sent=is_sent, status=None if is_sent or not statuses else statuses[-1])


def _plugin(url: str) -> Any:
    try:
        import apprise
    except ImportError as err:
        raise InvalidInput(NOT_INSTALLED) from err
    if url.partition(":")[0].lower() in ("http", "https"):  # the library would guess a service
        raise InvalidInput("an Apprise address of the web; expected one of a service, such as apprise:discord://...")
    # It logs an address that it does not know, in clear; and the first use loads modules, whose warnings are not ours.
    with _listening(), warnings.catch_warnings(action="ignore"):
        plugin = apprise.Apprise.instantiate(url, suppress_exceptions=True)
    if plugin is None:
        raise InvalidInput("an address that Apprise does not know; expected such as apprise:discord://id/token")
    return plugin


def _meaning(report: Report) -> tuple[OutcomeKind, int | None, str]:
    if report.is_sent:
        return OutcomeKind.SENT, None, ""
    if report.refused:
        return OutcomeKind.ENDPOINT_FAILED, None, report.refused
    if report.status is None:
        return OutcomeKind.ENDPOINT_FAILED, None, "the service did not take it; Apprise does not say why"
    return kind_of(report.status), report.status, reason_of(report.status)


@contextlib.contextmanager
def _listening() -> Iterator[list[str]]:
    """What the library logs, kept from everybody else: the status behind a no is told nowhere else."""
    heard: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign] # one line, one use
    logger = logging.getLogger("apprise")
    propagate, logger.propagate = logger.propagate, False
    logger.addHandler(handler)
    try:
        yield heard
    finally:
        logger.removeHandler(handler)
        logger.propagate = propagate
