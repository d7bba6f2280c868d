"""Reading files and folders: what is recognised, in what order, and what is refused or skipped."""

import gzip
import hashlib
import io
import json
import os
import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.unit.sources.made_records import ID, study, study_bytes
from tracker.source import Observation, RawRecord, Refusal
from tracker.sources.files import FileSource
from tracker.sources.found import Skipped
from tracker.sources.reading import read_record


def gzipped(content: bytes) -> bytes:
    """gzip without the time of day in it, so that tests have the same names in every process."""
    return gzip.compress(content, mtime=0)


PAGE = Path(__file__).with_name("page_multi_arm.txt").read_bytes()
IDS = [f"NCT0000000{number}" for number in range(1, 6)]
MANY = [study_bytes(trial_id) for trial_id in IDS]
BAD = b'{"protocolSection": }'


def read_all(*paths: Path | str, stdin: bytes = b"") -> tuple[list[Observation], list[Refusal], list[Skipped]]:
    """Everything that importing ``paths`` meets; progress must end at the survey's total."""
    taken: list[Observation] = []
    refused: list[Refusal] = []
    skipped: list[Skipped] = []
    with FileSource(paths, stdin=io.BytesIO(stdin)) as source:
        survey = source.survey()
        for found in source.records():
            read = read_record(found) if isinstance(found, RawRecord) else found
            if isinstance(read, Observation):
                taken.append(read)
            else:
                (refused if isinstance(read, Refusal) else skipped).append(read)  # type: ignore[arg-type]
        assert survey.total_bytes == source.bytes_done
    return taken, refused, skipped


def ids(found: Sequence[Observation]) -> list[str]:
    """The trials in the order in which they came."""
    return [one.trial_id for one in found]


def write(path: Path, content: bytes) -> Path:
    """A file with this content, its folders made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


SHAPES = {
    "array": b"[" + b",".join(MANY) + b"]",
    "spaced array": json.dumps([study(trial_id) for trial_id in IDS], indent=2).encode(),
    "list page": b'{"totalCount":5,"studies":[' + b",".join(MANY) + b'],"nextPageToken":"x]}"}',
    "two list pages": b'{"studies":[' + b",".join(MANY[:2]) + b']}\n{"studies":[' + b",".join(MANY[2:]) + b"]}",
    "JSON Lines": b"\n".join(MANY),
    "JSON Lines with blank lines": b"\n\r\n".join(MANY) + b"\n\n",
    "JSON Lines in UTF-8 with mark": b"\xef\xbb\xbf" + b"\r\n".join(MANY),
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("packed", (False, True), ids=("plain", "gzip"))
@pytest.mark.parametrize("name", ("records", "records.txt", "records.json"))
def test_every_shape_is_told_by_its_content(tmp_path: Path, shape: str, packed: bool, name: str) -> None:
    """Arrays, list pages and JSON Lines are read under any name, packed or not."""
    content = gzipped(SHAPES[shape]) if packed else SHAPES[shape]
    taken, refused, _ = read_all(write(tmp_path / name, content))
    assert (IDS, []) == (ids(taken), refused)
    assert [study(trial_id) for trial_id in IDS] == [one.record for one in taken]


@pytest.mark.parametrize("content", (PAGE, gzipped(PAGE)), ids=("plain", "gzip"))
def test_a_page_text_is_told_by_its_content(tmp_path: Path, content: bytes) -> None:
    """A page text is read under any name."""
    taken, _, _ = read_all(write(tmp_path / "page", content))
    assert [("NCT01234567", "page_text")] == [(one.trial_id, one.source) for one in taken]


@pytest.mark.parametrize("content", (*SHAPES.values(), gzipped(SHAPES["array"]), PAGE, MANY[0]))
def test_standard_input_is_read_like_a_file(content: bytes) -> None:
    """``-`` takes whatever a file may hold, and is surveyed before it is read."""
    taken, refused, _ = read_all("-", stdin=content)
    assert (True, []) == (bool(taken), refused)


@pytest.mark.parametrize("name", ("page.txt", "NCT01234567.txt", "NCT01234567"))
def test_a_page_text_cut_off_is_kept_whole(tmp_path: Path, name: str) -> None:
    """Wherever a page text is cut, even above its first section, it is refused as truncated and kept whole."""
    for size in (10, 90, 120, 180, 230, 900, 2_000, len(PAGE) - 9, len(PAGE) - 1):
        _, refused, skipped = read_all(write(tmp_path / name, PAGE[:size]))
        assert [(PAGE[:size], [])] == [(one.raw, skipped) for one in refused]
        assert "truncated" in refused[0].reason


def test_a_study_may_fill_many_lines(tmp_path: Path) -> None:
    """A study printed for people is one record, also with nothing indented."""
    for indent in (0, 1, 4):
        taken, refused, _ = read_all(write(tmp_path / "x.json", json.dumps(study(), indent=indent).encode()))
        assert ([ID], []) == (ids(taken), refused)


def test_a_folder_is_read_in_the_order_of_its_names(tmp_path: Path) -> None:
    """Folders are read recursively, names sorted, paths in the order given."""
    for number, place in ((1, "b/x.json"), (2, "b/c/x.json"), (3, "a.json"), (4, "c.jsonl")):
        write(tmp_path / place, study_bytes(f"NCT0000000{number}"))
    other = write(tmp_path.parent / f"{tmp_path.name}-other.json", study_bytes("NCT00000009"))
    taken, _, _ = read_all(other, tmp_path)
    assert ["NCT00000009", "NCT00000003", "NCT00000002", "NCT00000001", "NCT00000004"] == ids(taken)


def test_what_is_plainly_something_else_is_skipped_in_a_folder(tmp_path: Path) -> None:
    """Hidden files, documents and pictures among records are passed over and counted, not refused."""
    names = (
        "README.md",
        ".hidden.json",
        ".git/config",
        "api.yaml",
        "a.pdf",
        "b.png",
        "t.csv",
        "notes.txt",
        "LICENSE",
    )
    for name in names:
        write(tmp_path / name, b"[not json")
    for name in ("notes.txt", "LICENSE"):
        write(tmp_path / name, b"words and words")
    write(tmp_path / "x.json", study_bytes())
    taken, refused, skipped = read_all(tmp_path)
    assert ([ID], [], len(names)) == (ids(taken), refused, len(skipped))


def test_what_a_person_names_is_refused_instead(tmp_path: Path) -> None:
    """A file that was named is never skipped without a word."""
    taken, refused, skipped = read_all(write(tmp_path / "notes.txt", b"words"))
    assert ([], []) == (taken, skipped)
    assert "neither JSON nor a page text" in refused[0].reason
    assert (b"words", 5) == (refused[0].raw, refused[0].size_bytes)
    assert hashlib.sha256(b"words").hexdigest() == refused[0].sha256


@pytest.mark.parametrize("place", ("NCT00000002.json", "NCT00000002/2026-02-03.json", "nct00000002.txt"))
def test_the_name_says_which_trial_is_expected(tmp_path: Path, place: str) -> None:
    """A record whose id is not that of its file or folder is refused."""
    _, refused, _ = read_all(write(tmp_path / place, study_bytes()))
    assert "NCT00000001 but its file or folder is named NCT00000002" in refused[0].reason


def test_a_bad_line_is_refused_alone(tmp_path: Path) -> None:
    """In JSON Lines the lines around a bad one are stored, and it is named by its number."""
    for position in range(5):
        lines = [*MANY[:position], BAD, *MANY[position:]]
        taken, refused, _ = read_all(write(tmp_path / "x.jsonl", b"\n".join(lines)))
        assert IDS == ids(taken)
        assert [(position + 1, BAD)] == [(one.place.line, one.raw) for one in refused]


@pytest.mark.parametrize(
    "bad",
    (
        BAD,
        b"5",
        b'"x"',
        b"null",
        b"[1,2]",
        b"{}",
        b'{"a":{"protocolSection":[]}}',
        b'{"protocolSection":{"a":"}',
    ),
)
@pytest.mark.parametrize("position", (0, 2, 5))
def test_a_bad_item_is_refused_alone(tmp_path: Path, bad: bytes, position: int) -> None:
    """In an array the records around a bad one are stored, even where its brackets or quotes do not match."""
    items = [*MANY[:position], bad, *MANY[position:]]
    taken, refused, _ = read_all(write(tmp_path / "x.json", b"[\n" + b",\n".join(items) + b"\n]"))
    broken_end = bad.endswith(b'"}') and position == 5
    assert IDS == ids(taken)
    assert [position + 2] == [one.place.line for one in refused]
    assert broken_end or [bad] == [one.raw for one in refused]


def test_a_cut_array_keeps_what_was_whole(tmp_path: Path) -> None:
    """Of an array or list page cut anywhere, whole records are stored and the rest is refused."""
    for opening in (b"[", b'{"studies":['):
        whole = opening + b",".join(MANY)
        for cut in range(len(opening) + 1, len(whole), 37):
            taken, refused, _ = read_all(write(tmp_path / "x.json", whole[:cut]))
            assert IDS[: len(taken)] == ids(taken)
            assert len(taken) >= (cut - len(opening)) // (len(MANY[0]) + 1)
            assert [True] == ["truncated" in one.reason for one in refused]


def test_a_cut_gzip_keeps_what_was_whole(tmp_path: Path) -> None:
    """Of packed JSON Lines cut short, the lines before the cut are stored and the rest is refused."""
    noise = random.Random(7)  # so that the records do not shrink to nothing
    lines = [study_bytes(f"NCT{n:08d}", x=noise.randbytes(900).hex()) for n in range(200)]
    packed = gzipped(b"\n".join(lines))
    taken, refused, _ = read_all(write(tmp_path / "x.jsonl.gz", packed[: len(packed) // 2]))
    assert 60 < len(taken) < 140
    assert ["truncated"] == [one.reason.split(":")[0] for one in refused]


def test_a_record_over_32_megabytes_is_refused_alone(tmp_path: Path) -> None:
    """One record too many megabytes long is refused by its head, size and hash; its neighbours are stored."""
    large = study_bytes("NCT00000009", x="[{" * 16_000_000)
    shapes = (b"[" + b",".join((MANY[0], large, MANY[1])) + b"]", b"\n".join((MANY[0], large, MANY[1])))
    for shape in shapes:
        taken, refused, _ = read_all(write(tmp_path / "x.json", shape))
        assert IDS[:2] == ids(taken)
        assert [(len(large), large[:65_536])] == [(one.size_bytes, one.raw) for one in refused]
        assert hashlib.sha256(large).hexdigest() == refused[0].sha256
        assert "32 MB" in refused[0].reason


def test_a_gzip_bomb_is_refused(tmp_path: Path) -> None:
    """A packed record that never ends is given up on, with the hash of the packed file."""
    packed = gzipped(b'{"protocolSection": "') + gzipped(b"x" * 10_000_000) * 10
    _, refused, _ = read_all(write(tmp_path / "x.json.gz", packed))
    assert [(packed, hashlib.sha256(packed).hexdigest())] == [(one.raw, one.sha256) for one in refused]
    assert "bomb" in refused[0].reason


@pytest.mark.parametrize(
    ("content", "words"),
    (
        (b"", "empty"),
        (b"\n \n", "empty"),
        (gzipped(b""), "empty"),
        (b"hello", "not JSON"),
        (b"<html></html>", "not JSON"),
        (MANY[0].decode().encode("utf-16"), "UTF-16"),
        (MANY[0][:-9], "truncated"),
        (gzipped(gzipped(MANY[0])), "archive inside an archive"),
        (gzipped(MANY[0])[:40], "truncated"),
        (gzipped(MANY[0])[:-8] + b"12345678", "damaged"),
    ),
)
def test_a_bad_file_of_a_promising_name_is_refused_in_a_folder(tmp_path: Path, content: bytes, words: str) -> None:
    """What is named like records is never skipped."""
    write(tmp_path / "x.json", content)
    taken, refused, skipped = read_all(tmp_path)
    assert ([], 1, []) == (taken, len(refused), skipped)
    assert words in refused[0].reason


def test_places_that_cannot_be_read_are_refused(tmp_path: Path) -> None:
    """Missing paths, broken links, loops and pipes are refused at once, and the rest is read."""
    write(tmp_path / "z.json", study_bytes())
    (tmp_path / "broken.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "circle").symlink_to(tmp_path / "circle")
    (tmp_path / "loop").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe.json")
    taken, refused, _ = read_all(tmp_path / "missing", tmp_path)
    assert [ID] == ids(taken)
    found = {Path(one.place.file).name: one.reason for one in refused}
    assert {"missing", "broken.json", "circle", "loop", "pipe.json"} == set(found)
    assert "no such file" in found["missing"]
    assert "broken link" in found["broken.json"]
    assert "leads back" in found["loop"]
    assert "not a regular file" in found["pipe.json"]


def test_a_folder_without_permission_is_refused(tmp_path: Path) -> None:
    """A folder that may not be listed is one refusal."""
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0)
    try:
        if os.access(closed, os.R_OK):
            pytest.skip("this user may read everything, so no folder is closed to it")
        _, refused, _ = read_all(tmp_path)
    finally:
        closed.chmod(0o700)
    assert ["the folder cannot be read"] == [one.reason.split(":")[0] for one in refused]


def test_names_that_are_no_text_can_be_shown(tmp_path: Path) -> None:
    """A name of undecodable bytes becomes text that can be stored."""
    Path(os.fsdecode(bytes(tmp_path) + b"/\xff.json")).write_bytes(b"")
    _, refused, _ = read_all(tmp_path)
    assert refused[0].place.file.encode().endswith(rb"\xff.json")


def test_the_survey_knows_what_occurs_twice(tmp_path: Path) -> None:
    """Trials claimed by more than one record are found by name or, without a parse, by content."""
    write(tmp_path / "NCT00000001.json", b"not looked at")
    write(tmp_path / "NCT00000001" / "2026-01-01.json", b"not looked at")
    write(tmp_path / "a.json", b"[" + b",".join(MANY[1:]) + b"]")
    write(tmp_path / "b.jsonl.gz", gzipped(MANY[2] + b"\n" + json.dumps(study(IDS[3]), indent=1).encode()))
    write(tmp_path / "page.txt", PAGE)
    with FileSource([tmp_path]) as source:
        survey = source.survey()
    assert {IDS[0], IDS[2], IDS[3]} == survey.repeated
    assert survey.files_count == 5
    assert sum(file.stat().st_size for file in tmp_path.rglob("*.*") if file.is_file()) == survey.total_bytes


def test_the_corpus_is_read_whole(corpus: Path) -> None:
    """All studies, versions and list pages are taken; a trial with several versions counts as repeated."""
    taken, refused, _ = read_all(corpus / "studies", corpus / "versions", corpus / "api" / "list_pages")
    assert ([], 574) == (refused, len(list(corpus.glob("studies/*.json"))))
    pages: list[Any] = [json.loads(page.read_bytes()) for page in corpus.glob("api/list_pages/*.json")]
    expected = 574 + len(list(corpus.glob("versions/*/*.json"))) + sum(len(one["studies"]) for one in pages)
    assert expected == len(taken)
    with FileSource([corpus / "studies", corpus / "versions"]) as source:
        survey = source.survey()
    files = [*corpus.glob("studies/*.json"), *corpus.glob("versions/*/*.json")]
    named = Counter(file.stem if file.stem.startswith("NCT") else file.parent.name for file in files)
    assert {trial_id for trial_id, count in named.items() if count > 1} == survey.repeated
