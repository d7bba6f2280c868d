"""Runs the real command: in a process of its own, as a person would, or inside this one, which is far quicker."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tracker.cli.main import run

TOP = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "tracker.cli")
_ENDS_WITHIN_S = 240.0  # it takes some ten at most, where nobody else works
_OF_PEOPLE = ("TRIALOG_", "COLUMNS", "NO_COLOR", "FORCE_COLOR")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a run left behind."""

    status: int
    out: bytes
    err: str

    @property
    def text(self) -> str:
        """Standard output as text."""
        return self.out.decode("utf-8")

    @property
    def objects(self) -> list[dict[str, Any]]:
        """Standard output as one JSON object per line; anything else there fails."""
        return [json.loads(line) for line in self.out.splitlines()]


def environment(**more: str) -> dict[str, str]:
    """The environment without a person's choices, and with ``more``."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(_OF_PEOPLE)}
    return {**kept, "PYTHONPATH": str(TOP), **more}


def trialog(*arguments: str | Path, stdin: bytes = b"", cwd: Path | None = None, **variables: str) -> Answer:
    """Run ``trialog`` with ``arguments`` and the environment ``variables`` until it ends."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        cwd=cwd,
        env=environment(**variables),
        check=False,
        timeout=_ENDS_WITHIN_S,
    )
    err = done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    return Answer(done.returncode, done.stdout, err)


def ask(output: pytest.CaptureFixture[bytes], *arguments: str | Path) -> Answer:
    """Run a command inside this process, whose environment it gets, and take what it wrote from ``output``."""
    output.readouterr()
    status = run([*map(str, arguments)])
    out, err = output.readouterr()
    return Answer(status, out, err.decode("utf-8"))


def write_json(file: Path, value: Any) -> Path:
    """A file that holds ``value``."""
    file.write_text(json.dumps(value), encoding="utf-8")
    return file


def write_lines(file: Path, values: Iterable[Any]) -> Path:
    """A file of JSON Lines."""
    file.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return file
