"""Standard output and standard error, made safe to write to whatever they are connected to.

It promises that no character can make a write fail, that JSON lines are exactly one line each, and that a
reader who goes away is met in silence.
"""

import dataclasses
import json
import os
import sys
from collections.abc import Iterable
from functools import cache
from io import TextIOWrapper
from typing import Any

import orjson

from tracker.domain.safe_text import one_line


def prepare_streams() -> None:
    """Have something to write to, and write what the encoding does not have as escapes."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123 - stays open, as streams do
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def discard_output() -> None:
    """From now on standard output goes nowhere, so that closing it cannot fail either."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(message: str) -> None:
    """One line to the person, on standard error."""
    sys.stderr.write(f"trialog: {one_line(message)}\n")
    sys.stderr.flush()


def write_lines(rows: Iterable[Any]) -> None:
    """Each row, a dataclass or an object, as one JSON object per line with its keys in their order."""
    for row in rows:
        write_bytes(_json(row if isinstance(row, dict) else _object(row)))


def write_bytes(line: bytes, *, end: bytes = b"\n") -> None:
    """Bytes to standard output as they are, and a line end."""
    sys.stdout.buffer.write(line + end)


def _json(value: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(value)
    except TypeError:  # a lone surrogate, or an integer beyond 64 bits
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _object(row: Any) -> dict[str, Any]:
    kind: Any = type(row)
    return {name: getattr(row, name) for name in _names(kind)}


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))
