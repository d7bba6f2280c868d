"""What trialog leans on beside its ledger, tried out: the clock, the registry, the mail server, the disk.

It promises one request to the registry for all checks together, and that the mail server is logged in to and sent
nothing. Nothing here waits for longer than some seconds but for a mail server, which has its own time-out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from notifiers.email import EmailNotifier, EmailSettings
from store.disk import Disk, disk_of_file
from store.engine import kind_and_disk
from store.errors import StoreError
from tracker.clock_url import UrlClock
from tracker.doctor.checks import Verdict
from tracker.domain.errors import TrackerError
from tracker.domain.fitness import LEAST_FREE_BYTES, LEAST_FREE_SHARE
from tracker.domain.wording import count, size
from tracker.setting_groups import Settings
from tracker.sources.ctgov.probing import Probed, probe

FARTHEST_DATABASE_S = 5.0  # leases end by its clock, and are looked at by ours
FARTHEST_REGISTRY_S = 60.0  # its Date has whole seconds, and may come out of a cache
_SET_CLOCK = "let the machine keep its clock by NTP; timedatectl shows whether it does"


@dataclass(slots=True)
class Once:
    """The registry, asked when the first check wants to know, and never again. ``now``: the machine's clock."""

    settings: Settings
    now: Callable[[], datetime]
    _found: Probed | TrackerError | None = None

    def probed(self) -> Probed:
        """What it answered. Raises what ``probe`` raised."""
        if self._found is None:
            try:
                self._found = probe(self.settings.ctgov, now=self.now)
            except TrackerError as err:
                self._found = err
        if isinstance(self._found, TrackerError):
            raise self._found
        return self._found


def check_clock(settings: Settings, registry: Once, database_ahead_s: Callable[[], float | None]) -> Verdict:
    """The clock at an address where one is set; else the machine's against those of the database and the registry."""
    if settings.clock_url:
        return _check_told(settings.clock_url, registry.now)
    ahead_s: dict[str, float] = {}
    unasked = []
    for whose, ask in (("the database", database_ahead_s), ("the registry", partial(_registry_ahead_s, registry))):
        try:
            found = ask()
        except (TrackerError, StoreError):
            unasked.append(f"{whose} could not be asked")
        else:
            ahead_s |= {} if found is None else {whose: found}
    farthest = {"the database": FARTHEST_DATABASE_S, "the registry": FARTHEST_REGISTRY_S}
    wrong = [whose for whose, seconds in ahead_s.items() if abs(seconds) > farthest[whose]]
    told = [_difference(f"that of {whose}", ahead_s[whose]) for whose in wrong or ahead_s]
    message = "; ".join([*told, *unasked]) or "there is no other clock to hold the machine's against"
    return Verdict(ok=not wrong, message=message, advice=_SET_CLOCK if wrong else "")


def _registry_ahead_s(registry: Once) -> float | None:
    ahead = registry.probed().ahead
    return None if ahead is None else ahead.total_seconds()


def _check_told(url: str, now: Callable[[], datetime]) -> Verdict:
    clock = UrlClock(url)
    try:
        told_at = clock.now()
    finally:
        clock.close()
    difference = _difference("it", (told_at - now()).total_seconds())
    return Verdict(ok=True, message=f"the time is told at {url}: {told_at:%Y-%m-%d %H:%M:%S} UTC; {difference}")


def _difference(whose: str, ahead_s: float) -> str:
    if abs(ahead_s) < 1.0:
        return f"{whose} agrees with the machine's to the second"
    return f"{whose} is {abs(ahead_s):,.0f} s {'ahead of' if ahead_s > 0 else 'behind'} the machine's"


def check_registry(settings: Settings, registry: Once) -> Verdict:
    """Whether it answers, and with what release."""
    found = registry.probed()
    took_s = found.took.total_seconds()
    return Verdict(
        ok=True,
        message=f"{settings.ctgov.base_url} answered in {took_s:.1f} s; its data are of {found.release.data_on}",
    )


def check_mail(settings: Settings, mail: EmailSettings, mail_addresses: Callable[[], int | None]) -> Verdict:
    """Whether the mail server lets us in; well too where there is none and nobody asked for mail."""
    if not settings.email.is_set:
        asked = mail_addresses() or 0
        waiting = [count(asked, "address", "addresses") + " of subscriptions"] if asked else []
        waiting += ["the operator"] if settings.operator.to.lower().startswith("mailto:") else []
        if not waiting:
            return Verdict(ok=True, message="no mail server is set, and nobody asked for mail")
        advice = "set TRIALOG_EMAIL__HOST and TRIALOG_EMAIL__SENDER"
        return Verdict(
            ok=False, message=f"no mail server is set, and mail is for {' and '.join(waiting)}", advice=advice
        )
    hindrance = EmailNotifier(mail).hindrance()
    where = f"{mail.host}, port {mail.port}"
    if hindrance is not None:
        advice = "mend what is named; what waits to be sent is kept meanwhile"
        return Verdict(ok=False, message=f"{where}: {hindrance}", advice=advice)
    login = "and the login" if mail.username else "without a login"
    return Verdict(ok=True, message=f"{where} took the connection ({mail.security.value}) {login}; nothing was sent")


def check_disk(settings: Settings) -> Verdict:
    """Whether there is room where the ledger and its backups lie."""
    _, ledger = kind_and_disk(settings.database)
    disks = {"the ledger's disk": ledger}
    if settings.backup.folder:
        disks["the backups' disk"] = disk_of_file(Path(settings.backup.folder).expanduser() / "backup.db")
    known = {whose: disk for whose, disk in disks.items() if disk is not None}
    full = [whose for whose, disk in known.items() if is_nearly_full(disk)]
    told = [f"{whose} has {size(known[whose].free_bytes)} free of {size(known[whose].total_bytes)}" for whose in known]
    return Verdict(
        ok=not full,
        message="; ".join(told) or "the disk is the database server's: look there",
        advice=f"free some space: on a full disk nothing can be recorded ({', '.join(full)})" if full else "",
    )


def is_nearly_full(disk: Disk) -> bool:
    """Less than a gigabyte, and on a small disk less than a twentieth of it."""
    return disk.free_bytes < min(LEAST_FREE_BYTES, disk.total_bytes * LEAST_FREE_SHARE)
