"""Real records beside the checkout, where they are: `../shared/corpus`, seen from the repository's root."""

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).resolve().parents[2].parent / "shared" / "corpus"

needs_corpus = pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/corpus beside the checkout")


def files(folder: str) -> list[Path]:
    """The JSON files below a folder of the corpus, sorted; none where there is no corpus."""
    return sorted((CORPUS / folder).rglob("*.json"))


def load(path: Path) -> Any:
    """The JSON of a file."""
    return json.loads(path.read_text(encoding="utf-8"))


def names(folder: str) -> list[str]:
    """The files of a folder by name, for parametrization."""
    return [path.relative_to(CORPUS / folder).as_posix() for path in files(folder)]


def version_pairs(folder: str) -> Iterator[tuple[str, Any, Any]]:
    """Consecutive versions of each trial, with a name to tell them by."""
    for trial in sorted({path.parent for path in files(folder)}):
        versions = sorted(trial.glob("*.json"))
        for old, new in pairwise(versions):
            yield f"{trial.name} {old.stem} to {new.stem}", load(old), load(new)


def studies() -> Iterator[tuple[str, Any]]:
    """Every whole record of the corpus, with a name to tell it by."""
    for folder in ("studies", "versions", "versions_noise"):
        for path in files(folder):
            record = load(path)
            yield f"{folder}/{path.parent.name}/{path.name}", record
