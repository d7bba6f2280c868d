"""Frames hold exactly what was put in, against any base, and damage never passes for a body."""

import pickle
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.snapshots import pack
from store.zstd_frames import DamagedFrame, compress, decompress

BODIES = st.binary(max_size=300) | st.binary(min_size=1, max_size=20).map(lambda some: some * 500)


@given(BODIES, st.none() | BODIES)
def test_a_frame_holds_its_body(body: bytes, base: bytes | None) -> None:
    """decompress(compress(body)) == body with any base or none."""
    frame = compress(body, base=base)
    assert decompress(frame, size_bytes=len(body), base=base) == body


@given(BODIES, st.data())
def test_a_damaged_frame_is_no_body_of_another_size(body: bytes, data: st.DataObject) -> None:
    """A cut or flipped frame raises DamagedFrame or gives as many bytes as asked, never more."""
    frame = bytearray(compress(body))
    index = data.draw(st.integers(0, len(frame) - 1))
    frame[index] ^= data.draw(st.integers(1, 255))
    for damaged in (bytes(frame), bytes(frame[:index])):
        with suppress(DamagedFrame):
            assert len(decompress(damaged, size_bytes=len(body))) == len(body)


@given(BODIES, st.integers(1, 10))
def test_a_frame_of_another_size_is_damaged(body: bytes, more: int) -> None:
    """A frame that would unpack to more or less than the stored size is not even begun."""
    with pytest.raises(DamagedFrame):
        decompress(compress(body), size_bytes=len(body) + more)
    with pytest.raises(DamagedFrame):
        decompress(compress(body + bytes(more)), size_bytes=len(body))


@given(BODIES, BODIES)
def test_a_packed_body_survives_pickling(body: bytes, base: bytes) -> None:
    """Worker processes pack; the process that stores gets the same value."""
    packed = pack("address", body, base=("base", base))
    assert pickle.loads(pickle.dumps(packed)) == packed
