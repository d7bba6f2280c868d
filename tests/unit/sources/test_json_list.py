"""Lists of records, and lists that are plainly of something else."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.made_records import study
from tests.unit.sources.test_files import BAD, IDS, MANY, gzipped, ids, read_all, write

OTHER: dict[str, Any] = {
    "objects": [{"type": f"Kind{n}", "values": [{"value": n}]} for n in range(500)],
    "numbers": list(range(5_000)),
    "texts": ["NCT00000001"] * 300,
    "lists": [[1], [2]],
    "one object": [{"a": 1}],
    "a list page": {"totalCount": 3, "studies": [{"nctId": "NCT00000001"}] * 300},
    "an object": {"_note": "no study", "responses": [{"status": 404, "body": "x"}] * 300},
    "an object of studies": {"data": [study(trial_id) for trial_id in IDS]},
}


@pytest.mark.parametrize("what", OTHER)
@pytest.mark.parametrize("indent", (None, 2))
def test_what_is_plainly_no_list_of_studies_is_refused_once(tmp_path: Path, what: str, indent: int | None) -> None:
    """One refusal, of the whole file, that says what was found there."""
    content = json.dumps(OTHER[what], indent=indent).encode()
    taken, refused, _ = read_all(write(tmp_path / "x.json", content))
    assert ([], [(None, content)]) == (taken, [(one.place.line, one.raw) for one in refused])
    assert "no list of studies" in refused[0].reason or "this is no study of API v2" in refused[0].reason


def test_the_reason_says_what_the_list_holds() -> None:
    """How many values there are, and what the first is."""
    _, refused, _ = read_all("-", stdin=json.dumps(OTHER["objects"]).encode())
    assert "none of its 500 values is one" in refused[0].reason
    assert "its keys are type, values" in refused[0].reason


def test_real_files_of_something_else_are_refused_once(corpus: Path) -> None:
    """The registry's list of enumerations and a collection of its error answers are no studies."""
    for name in ("enums.json", "errors_observed.json"):
        _, refused, _ = read_all(corpus / "api" / name)
        assert [(corpus / "api" / name).read_bytes()] == [one.raw for one in refused]


@pytest.mark.parametrize("packed", (False, True), ids=("plain", "gzip"))
@pytest.mark.parametrize("count", (1, 3, 90))
def test_each_bad_record_among_studies_is_refused(tmp_path: Path, count: int, packed: bool) -> None:
    """Where a study comes, be it the last, what stands before it is a mistake each."""
    bad = [b'{"a": %d}' % n for n in range(count)]
    for items in ((*bad, MANY[0]), (MANY[0], *bad), (*bad, BAD, MANY[0])):
        content = b"[\n" + b",\n".join(items) + b"\n]"
        taken, refused, _ = read_all(write(tmp_path / "x.json", gzipped(content) if packed else content))
        assert IDS[:1] == ids(taken)
        expected = [(line, item) for line, item in enumerate(items, 2) if item != MANY[0]]
        assert expected == [(one.place.line, one.raw) for one in refused]


def test_a_study_behind_very_many_strangers_is_stored(tmp_path: Path) -> None:
    """More strangers than may be held are told together, and the studies behind them are taken."""
    strangers = [b'{"a": %d}' % n for n in range(1_000)]
    taken, refused, _ = read_all(write(tmp_path / "x.json", b"[" + b",".join((*strangers, *MANY)) + b"]"))
    assert IDS == ids(taken)
    together = [one for one in refused if one.place.line is None]
    assert ["no studies: "] == [one.reason[:12] for one in together]
    assert strangers == [line for one in refused for line in one.raw.splitlines()]


def test_lists_one_after_another_are_judged_alone(tmp_path: Path) -> None:
    """A list of something else between two of studies is one refusal, at its line."""
    lists = (b"[" + MANY[0] + b"]", b"[1,\n2]", b'{"studies":[' + MANY[1] + b"]}", b"[]", MANY[2])
    taken, refused, _ = read_all(write(tmp_path / "x.json", b"\n".join(lists)))
    assert IDS[:3] == ids(taken)
    assert [(2, b"[1,\n2]")] == [(one.place.line, one.raw.strip()) for one in refused]


@pytest.mark.parametrize("content", (b"[]", b' {"studies": []}\n', b"[ ]\n[\n]"))
def test_a_list_of_nothing_is_no_mistake(content: bytes) -> None:
    """A search without a hit has no records, good or bad."""
    assert ([], [], []) == read_all("-", stdin=content)


def test_a_list_page_is_known_by_its_own_key(tmp_path: Path) -> None:
    """``studies`` inside of something else opens no list page."""
    content = b'{"a": {"studies": [1, 2]}}\n' + MANY[0] + b"\n"
    taken, refused, _ = read_all(write(tmp_path / "x.json", content))
    assert IDS[:1] == ids(taken)
    assert [(1, content.split(b"\n")[0])] == [(one.place.line, one.raw) for one in refused]
