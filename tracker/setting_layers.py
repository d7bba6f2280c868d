"""Who says what about a setting: the shipped file, a settings file, the environment, options; the later one counts.

It promises that each value comes with its place, so that whoever refuses it can name that. It checks no value and reads
no environment: it is handed one.
"""

import difflib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from tracker.config_files import config_text
from tracker.domain.errors import InvalidInput

PREFIX = "TRIALOG_"
SHIPPED = "trialog.toml"
_SECTION_MARK = "__"  # TRIALOG_LOG__LEVEL is level in [log]
_NEAR = 0.8  # as alike as TRIALOG_DATABSE and TRIALOG_DATABASE
_PATHS = frozenset({"database", "delivery.templates", "backup.folder"})


class Source(StrEnum):
    """By whom."""

    DEFAULT = "default"
    FILE = "file"
    ENVIRONMENT = "environment"
    OPTION = "option"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A value as it was said, unchecked. ``name`` is empty where the variable of ``place`` is none of ours."""

    name: str
    value: object
    place: str
    source: Source


def said_by_default() -> Iterator[Said]:
    """What the shipped file says, which is something about every setting."""
    for name, value in _flat(tomllib.loads(config_text(SHIPPED))):
        yield Said(name=name, value=value, place=f"{SHIPPED}: {name}", source=Source.DEFAULT)


def said_in_file(file: Path) -> list[Said]:
    """What a person's settings file says. Raises InvalidInput where it cannot be read."""
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as err:
        raise InvalidInput(f"the settings file {file} cannot be read: {err.strerror or err}") from err
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as err:
        raise InvalidInput(f"the settings file {file} is not TOML: {err}") from err
    return [
        Said(
            name=name,
            value=_beside(file, value) if name in _PATHS and isinstance(value, str) else value,
            place=f"{file}: {name}",
            source=Source.FILE,
        )
        for name, value in _flat(given)
    ]


def said_in_environment(environment: Mapping[str, str], names: Mapping[str, str]) -> Iterator[Said]:
    """What variables say; ``names`` has the setting of each. Others, such as a container's TRIALOG_PORT, are not ours,
    unless they look as if they were meant to be.
    """
    for variable, value in sorted(environment.items()):
        if variable in names:
            if value:  # set to nothing is not set
                yield Said(name=names[variable], value=value, place=variable, source=Source.ENVIRONMENT)
        elif variable.startswith(PREFIX) and (
            _SECTION_MARK in variable or difflib.get_close_matches(variable, names, 1, _NEAR)
        ):
            yield Said(name="", value=value, place=variable, source=Source.ENVIRONMENT)


def said_by_options(options: Mapping[str, str | None]) -> Iterator[Said]:
    """What options say, by the names of settings; None where they were not given."""
    for name, value in options.items():
        if value is not None:
            yield Said(name=name, value=value, place=f"--{name}", source=Source.OPTION)


def variable_of(name: str) -> str:
    """The environment variable of a setting: TRIALOG_LOG__LEVEL for log.level."""
    return PREFIX + name.upper().replace(".", _SECTION_MARK)


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value


def _beside(file: Path, path: str) -> str:
    """A relative path of a settings file starts at that file's folder."""
    if not path or "://" in path or path.startswith("~"):
        return path
    return str(file.absolute().parent / path)
