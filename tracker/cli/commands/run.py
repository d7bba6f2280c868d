"""``trialog run``: the daemon, which does everything on schedule."""

from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.daemon.daemon import Daemon
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

    Probes and metrics are served at TRIALOG_HTTP__LISTEN: /healthz, /readyz, /freshz and /metrics.

    With --once the exit status is 1 where a leg was not complete or anything else failed.

    \b
    Examples:
      trialog run
      */20 * * * *  trialog run --once         (crontab)
    """
    from importlib.metadata import version

    from tracker.daemon.daemon import Daemon
    from tracker.daemon.service_manager import ServiceManager
    from tracker.settings import service_manager_address

    with session.services("track", usual_level="info") as services:
        _checked(services.settings)
        daemon = Daemon(
            services=services,
            reread=lambda: _checked(session.settings(usual_level="info")),
            version=version("trialog"),
            manager=ServiceManager(service_manager_address()),
        )
        if not is_once:
            daemon.run(_door(daemon))
        elif not daemon.run_once():
            session.answer_is_bad()


def _checked(settings: "Settings") -> "Settings":
    """The settings, of which the operator's address can be one; raises InvalidInput."""
    from tracker.posting import operator_target

    operator_target(settings)
    return settings


def _door(daemon: "Daemon") -> "Server | None":
    """What the daemon answers to browsers and probes; None where the settings turn it off."""
    services = daemon.services
    if not services.settings.http_listen:
        return None
    from tracker.seeing import Seeing
    from tracker.web.application import create_app
    from tracker.web.serving import Server

    seeing = Seeing(database=services.database, settings=lambda: daemon.services.settings, now=services.now)
    return Server(create_app(seeing, heartbeat=daemon.seconds_since_turn), services.settings.http_listen)
