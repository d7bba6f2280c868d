"""``trialog serve``: pages, API and feeds, without the daemon."""

import sys
from typing import TYPE_CHECKING

import click

from tracker.cli.options import global_options
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.services import Services


@click.command("serve", short_help="Serve pages, API and feeds.")
@click.option("--listen", metavar="HOST:PORT", help="Where. Default: TRIALOG_HTTP__LISTEN, 127.0.0.1:8484.")
@global_options
@click.pass_obj
def command(session: Session, listen: str | None) -> None:
    """Serve pages for people, an API for programs and feeds for readers, until Ctrl-C or SIGTERM.

    On a terminal it prints a link by which you sign in; programs send a token (trialog token create).

    trialog run serves the same beside its work; this command serves a ledger that nothing else is done to.

    \b
    Examples:
      trialog serve
      trialog serve --listen 127.0.0.1:9000
    """
    from tracker.cli.few_heaps import keep_few_heaps
    from tracker.daemon.signals import Wishes, heeding_signals

    keep_few_heaps()
    with heeding_signals(Wishes()) as wishes, session.services("track", usual_level="info") as services:
        from tracker.access.callers import Scope
        from tracker.web.opening import server_on

        server = server_on(lambda: services, listen=_address(listen, services))
        server.start()
        try:
            click.echo(f"trialog is served at {server.url}; Ctrl-C ends it.", err=True)
            if sys.stderr.isatty():
                link = services.access.signing_in.make_link(Scope.ADMIN)
                click.echo(f"Sign in, once and within ten minutes: {server.url}/login?link={link}", err=True)
            wishes.stop.wait()
        finally:
            server.stop()


def _address(listen: str | None, services: "Services") -> str:
    from tracker.domain.errors import InvalidInput
    from tracker.setting_values import listen_address

    found = services.settings.http_listen if listen is None else listen_address(listen, "--listen")
    if not found:
        raise InvalidInput("TRIALOG_HTTP__LISTEN is off; give an address: trialog serve --listen 127.0.0.1:8484")
    return str(found)
