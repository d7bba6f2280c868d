"""Values one after another: JSON Lines, and studies that fill many lines or share one."""

import io
import itertools
import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.sources.made_records import study, study_bytes
from tests.unit.sources.test_files import BAD, IDS, MANY, ids, read_all, write
from tracker.source import Place, RawRecord
from tracker.sources.content import read_content


def printed(trial_id: str, *, indent: int = 2) -> bytes:
    """A study printed for people."""
    return json.dumps(study(trial_id), indent=indent).encode()


PRINTED = [printed(trial_id) for trial_id in IDS]
SERIES = {
    "printed": b"\n".join(PRINTED),
    "printed with nothing indented": b"\n".join(printed(trial_id, indent=0) for trial_id in IDS),
    "printed, blank lines between": b"\n\n \r\n".join(PRINTED) + b"\n\n",
    "printed by Windows": b"\r\n".join(PRINTED).replace(b"\n", b"\r\n"),
    "printed with a mark": b"\xef\xbb\xbf\n" + b"\n".join(PRINTED),
    "printed, nothing between": b"".join(PRINTED),
    "on one line": b"".join(MANY),
    "on one line, blanks between": b" \t ".join(MANY),
    "two on a line": MANY[0] + MANY[1] + b"\n" + MANY[2] + b" " + MANY[3] + b"\n" + MANY[4],
    "printed, then lines": b"\n".join((*PRINTED[:2], *MANY[2:])),
    "lines, then printed": b"\n".join((*MANY[:2], *PRINTED[2:])),
    "joints in texts": b"\n".join(one.replace(b"title", b"} { }{\\n{ title") for one in MANY),
    "joints in printed texts": b"\n".join(one.replace(b"title", b"} { }{\\n{ title") for one in PRINTED),
}


@pytest.mark.parametrize("shape", SERIES)
@pytest.mark.parametrize("name", ("x.jsonl", "x.json", "x.ndjson", "x"))
def test_values_one_after_another_are_read(tmp_path: Path, shape: str, name: str) -> None:
    """Studies are told apart by their content, printed over many lines or not, under any name."""
    taken, refused, _ = read_all(write(tmp_path / name, SERIES[shape]))
    assert (IDS, []) == (ids(taken), refused)


BROKEN = {
    "a comma too many": PRINTED[2].replace(b"},\n", b"},,\n", 1),
    "a bracket missing": PRINTED[2].replace(b"    },\n", b"    ,\n", 1),
    "a bracket too many": PRINTED[2].replace(b"    },\n", b"    }},\n", 1),
    "a quote missing": PRINTED[2].replace(b'"RECRUITING"', b'"RECRUITING', 1),
    "no study": b'{\n  "a": [\n    {}\n  ]\n}',
    "one line": BAD,
    "one line cut": MANY[2][:-20],
    "one line with a bracket too many": MANY[2] + b"}",
    "a number": b"5",
    "no JSON": b"garbage",
}


@pytest.mark.parametrize("fault", BROKEN)
@pytest.mark.parametrize("good", (PRINTED, MANY), ids=("printed", "lines"))
@pytest.mark.parametrize("name", ("x.jsonl", "x.json"))
@pytest.mark.parametrize("position", (0, 2, 5))
def test_a_bad_value_is_refused_once_with_its_line(
    tmp_path: Path, fault: str, good: list[bytes], name: str, position: int
) -> None:
    """Whatever is wrong with one value, the others are stored, and its own bytes are kept."""
    if fault in ("a number", "no JSON") and position == 0:
        name = "x.jsonl"  # under another name, its first bytes say that it is something else
    values = [*good[:position], BROKEN[fault], *good[position:]]
    taken, refused, _ = read_all(write(tmp_path / name, b"\n".join(values) + b"\n"))
    line = b"\n".join((*values[:position], b"")).count(b"\n") + 1
    assert [(line, BROKEN[fault])] == [(one.place.line, one.raw) for one in refused]
    assert IDS == ids(taken)


def test_lines_that_hold_no_study_are_each_told(tmp_path: Path) -> None:
    """Where a broken line opens what nothing closes, the lines below are values all the same."""
    lines = (b'{"a": [', b"{}", b'{"a": {', b"5", b'{"b": 1}')
    _, refused, _ = read_all(write(tmp_path / "x.jsonl", b"\n".join(lines)))
    assert [(n, line) for n, line in enumerate(lines, 1)] == [(one.place.line, one.raw) for one in refused]


def test_a_study_alone_is_no_series(tmp_path: Path) -> None:
    """One printed study has no line of its own, also where a text of it looks like the seam of two."""
    for text in (PRINTED[0], PRINTED[0].replace(b"title", b"} {"), PRINTED[0] + b"\n\n"):
        content = text.replace(b"NCT0000", b"NCTX000")
        for name in ("x.json", "x.jsonl"):
            _, refused, _ = read_all(write(tmp_path / name, content))
            assert [(None, content)] == [(one.place.line, one.raw) for one in refused]


class Endless(io.RawIOBase):
    """A stream of pieces that come again and again, so many bytes of them."""

    def __init__(self, pieces: Iterator[bytes], size: int) -> None:
        self._pieces = pieces
        self._left = size

    def read1(self, size: int, /) -> bytes:
        """One more piece."""
        piece = next(self._pieces) if self._left > 0 else b""
        self._left -= len(piece)
        return piece


@pytest.mark.parametrize("joint", (b"\n", b""))
def test_a_series_of_any_length_is_read_in_bounded_memory(joint: bytes) -> None:
    """25 MB of printed studies are taken apart with a few megabytes at hand."""
    one = json.dumps(study(x=[{"text": "x" * 500} for _ in range(2_000)]), indent=2).encode() + joint
    stream = Endless(itertools.repeat(one), 25 * len(one))
    tracemalloc.start()
    found = read_content(stream, place=Place(file="x.json"), expected_id=None, is_named=True)
    lines = [one.place.line for one in found if isinstance(one, RawRecord)]
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [1 + n * (one.count(b"\n")) for n in range(25)] == lines
    assert peak_bytes < 8_000_000


def test_a_value_over_32_megabytes_is_refused_alone(tmp_path: Path) -> None:
    """A printed value too many megabytes long is refused by head, size and hash; its neighbours are stored."""
    large = json.dumps(study("NCT00000009", x=["x" * 1_000] * 32_000), indent=1).encode()
    taken, refused, _ = read_all(write(tmp_path / "x.json", b"\n".join((PRINTED[0], large, PRINTED[1]))))
    assert IDS[:2] == ids(taken)
    assert [(len(large), large[:65_536])] == [(one.size_bytes, one.raw) for one in refused]
    assert "32 MB" in refused[0].reason


def test_a_cut_series_keeps_what_was_whole(tmp_path: Path) -> None:
    """Of printed studies cut anywhere, whole ones are stored and the last is refused as truncated."""
    whole = b"\n".join(PRINTED)
    for cut in range(len(PRINTED[0]) + 2, len(whole), 29):
        taken, refused, _ = read_all(write(tmp_path / "x.json", whole[:cut]))
        count, more = divmod(cut + 1, len(PRINTED[0]) + 1)
        assert IDS[:count] == ids(taken)
        assert ["truncated"] * (more > 1) == [one.reason.split(":")[0] for one in refused]


def test_a_study_of_the_size_of_a_line_is_read_as_one(tmp_path: Path) -> None:
    """JSON Lines of long lines need no more than a look at their ends."""
    long = [study_bytes(trial_id, x="y" * 300_000) for trial_id in IDS]
    taken, refused, _ = read_all(write(tmp_path / "x.json", b"\n".join(long)))
    assert (IDS, []) == (ids(taken), refused)
