"""``trialog run``: the daemon, which does everything on schedule."""

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session


@click.command("run", short_help="Do everything on schedule, for months.")
@click.option("--once", "is_once", is_flag=True, help="Do all that is due now, deliver, and end: for cron.")
@global_options
@click.pass_obj
def command(session: Session, is_once: bool) -> None:
    """Poll, tell and tidy up on schedule, until Ctrl-C or SIGTERM.

    [schedule] in config/trialog.toml says when it does what. Every other command works meanwhile. On SQLite one
    daemon runs on a ledger; on PostgreSQL any number, of which one polls and all deliver. SIGHUP reads the settings
    anew. It ends within ten seconds; a second signal ends it at once, and neither loses anything.

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
        daemon = Daemon(
            services=services,
            reread=lambda: session.settings(usual_level="info"),
            version=version("trialog"),
            manager=ServiceManager(service_manager_address()),
        )
        if not is_once:
            daemon.run()
        elif not daemon.run_once():
            session.answer_is_bad()
