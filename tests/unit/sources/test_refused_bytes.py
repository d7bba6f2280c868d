"""What a refusal keeps: the file's own bytes where one document is the file, else the record's own."""

import hashlib
from pathlib import Path

import pytest

from tests.unit.sources.made_records import study_bytes
from tests.unit.sources.test_files import BAD, IDS, MANY, PAGE, gzipped, ids, read_all, write
from tests.unit.sources.test_zip_records import packed
from tracker.source import Refusal

MARK = b"\xef\xbb\xbf"
LARGE = study_bytes(x="y" * 32_000_000)
DOCUMENTS = {
    "broken": BAD,
    "with a line end": BAD + b"\n",
    "with blanks around": b" \r\n\t" + BAD + b"\r\n \n",
    "with a mark": MARK + BAD,
    "with a mark and blanks": MARK + b"\n" + BAD + b" ",
    "printed": b' {\n "protocolSection": }\n}\n',
    "cut": MANY[0][:-9] + b"\n",
    "of another trial": b"\n" + study_bytes("NCT123") + b"\n",
    "a page text": MARK + b"\n" + PAGE.replace(b"NCT ID: NCT01234567", b"NCT ID: 1") + b"\n\n",
    "a cut page text": PAGE[:1_000] + b" \n",
    "no JSON": b"\n<html></html>\n",
    "wide": "{}\n".encode("utf-16"),
    "blank": b" \n\t\n",
    "mark and blank": MARK + b"\n",
    "nothing": b"",
    "no list of studies": MARK + b'\n[{"a": 1}, 5]\n\n',
    "no list page of studies": b' {"studies": [1, 2],\n "nextPageToken": "x"} \n',
    "a cut list of strangers": b'[{"a": 1}, {"b"',
    "too large": b"\n" + LARGE + b"\n",
    "too large, printed": b"\n" + LARGE.replace(b",", b",\n") + b"\n",
    "too large after blanks": b" " * 33_000_000 + BAD,
}
SMALL = [name for name in DOCUMENTS if not name.startswith("too large")]


def has_all_of(refusal: Refusal, content: bytes) -> bool:
    """Whether a refusal keeps all of ``content``, or of a large one the beginning, and tells its size and hash."""
    kept = content if len(content) <= 10_000_000 else content[:65_536]
    told = (len(content), hashlib.sha256(content).hexdigest())
    return kept == refusal.raw and told == (refusal.size_bytes, refusal.sha256)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_file_that_is_one_document_is_kept_to_the_byte(tmp_path: Path, document: str) -> None:
    """Marks, blanks and line ends around a document belong to its file."""
    content = DOCUMENTS[document]
    _, refused, _ = read_all(write(tmp_path / "x.json", content))
    assert [None] == [one.place.line for one in refused]
    assert has_all_of(refused[0], content)


@pytest.mark.parametrize("document", SMALL)
def test_standard_input_that_is_one_document_is_kept_to_the_byte(document: str) -> None:
    """The same, packed or not, where it comes in by a pipe."""
    for content in (DOCUMENTS[document], gzipped(DOCUMENTS[document])):
        _, refused, _ = read_all("-", stdin=content)
        assert [None] == [one.place.line for one in refused]
        assert has_all_of(refused[0], content)


@pytest.mark.parametrize("document", (*SMALL, "too large"))
def test_a_packed_file_that_is_one_document_is_kept_as_it_lies(tmp_path: Path, document: str) -> None:
    """Of a .gz file, what is kept, measured and hashed are the packed bytes."""
    content = gzipped(DOCUMENTS[document])
    _, refused, _ = read_all(write(tmp_path / "x.json.gz", content))
    assert [(None, True)] == [(one.place.line, has_all_of(one, content)) for one in refused]


@pytest.mark.parametrize("content", (b"", b" \n", MARK))
def test_a_packed_file_without_content_is_called_so(tmp_path: Path, content: bytes) -> None:
    """The file holds something: that it unpacks to nothing is the reason."""
    _, refused, _ = read_all(write(tmp_path / "x.json.gz", gzipped(content)))
    assert "the file holds nothing" not in refused[0].reason
    assert "is packed in it" in refused[0].reason


def test_a_packed_file_that_is_cut_or_damaged_is_kept_as_it_lies(tmp_path: Path) -> None:
    """What could be unpacked of it would not tell what is wrong with it."""
    whole = gzipped(MANY[0])
    for content in (whole[:40], whole[:5], whole[:-8] + b"12345678"):
        _, refused, _ = read_all(write(tmp_path / "x.json.gz", content))
        assert [True] == [has_all_of(one, content) for one in refused]


@pytest.mark.parametrize("document", SMALL)
def test_a_member_that_is_one_document_is_kept_to_the_byte(tmp_path: Path, document: str) -> None:
    """Of an archive's member, its content."""
    content = DOCUMENTS[document]
    _, refused, _ = read_all(write(tmp_path / "x.zip", packed({"a.json": content, "b.json": MANY[0]})))
    assert [True] == [has_all_of(one, content) for one in refused]


@pytest.mark.parametrize("line_end", (b"\n", b"\r\n"))
@pytest.mark.parametrize("line", (BAD, b"  " + BAD + b" \t", b"\t5 ", b' {"protocolSection": ', MANY[0] + b" x "))
def test_a_line_is_kept_as_it_stands(tmp_path: Path, line: bytes, line_end: bytes) -> None:
    """Blanks belong to a line of JSON Lines; its line end and the file's byte order mark do not."""
    lines = [MANY[0], line, *MANY[1:], line]
    for mark in (b"", MARK):
        for last in (b"", line_end):
            taken, refused, _ = read_all(write(tmp_path / "x.jsonl", mark + line_end.join(lines) + last))
            assert IDS == ids(taken)
            assert [line, line] == [one.raw for one in refused]


def test_an_item_is_kept_without_what_separates_it(tmp_path: Path) -> None:
    """Of an array or list page, the record's own bytes."""
    for opening, closing in ((b"[\n", b"\n]"), (b'{"studies": [ ', b' ], "totalCount": 5}\n')):
        content = opening + b" ,\n".join((MANY[0], BAD, MANY[1], b'{"a": 1}')) + closing
        for name, stored in (("x.json", content), ("x.json.gz", gzipped(content))):
            _, refused, _ = read_all(write(tmp_path / name, stored))
            assert [BAD, b'{"a": 1}'] == [one.raw for one in refused]
