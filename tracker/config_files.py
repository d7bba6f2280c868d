"""Finds the files of `config/`: inside the package when installed, beside it in a source checkout.

Promises the text as it was shipped. Does not know what a file means, nor of a person's own settings
file: those are the business of its readers.
"""

from importlib.resources import files
from pathlib import Path


def config_text(name: str) -> str:
    """Return the text of the shipped file `name`, such as `fields.toml`.

    Raises FileNotFoundError for a name that was not shipped: a mistake of the caller or a broken
    installation, never a person's.
    """
    packaged = files("tracker") / "_config"  # where pyproject.toml puts config/ in the wheel
    checkout = Path(__file__).resolve().parent.parent / "config"
    file = (packaged if packaged.is_dir() else checkout) / name
    if not file.is_file():
        raise FileNotFoundError(f"trialog ships no config file {name!r} (looked for {file})")
    return file.read_text(encoding="utf-8")
