"""Reading zip archives: members one by one, and nothing believed that an archive says of itself."""

import hashlib
import io
import random
import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.unit.sources.made_records import ID, study_bytes
from tests.unit.sources.test_files import IDS, MANY, PAGE, ids, read_all, write
from tracker.sources.files import FileSource


def packed(members: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An archive of these members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo("placeholder")
            info.filename, info.compress_type = name, method
            archive.writestr(info, content)
    return file.getvalue()


BULK = {f"{trial_id}.json": raw for trial_id, raw in zip(IDS, MANY, strict=True)}


@pytest.mark.parametrize("method", (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))
@pytest.mark.parametrize("name", ("bulk.json.zip", "bulk"))
def test_members_are_read_in_the_archives_order(tmp_path: Path, method: int, name: str) -> None:
    """One study per member, told by content, from a file or from standard input."""
    content = packed(BULK, method=method)
    for taken, refused, skipped in (read_all(write(tmp_path / name, content)), read_all("-", stdin=content)):
        assert (IDS, [], []) == (ids(taken), refused, skipped)


def test_a_member_may_hold_what_a_file_may(tmp_path: Path) -> None:
    """Lists, lines and page texts are read inside of an archive too; the rest is skipped."""
    members = {"a.json": b"[" + MANY[0] + b"," + MANY[1] + b"]", "d/": b"", "d/b": MANY[2] + b"\n" + MANY[3]}
    members |= {"p.txt": PAGE, "README.md": b"[", "__MACOSX/._a.json": b"x", "d/.hidden": b"{"}
    taken, refused, skipped = read_all(write(tmp_path / "x.zip", packed(members)))
    assert ([*IDS[:4], "NCT01234567"], [], 3) == (ids(taken), refused, len(skipped))


def test_a_member_is_named_where_it_is_refused(tmp_path: Path) -> None:
    """A bad member is refused alone, by file and member, and its name says which trial is expected."""
    members = {
        "NCT00000002.json": MANY[0],
        "x/NCT00000003/1.json": MANY[0],
        "bad.json": b"{",
        "good.json": MANY[0],
    }
    taken, refused, _ = read_all(write(tmp_path / "x.zip", packed(members)))
    assert [ID] == ids(taken)
    assert list(members)[:3] == [one.place.member for one in refused]
    assert "is named NCT00000002" in refused[0].reason
    assert "is named NCT00000003" in refused[1].reason
    assert (b"{", "truncated") == (refused[2].raw, refused[2].reason.split(":")[0])


@pytest.mark.parametrize("name", ("../x.json", "/x.json", "a/../../x.json", "..\\x.json", "C:\\x.json", "C:x.json"))
def test_a_traversal_name_is_refused(tmp_path: Path, name: str) -> None:
    """A member that points outside of the archive is refused, and kept."""
    taken, refused, _ = read_all(write(tmp_path / "x.zip", packed({name: MANY[0], "good.json": MANY[1]})))
    assert IDS[1:2] == ids(taken)
    assert [(name, MANY[0])] == [(one.place.member, one.raw) for one in refused]
    assert "outside of the archive" in refused[0].reason


def test_a_member_over_32_megabytes_is_refused_alone(tmp_path: Path) -> None:
    """Its size and hash are those of its content, and its stated size is not believed."""
    large = study_bytes("NCT00000009", x=random.Random(7).randbytes(16_500_000).hex())
    content = packed({"a.json": large, "b.json": MANY[0]})
    content = content.replace(struct.pack("<L", len(large)), struct.pack("<L", 100))
    taken, refused, _ = read_all(write(tmp_path / "x.zip", content))
    assert IDS[:1] == ids(taken)
    assert [(len(large), hashlib.sha256(large).hexdigest())] == [(one.size_bytes, one.sha256) for one in refused]
    assert large[:65_536] == refused[0].raw


def test_a_zip_bomb_is_refused(tmp_path: Path) -> None:
    """A member that unpacks to hundreds of times its size is given up on and kept packed; the others are read."""
    taken, refused, _ = read_all(write(tmp_path / "x.zip", packed({"a.json": b" " * 90_000_000, "b.json": MANY[0]})))
    assert IDS[:1] == ids(taken)
    (bomb,) = refused
    assert b" " * 90_000_000 == zlib.decompress(bomb.raw, wbits=-15)
    assert ("a.json", len(bomb.raw)) == (bomb.place.member, bomb.size_bytes)
    assert hashlib.sha256(bomb.raw).hexdigest() == bomb.sha256
    assert "zip bomb" in bomb.reason


def test_an_archive_inside_an_archive_is_refused(tmp_path: Path) -> None:
    """Archives are opened once."""
    _, refused, _ = read_all(write(tmp_path / "x.zip", packed({"inner.zip": packed(BULK)})))
    assert ["an archive inside an archive"] == [one.reason.split(":")[0] for one in refused]


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    """Without its password a member cannot be read; its packed bytes are kept."""
    content = bytearray(packed({"a.json": MANY[0]}, method=zipfile.ZIP_STORED))
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(magic) + offset] |= 1
    _, refused, _ = read_all(write(tmp_path / "x.zip", bytes(content)))
    assert [("encrypted", MANY[0])] == [(one.reason.split(":")[0], one.raw) for one in refused]


def test_a_method_that_is_not_read_is_refused(tmp_path: Path) -> None:
    """What cannot be unpacked is said to be so."""
    _, refused, _ = read_all(write(tmp_path / "x.zip", packed({"a.json": MANY[0]}, method=zipfile.ZIP_LZMA)))
    assert ["packed by method 14"] == [one.reason.split(",")[0] for one in refused]


def test_a_damaged_member_is_refused_alone(tmp_path: Path) -> None:
    """A check sum that does not match refuses one member."""
    content = packed(BULK, method=zipfile.ZIP_STORED).replace(b'NCT00000003"', b'NCT00000008"', 1)
    taken, refused, _ = read_all(write(tmp_path / "x.zip", content))
    assert [one for one in IDS if one != "NCT00000003"] == ids(taken)
    assert ["NCT00000003.json"] == [one.place.member for one in refused]
    assert "check sum" in refused[0].reason


def test_a_damaged_archive_is_refused_by_name_and_hash(tmp_path: Path) -> None:
    """Of an archive without its directory, name, size and hash are kept, and not its bytes."""
    content = packed(BULK)[:-200]
    for name in ("x.zip", "folder/NCT00000001.json"):
        taken, refused, _ = read_all(write(tmp_path / name, content))
        assert [] == taken
        kept = [(one.raw, one.size_bytes, one.sha256, one.place.member) for one in refused]
        assert [(b"", len(content), hashlib.sha256(content).hexdigest(), None)] == kept


def test_a_name_alone_makes_no_archive(tmp_path: Path) -> None:
    """A file called .zip that is none is refused."""
    _, refused, _ = read_all(write(tmp_path / "x.zip", b"not a zip"))
    assert 1 == len(refused)


def test_the_survey_reads_no_member_that_its_name_tells(tmp_path: Path) -> None:
    """Names that are ids are enough; other members are searched."""
    members = {"NCT00000001.json": b"not looked at", "other.json": MANY[0], "more.json": MANY[1]}
    with FileSource([write(tmp_path / "x.zip", packed(members))]) as source:
        assert {ID} == source.survey().repeated


def test_a_directory_of_zip64_is_read(tmp_path: Path) -> None:
    """Archives with numbers too large for the old directory's end have a second end before it."""
    content = packed(BULK)
    at = content.rindex(b"PK\x05\x06")
    size, offset = struct.unpack_from("<2L", content, at + 12)
    end64 = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 5, 5, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    file = write(tmp_path / "x.zip", content[:at] + end64 + locator + end)
    with zipfile.ZipFile(file) as archive:
        assert list(BULK) == archive.namelist()  # the standard library agrees
    assert IDS == ids(read_all(file)[0])


def test_large_numbers_of_one_member_are_read(tmp_path: Path) -> None:
    """A member written with zip64 fields, as streaming writers do, is read like any other."""
    file = tmp_path / "x.zip"
    with (
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.json", "w", force_zip64=True) as member,
    ):
        member.write(MANY[0])
    assert IDS[:1] == ids(read_all(file)[0])
