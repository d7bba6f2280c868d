"""Writes the pages of ``docs/`` that are made from the program itself: its commands and its fields.

    python -m tracker.docs            write them
    python -m tracker.docs --check    write nothing; exit 1 and name those that are out of date

It promises the same pages on every machine. It is for those who work on trialog; an installed trialog has no
``docs/`` beside it.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click

from tracker.cli.main import COMMANDS, cli
from tracker.diffing.catalogue import Catalogue, Field, default_catalogue
from tracker.domain.events import ARRIVALS, LAPSES, MOVES, Category, EventType

DOCS = Path(__file__).resolve().parent.parent / "docs"
_WIDTH = 100  # columns of the help texts
_MADE = "<!-- Made by `make docs`; changes here are overwritten. -->\n"


def pages() -> dict[str, str]:
    """The text of each page, by file name."""
    return {
        "commands.md": "\n".join(_commands_page()),
        "fields.md": "\n".join(_fields_page(default_catalogue())),
    }


def outdated(folder: Path) -> list[str]:
    """The pages that are missing from ``folder`` or differ from what would be written."""
    return [
        name
        for name, text in pages().items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text
    ]


def write(folder: Path) -> list[str]:
    """Write the pages that are out of date, and answer which."""
    folder.mkdir(exist_ok=True)
    changed = outdated(folder)
    for name in changed:
        (folder / name).write_text(pages()[name], encoding="utf-8")
    return changed


def main(arguments: Sequence[str], *, folder: Path = DOCS) -> int:
    """Do what the module's docstring says; answers the exit status."""
    if list(arguments) not in ([], ["--check"]):
        click.echo("usage: python -m tracker.docs [--check]", err=True)
        return 2
    if not arguments:
        for name in write(folder):
            click.echo(f"wrote {folder.name}/{name}")
        return 0
    stale = outdated(folder)
    for name in stale:
        click.echo(f"{folder.name}/{name} is out of date; run make docs", err=True)
    return 1 if stale else 0


def _commands_page() -> Iterator[str]:
    yield "# Commands\n"
    yield _MADE
    yield "What `trialog --help` and `trialog COMMAND --help` print.\n"
    top = _context(cli, "trialog", None)
    yield from _help("trialog", cli, top)
    for name in COMMANDS:
        command = cli.get_command(top, name)
        assert command is not None
        context = _context(command, name, top)
        yield from _help(f"trialog {name}", command, context)
        for part, inner in getattr(command, "commands", {}).items():
            yield from _help(f"trialog {name} {part}", inner, _context(inner, part, context))


def _context(command: click.Command, name: str, parent: click.Context | None) -> click.Context:
    return click.Context(command, info_name=name, parent=parent, terminal_width=_WIDTH, max_content_width=_WIDTH)


def _help(title: str, command: click.Command, context: click.Context) -> Iterator[str]:
    lines = (line.rstrip() for line in command.get_help(context).splitlines())
    yield f"## {title}\n"
    yield "\n".join(("```text", *lines, "```\n"))


def _fields_page(catalogue: Catalogue) -> Iterator[str]:
    yield "# Fields and events\n"
    yield _MADE
    yield (
        "Made from `config/fields.toml`. A field is what `--field` takes; what no row claims is recorded too, "
        "as `field_changed`,\nunder a name made of its path. `*` stands for a place in a list, `**` for anything "
        "below.\n"
    )
    for category in Category:
        rows = [field for field in catalogue.fields.values() if field.category is category]
        if rows:
            yield f"## {category.value.capitalize()}\n"
            yield _table(
                ("Field", "Label", "Significance", "Events", "Paths"), [_row(field, catalogue) for field in rows]
            )
    yield from _events(catalogue)
    yield from _lists(catalogue)


def _row(field: Field, catalogue: Catalogue) -> tuple[str, ...]:
    return (
        _code(field.name),
        field.label,
        field.significance.value,
        " ".join(_code(event) for event in _events_of(field)),
        " ".join(_code(path) for path in catalogue.paths[field.name]),
    )


def _events_of(field: Field) -> list[str]:
    """The event types that a change of the field may have, the usual one first."""
    picked = [name for names in (field.added_by, field.becomes) for key, name in names.items() if key != "key"]
    return list(dict.fromkeys(str(name) for name in (field.event, field.added, field.removed, *picked)))


def _events(catalogue: Catalogue) -> Iterator[str]:
    sources: Mapping[str, list[str]] = {event.value: [] for event in EventType}
    for field in catalogue.fields.values():
        for event in _events_of(field):
            sources[event].append(field.name)
    yield "## Event types\n"
    yield "What `--type` takes. The names are stored and never change their meaning.\n"
    yield _table(
        ("Event type", "Fields"),
        [
            (_code(event.value), " ".join(map(_code, sources[event.value])) or _without_field(event))
            for event in EventType
        ],
    )


def _without_field(event: EventType) -> str:
    if event in MOVES:
        return "where the record is: `whereabouts`"
    if event in LAPSES:
        return "time passed over the record: `lapse`"
    return "a record, or a part of one, came into view" if event in ARRIVALS else "no field's change alone"


def _lists(catalogue: Catalogue) -> Iterator[str]:
    yield "## Lists\n"
    yield (
        "How the items of two versions of a list are told from each other: by the first group of keys that names "
        "them,\nthen, of what is left over, by texts that are alike. Order matters in no list outside the results.\n"
    )
    yield _table(
        ("List", "Named by", "Alike in", "Must agree"),
        [
            (
                _code(path),
                ", else ".join(" + ".join(_code(key) for key in group) for group in rule.identity),
                " ".join(map(_code, rule.similar)),
                " ".join(map(_code, rule.block)),
            )
            for path, rule in catalogue.lists.items()
        ],
    )


def _table(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [headers, ["---"] * len(headers), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines) + "\n"


def _code(text: str) -> str:
    return f"`{text}`"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
