"""What settings, each good by itself, cannot do together, or here: found without network and database.

A problem keeps something from working as it was asked for; a note is only worth knowing. It looks at the disk, and
writes nothing.
"""

import ipaddress
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from notifiers.errors import InvalidInput as Unusable
from notifiers.letter import read_sender
from notifiers.signing import require_secret
from store.engine import open_engine
from store.errors import NotFound, StoreError
from tracker.domain.errors import InvalidInput
from tracker.setting_groups import Settings

_MAIL = "mailto:"
_SUBMISSION_PORT, _TLS_PORT = 587, 465
OFF = ("off",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """Something about one setting; it ``is_problem``, or merely worth knowing."""

    setting: str
    message: str
    is_problem: bool = True


def setting_advice(settings: Settings, *, require_address: Callable[[str], None]) -> Iterator[Advice]:
    """Everything; ``require_address`` raises InvalidInput for what subscriptions would not take as an address."""
    yield from _of_database(settings)
    yield from _of_operator(settings, require_address)
    yield from _of_mail(settings)
    yield from _of_folders(settings)
    yield from _of_addresses(settings)
    if settings.ctgov.transport == "curl" and find_spec("pycurl") is None:
        yield Advice(setting="ctgov.transport", message="curl is not installed: pip install 'trialog[curl]'")


def _of_database(settings: Settings) -> Iterator[Advice]:
    try:
        open_engine(settings.database, makes=False).dispose()  # which connects to nothing
    except NotFound as err:
        yield Advice(setting="database", message=f"{err} yet; import, track and subscribe make it", is_problem=False)
    except StoreError as err:
        yield Advice(setting="database", message=str(err))


def _of_operator(settings: Settings, require_address: Callable[[str], None]) -> Iterator[Advice]:
    operator = settings.operator
    if operator.to:
        try:
            require_address(operator.to)
        except InvalidInput as err:
            yield Advice(setting="operator.to", message=str(err).removeprefix("address 1: "))
        if operator.to.lower().startswith(_MAIL) and not settings.email.is_set:
            yield Advice(
                setting="operator.to",
                message="no mail can be sent to it until email.host and email.sender are set",
            )
    if operator.secret:
        try:
            require_secret(operator.secret)
        except Unusable as err:
            yield Advice(setting="operator.secret", message=str(err))
    if operator.heartbeat_url and not _is_web_address(operator.heartbeat_url):
        yield Advice(
            setting="operator.heartbeat_url",
            message="it is no address of the web; expected such as https://watcher.example.org/ping/TOKEN",
        )


def _of_mail(settings: Settings) -> Iterator[Advice]:
    email = settings.email
    if email.host and not email.sender:
        yield Advice(setting="email.sender", message="it is not set, and email.host is: no mail can be sent")
    if email.sender and not email.host:
        yield Advice(setting="email.host", message="it is not set, and email.sender is: no mail can be sent")
    if email.sender:
        try:
            read_sender(email.sender)
        except Unusable as err:
            yield Advice(setting="email.sender", message=str(err))
    if email.username and not email.password:
        yield Advice(setting="email.password", message="it is not set, and email.username is: no login is possible")
    if email.password and not email.username:
        yield Advice(
            setting="email.username",
            message="it is not set: there is no login, whatever the password",
            is_problem=False,
        )
    yield from _of_mail_security(settings)


def _of_mail_security(settings: Settings) -> Iterator[Advice]:
    email = settings.email
    if not email.host:
        return
    if email.security == "none" and not _is_here(email.host):
        message = "none sends mail and password in clear to another machine; expected starttls or tls"
        yield Advice(setting="email.security", message=message, is_problem=bool(email.username))
    if (email.port, email.security) in ((_TLS_PORT, "starttls"), (_SUBMISSION_PORT, "tls")):
        yield Advice(
            setting="email.security",
            message=f"port {email.port} is usually for {'tls' if email.port == _TLS_PORT else 'starttls'}",
            is_problem=False,
        )


def _of_folders(settings: Settings) -> Iterator[Advice]:
    if settings.delivery.templates:
        folder = Path(settings.delivery.templates).expanduser()
        if not folder.is_dir():
            yield Advice(setting="delivery.templates", message=f"{folder} is no folder")
        elif not any((folder / name).is_file() for name in ("message.txt", "message.html")):
            message = f"{folder} has neither message.txt nor message.html, so trialog's own are used"
            yield Advice(setting="delivery.templates", message=message, is_problem=False)
    if not settings.backup.folder:
        return
    folder = Path(settings.backup.folder).expanduser()
    if not folder.is_dir():
        yield Advice(setting="backup.folder", message=f"{folder} is no folder; make it, writable for the daemon")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield Advice(setting="backup.folder", message=f"{folder} cannot be written to")
    if settings.schedule["backup"] == OFF:
        message = "it is set, and schedule.backup is off: nothing is backed up by itself"
        yield Advice(setting="backup.folder", message=message, is_problem=False)


def _of_addresses(settings: Settings) -> Iterator[Advice]:
    site = urlsplit(settings.public_url)
    if site.scheme == "http" and not _is_here(site.hostname or ""):
        message = "mail programs end a subscription by one click over https:// only"
        yield Advice(setting="public_url", message=message, is_problem=False)
    host = settings.http_listen.rpartition(":")[0].removeprefix("[").removesuffix("]")
    if settings.http_listen and not _is_here(host):
        message = "whoever reaches this machine may ask for its state there; nobody has to log in"
        yield Advice(setting="http.listen", message=message, is_problem=False)
    if settings.clock_url:
        message = "for tests and demonstrations: whatever is recorded bears the time that is told there"
        yield Advice(setting="clock.url", message=message, is_problem=False)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
