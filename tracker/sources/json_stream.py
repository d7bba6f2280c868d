"""Takes a stream of JSON apart into its records, without parsing what it hands on.

Four shapes: one study, an array of studies, a list page (``{"studies": [...]}``), and values one after
another, be it one a line (JSON Lines) or printed over many lines. It promises to hold one record at a time,
to hand on broken records as they are (reading them says what is wrong), to go on after them where the next
one can be found, and to refuse alone what is too large or cut off. It does not know records beyond the names
of their sections.
"""

import re
from collections.abc import Iterator
from typing import TypeAlias

from tracker.source import RawRecord, Refusal
from tracker.sources.byte_window import CHUNK_BYTES
from tracker.sources.json_list import read_list
from tracker.sources.json_series import Series
from tracker.sources.json_value import ValueScanner
from tracker.sources.record_taker import RecordTaker

Piece: TypeAlias = RawRecord | Refusal
_STUDY = re.compile(rb'\s*\{\s*"(?:protocol|derived|results|annotation|document|trialog)Section"|\s*\{\s*"hasResults"')
_LIST_PAGE = re.compile(rb'"studies"\s*:\s*\[')


def read_json(taker: RecordTaker, *, is_lines: bool) -> Iterator[Piece]:
    """The records of a stream that stands at its first value; ``is_lines``: its name promises one record a line."""
    is_first = True
    while is_first or taker.window.skip_white():
        opening_bytes = _list_opening(taker)
        if opening_bytes == 0:
            yield from Series(taker, is_lines=is_lines, may_be_whole=is_first)
            return
        yield from read_list(taker, opening_bytes=opening_bytes, is_first=is_first)
        is_first = False


def _list_opening(taker: RecordTaker) -> int:
    """How many bytes open a list of records at the window's start, up to and with its bracket; 0 for no list."""
    window = taker.window
    window.fill_to(CHUNK_BYTES)
    data = window.data
    if data.startswith(b"["):
        return 1
    page = None if _STUDY.match(data) or not data.startswith(b"{") else _LIST_PAGE.search(data)
    return page.end() if page and ValueScanner(data[: page.start()]).depth == 1 else 0
