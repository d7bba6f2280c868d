"""Whatever the OpenAPI allows, and more, finds no answer that the OpenAPI does not tell."""

from pathlib import Path

from tests.copies import copied
from tests.schema_fuzzing import application, findings

EXAMPLES = 1  # of an operation in a phase


def test_nothing_is_found(empty_sqlite: str, tmp_path: Path) -> None:
    """By the checks that schemathesis has by default; ``make fuzz`` asks for longer, and for every boundary."""
    with copied(empty_sqlite, tmp_path) as url, application(url) as served:
        assert [] == list(findings(served, most_examples=EXAMPLES, seed=1, is_short=True))
