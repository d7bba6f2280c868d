"""The pages of docs/ that are made from the program."""

from pathlib import Path

import pytest

from tracker import docs
from tracker.cli.main import COMMANDS
from tracker.diffing.catalogue import default_catalogue


def test_pages_that_are_out_of_date_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--check writes nothing and exits 1 with the names of the pages that differ."""
    assert 0 == docs.main([], folder=tmp_path)
    assert 0 == docs.main(["--check"], folder=tmp_path)
    (tmp_path / "fields.md").write_text("old", encoding="utf-8")
    capsys.readouterr()
    assert 1 == docs.main(["--check"], folder=tmp_path)
    assert "fields.md is out of date" in capsys.readouterr().err
    assert "old" == (tmp_path / "fields.md").read_text(encoding="utf-8")


def test_every_command_and_field_has_its_place() -> None:
    """No command is missing from its page, no field and no list from theirs."""
    pages = docs.pages()
    assert [] == [name for name in COMMANDS if f"## trialog {name}\n" not in pages["commands.md"]]
    catalogue = default_catalogue()
    assert [] == [name for name in (*catalogue.fields, *catalogue.lists) if f"| `{name}` |" not in pages["fields.md"]]
