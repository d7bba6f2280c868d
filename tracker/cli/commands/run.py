"""``trialog run``: the daemon, which does everything on schedule."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.daemon.daemon import Daemon
    from tracker.daemon.service_manager import ServiceManager
    from tracker.daemon.signals import Wishes
    from tracker.services import Services
    from tracker.setting_groups import Settings
    from tracker.web.serving import Server


@click.command("run", short_help="Do everything on schedule, for months.")
@click.option("--once", "is_once", is_flag=True, help="Do all that is due now, deliver, and end: for cron.")
@global_options
@click.pass_obj
def command(session: Session, is_once: bool) -> None:
    """Poll, tell and tidy up on schedule, until Ctrl-C or SIGTERM.

    [schedule] in config/trialog.toml says when it does what. Every other command works meanwhile. On SQLite one
    daemon runs on a ledger; on PostgreSQL any number, of which one polls and all deliver. SIGHUP reads the settings
    anew. It ends within ten seconds; a second signal ends it at once, and neither loses anything.

    Pages, API, feeds, probes and metrics are served at TRIALOG_HTTP__LISTEN, as by trialog serve.

    Where a PostgreSQL server is not there yet, it waits for it.

    With --once the exit status is 1 where a leg was not complete or anything else failed. What another daemon on a
    PostgreSQL is there to do is left to it, and standard error says so.

    \b
    Examples:
      trialog run
      */20 * * * *  trialog run --once         (crontab)
    """
    from tracker.cli.few_heaps import keep_few_heaps
    from tracker.daemon.signals import Wishes, heeding_signals

    keep_few_heaps()
    with heeding_signals(Wishes(), late_status=1 if is_once else 0) as wishes:
        from tracker.daemon.lock import only_daemon

        settings = _checked(session.settings(usual_level="info"))
        with only_daemon(settings.database), _services(session, settings, wishes, is_once=is_once) as services:
            if services is None:
                return
            daemon = _daemon(session, services, wishes)
            if not is_once:
                daemon.run(_door(daemon))
            elif not daemon.run_once():
                session.answer_is_bad()


def _services(
    session: Session, settings: "Settings", wishes: "Wishes", *, is_once: bool
) -> "AbstractContextManager[Services | None]":
    """Everything that works on the database; a daemon waits for a server, and has None if it was to end before."""
    from store.engine import file_of
    from tracker.daemon.opening import open_when_there

    def opening() -> "AbstractContextManager[Services]":
        return session.services("track", usual_level="info")

    if is_once or file_of(settings.database) is not None:
        return opening()
    return open_when_there(opening, stop=wishes.stop, manager=_manager())


def _manager() -> "ServiceManager":
    from tracker.daemon.service_manager import ServiceManager
    from tracker.settings import service_manager_address

    return ServiceManager(service_manager_address())


def _daemon(session: Session, services: "Services", wishes: "Wishes") -> "Daemon":
    from tracker.daemon.daemon import Daemon
    from tracker.seeing import version

    return Daemon(
        services=services,
        reread=lambda: _checked(session.read_settings()),
        version=version(),
        manager=_manager(),
        wishes=wishes,
    )


def _checked(settings: "Settings") -> "Settings":
    """The settings, of which trialog check-config says nothing wrong; raises InvalidInput."""
    from tracker.doctor.setting_advice import setting_advice
    from tracker.doctor.shown_settings import scrubbed
    from tracker.domain.errors import InvalidInput
    from tracker.posting import imagined

    def require_address(text: str) -> None:
        imagined([text], settings)

    found = setting_advice(settings, require_address=require_address)
    wrong = [scrubbed(f"{one.setting}: {one.message}") for one in found if one.is_problem]
    if wrong:
        raise InvalidInput("; ".join(wrong))
    return settings


def _door(daemon: "Daemon") -> "Server | None":
    """What the daemon answers to browsers and probes; None where the settings turn it off."""
    services = daemon.services
    if not services.settings.http_listen:
        return None
    from tracker.web.opening import server_on

    return server_on(lambda: daemon.services, listen=services.settings.http_listen, silent_s=daemon.seconds_since_turn)
