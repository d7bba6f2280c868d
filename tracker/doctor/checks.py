"""A check: something that is tried, and what came of it. Each stands alone.

It promises that one which breaks, in whatever way, is a check that is not well, and keeps no other from being made; and
that no message holds a secret or an address.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import structlog

from notifiers.errors import NotifierError
from store.errors import StoreError
from tracker.doctor.shown_settings import scrubbed
from tracker.domain.errors import TrackerError

_LOG = structlog.get_logger()


class Name(StrEnum):
    """What is checked, in this order; stable."""

    DATABASE = "database"
    SCHEMA = "schema"
    CLOCK = "clock"
    REGISTRY = "registry"
    SMTP_LOGIN = "smtp_login"
    DISK = "disk"
    LOCK = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a check found; ``advice`` is empty where nothing has to be done."""

    ok: bool
    message: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A verdict under the name of its check."""

    check: Name
    ok: bool
    message: str
    advice: str


Try = Callable[[], Verdict]

_ADVICE = {
    Name.DATABASE: "see that it runs and may be reached, and that TRIALOG_DATABASE names the right one",
    Name.SCHEMA: "mend what the database check names first",
    Name.CLOCK: "see that the machine's clock is kept by NTP, and that nothing else is named by TRIALOG_CLOCK__URL",
    Name.REGISTRY: "see whether this machine reaches the web: proxies, firewall, name service; TRIALOG_CTGOV__BASE_URL",
    Name.SMTP_LOGIN: "see [email] of the settings: trialog check-config",
    Name.DISK: "see that the folder of the ledger is there and may be read",
    Name.LOCK: "mend what the database check names first",
}


def examined(tries: Mapping[Name, Try]) -> Iterator[Check]:
    """Every check in its turn, each made when it is asked for."""
    for name, try_it in tries.items():
        found = _tried(name, try_it)
        yield Check(check=name, ok=found.ok, message=scrubbed(found.message), advice=scrubbed(found.advice))


def _tried(name: Name, try_it: Try) -> Verdict:
    try:
        return try_it()
    except (TrackerError, StoreError, NotifierError) as err:
        return Verdict(ok=False, message=str(err), advice=_ADVICE[name])
    except OSError as err:
        return Verdict(ok=False, message=f"the system refused: {err.strerror or err}", advice=_ADVICE[name])
    except Exception as err:  # noqa: BLE001 - a check that breaks is told as one, and the others are made
        _LOG.debug("check_broke", check=name.value, exc_info=err)
        said = f"the check itself broke: {type(err).__name__}: {err}"
        return Verdict(ok=False, message=said, advice="run it again with TRIALOG_LOG__LEVEL=debug, and report it")
