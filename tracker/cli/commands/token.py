"""``trialog token``: who may come in to the pages and the API."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import global_options, json_option
from tracker.cli.parameters import EXPIRY, NameType
from tracker.cli.session import Session

if TYPE_CHECKING:
    from store.access_tokens import AccessToken

_SCOPES = ("read", "write", "admin")


@click.group("token", short_help="Who may come in to the pages and the API.")
@global_options
def command() -> None:
    """Tokens: programs send them with each request, people sign in with them.

    A token is shown once, when it is made; kept is only what tells whether one that is sent is right. Its scope says
    how far it goes: read also what holds people's addresses, write makes and changes, admin releases and delivers
    again; the larger include the smaller.
    """


@command.command("create", short_help="Make a token.")
@click.argument("name", metavar="NAME")
@click.option(
    "--scope",
    type=NameType("scope", _SCOPES),
    required=True,
    metavar="SCOPE",
    help="How far it goes: read, write or admin.",
)
@click.option(
    "--expires",
    type=EXPIRY,
    metavar="DURATION",
    help="After how long it ends by itself, such as 90d or 12h. Default: never.",
)
@json_option
@global_options
@click.pass_obj
def create(session: Session, name: str, scope: str, expires: timedelta | None, as_json: bool) -> None:
    """Make a token under a NAME of your own, and show it this once.

    \b
    Examples:
      trialog token create dashboard --scope read --expires 90d
      trialog token create me --scope admin --json | jq -r .secret
    """
    from tracker.access.callers import Scope
    from tracker.cli.streams import write_lines

    if expires is not None and not expires:
        raise click.UsageError("--expires: expected at least 1h", click.get_current_context())
    with session.services("track") as services:
        now = services.now()
        ends_at = None if expires is None else now + expires
        made = services.access.tokens.make(name, Scope(scope), expires_at=ends_at)
    if as_json:
        write_lines([{**_object(made.token, now), "secret": made.secret}])
        return
    from tracker.cli.page import Page

    page = Page()
    page.line(made.secret)
    until = "it is revoked" if ends_at is None else f"{ends_at:%Y-%m-%d %H:%M} UTC, or it is revoked"
    page.line(f"This is the token {name}, shown this once. It may {scope} until {until}.")


@command.command("list", short_help="The tokens there are.")
@json_option
@global_options
@click.pass_obj
def list_(session: Session, as_json: bool) -> None:
    """The tokens there ever were, the newest last, without their secrets.

    \b
    Examples:
      trialog token list
      trialog token list --json | jq 'select(.state == "valid")'
    """
    from tracker.cli.streams import write_lines

    with session.services() as services:
        now = services.now()
        found = [_object(one, now) for one in services.access.tokens.list()]
    if as_json:
        write_lines(found)
        return
    from tracker.cli.page import Page

    page = Page()
    if not found:
        page.line("There is no token: trialog token create NAME --scope read")
        return
    page.table(("Token", "Scope", "Made", "State"), [_row(one) for one in found])


@command.command("revoke", short_help="Let a token be none any more.")
@click.argument("name", metavar="NAME")
@json_option
@global_options
@click.pass_obj
def revoke(session: Session, name: str, as_json: bool) -> None:
    """Let a token be none any more, at once; whoever signed in with it is signed out, addresses of feeds end too.

    \b
    Examples:
      trialog token revoke dashboard
    """
    from tracker.cli.streams import write_lines

    with session.services() as services:
        token, now = services.access.tokens.revoke(name), services.now()
    if as_json:
        write_lines([_object(token, now)])
        return
    from tracker.cli.page import Page

    Page().line(f"Revoked the token {name}; its sessions and its addresses of feeds have ended.")


def _object(token: "AccessToken", now: datetime) -> dict[str, Any]:
    from tracker.access.tokens import state_of

    return {
        "token_id": token.token_id,
        "name": token.name,
        "scope": token.scope,
        "state": state_of(token, now),
        "created_at": _text(token.created_at),
        "expires_at": _text(token.expires_at),
        "revoked_at": _text(token.revoked_at),
    }


def _text(instant: datetime | None) -> str | None:
    from store.instants import instant_text

    return None if instant is None else instant_text(instant)


def _row(one: dict[str, Any]) -> tuple[str, str, str, str]:
    end = {
        "valid": f"valid until {_minute(one['expires_at'])}" if one["expires_at"] else "valid until it is revoked",
        "expired": f"expired {_minute(one['expires_at'])}",
        "revoked": f"revoked {_minute(one['revoked_at'])}",
    }
    return one["name"], one["scope"], one["created_at"][:10], end[one["state"]]


def _minute(instant: str | None) -> str:
    return "" if instant is None else f"{instant[:10]} {instant[11:16]} UTC"
