"""``trialog check-config``: the settings that hold, who says so, and what is wrong with them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.failures import WRONG_USAGE
from tracker.cli.options import global_options, json_option
from tracker.cli.session import Session

if TYPE_CHECKING:
    from tracker.doctor.setting_advice import Advice
    from tracker.settings import Sifted


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A setting that differs from its default. ``also``: who said something else that does not count."""

    setting: str
    value: str
    default: str
    source: str
    place: str
    also: tuple[str, ...]


@click.command("check-config", short_help="The settings that hold, who says so, and what is wrong.")
@json_option
@global_options
@click.pass_obj
def command(session: Session, as_json: bool) -> None:
    """Which settings differ from their defaults, who says so, and what is wrong with any.

    It reads options, the environment and the file of --config as every command does, and tells all that is wrong
    with them at once: also folders that are not there, and a mail server without a sender. It asks neither the network
    nor the database: trialog doctor does. Secrets and addresses are masked.

    The exit status is 2 where anything is wrong; a note is not. The daemon takes changed settings on SIGHUP.

    \b
    Examples:
      trialog check-config --config trialog.toml
      trialog check-config --json | jq .problems
    """
    from tracker.cli.streams import write_lines

    sifted = session.sifted_settings()
    advice = _advice(sifted)
    problems = [*map(_scrubbed, sifted.problems), *(_told(one) for one in advice if one.is_problem)]
    notes = [_told(one) for one in advice if not one.is_problem]
    rows = _rows(sifted)
    if problems:
        session.status = WRONG_USAGE
    if as_json:
        settings = [_object(row) for row in rows]
        write_lines([{"ok": not problems, "settings": settings, "problems": problems, "notes": notes}])
        return
    _show(rows, problems, notes)


def _advice(sifted: "Sifted") -> "list[Advice]":
    from tracker.doctor.setting_advice import setting_advice
    from tracker.posting import imagined

    def require_address(text: str) -> None:
        imagined([text], sifted.settings)

    return list(setting_advice(sifted.settings, require_address=require_address))


def _rows(sifted: "Sifted") -> list[Row]:
    from tracker.doctor.shown_settings import scrubbed, shown_value

    return [
        Row(
            setting=name,
            value=shown_value(name, value),
            default=shown_value(name, sifted.defaults[name]),
            source=sifted.said[name][-1].source.value,
            place=scrubbed(sifted.said[name][-1].place),
            also=tuple(scrubbed(one.place) for one in sifted.said[name][:-1]),
        )
        for name, value in sifted.values.items()
        if value != sifted.defaults[name]
    ]


def _scrubbed(problem: str) -> str:
    from tracker.doctor.shown_settings import scrubbed

    return scrubbed(problem)


def _told(advice: "Advice") -> str:
    return _scrubbed(f"{advice.setting}: {advice.message}")


def _object(row: Row) -> dict[str, Any]:
    return {
        "setting": row.setting,
        "value": row.value,
        "default": row.default,
        "source": row.source,
        "place": row.place,
        "also": list(row.also),
    }


def _show(rows: list[Row], problems: list[str], notes: list[str]) -> None:
    """The page for people."""
    from tracker.cli.page import Page

    page = Page()
    if rows:
        page.table(
            ("Setting", "Value", "Default", "Said by"),
            [(row.setting, row.value or '""', row.default or '""', _said_by(row)) for row in rows],
        )
    else:
        page.line("Every setting has its default.")
    for title, lines in (("Wrong", problems), ("Worth knowing", notes)):
        if lines:
            page.line()
            page.line(title, style="bold")
        for line in lines:
            page.line(line, indent=2, hang=2)
    if not problems:
        page.line()
        page.line("Nothing is wrong with the settings.")


def _said_by(row: Row) -> str:
    return f"{row.place}, before {', '.join(row.also)}" if row.also else row.place
