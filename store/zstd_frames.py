"""zstd frames: bytes made small, alone or against a base that they resemble.

It promises that a large body against a large base is compared over its whole length, and that a damaged
frame raises `DamagedFrame` rather than filling the memory. It does not know where frames are kept.
"""

import threading

import zstandard

_LEVEL = 3
_LARGEST_WINDOW_LOG = 27  # 128 MiB: the largest window a decompressor takes unasked
_DEFAULT_WINDOW_BYTES = 1 << 21  # of level 3: further back, an ordinary frame cannot refer

_threads = threading.local()  # a compressor serves one thread at a time, and costs more to make than to use


class DamagedFrame(Exception):
    """The bytes are no frame, or not the frame of a body of that size."""


def compress(body: bytes, *, base: bytes | None = None) -> bytes:
    """A frame of `body`; with a base it holds little more than the difference."""
    if base is None:
        return _compressor().compress(body)
    dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
    reach = len(base) + len(body)
    if reach <= _DEFAULT_WINDOW_BYTES:
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary).compress(body)
    parameters = zstandard.ZstdCompressionParameters(
        window_log=min(reach.bit_length(), _LARGEST_WINDOW_LOG),
        hash_log=_table_log(base),
        chain_log=_table_log(base),
        strategy=zstandard.STRATEGY_DFAST,  # that of level 3, with tables that hold the whole base
    )
    return zstandard.ZstdCompressor(dict_data=dictionary, compression_params=parameters).compress(body)


def decompress(frame: bytes, *, size_bytes: int, base: bytes | None = None) -> bytes:
    """The body of a frame made with the same base; DamagedFrame when it is not of `size_bytes`."""
    try:
        if zstandard.frame_content_size(frame) != size_bytes:
            raise DamagedFrame(f"the frame is not that of a body of {size_bytes} bytes")
        return _decompressor(base).decompress(frame, max_output_size=size_bytes)
    except zstandard.ZstdError as err:
        raise DamagedFrame(str(err)) from err


def _table_log(base: bytes) -> int:
    """Half an entry for every byte: repeats are found whole, at 8 to 64 MB of memory for the moment."""
    return min(max(len(base).bit_length() - 1, 20), 23)


def _compressor() -> zstandard.ZstdCompressor:
    if not hasattr(_threads, "compressor"):
        _threads.compressor = zstandard.ZstdCompressor(level=_LEVEL)
    compressor: zstandard.ZstdCompressor = _threads.compressor
    return compressor


def _decompressor(base: bytes | None) -> zstandard.ZstdDecompressor:
    if base is not None:
        dictionary = zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)
        return zstandard.ZstdDecompressor(dict_data=dictionary)
    if not hasattr(_threads, "decompressor"):
        _threads.decompressor = zstandard.ZstdDecompressor()
    decompressor: zstandard.ZstdDecompressor = _threads.decompressor
    return decompressor
