"""Says why bytes are not the JSON text they should be, in words a person can act on.

It promises a position (line and column, counted from 1) for a mistake, the word "truncated" for a text that
stops early, and the likely encoding for a text that is not UTF-8. It runs only on input that was already
found wanting.
"""

import json
import re
from typing import NoReturn

UTF8_BOM = b"\xef\xbb\xbf"
_BOMS = (  # the longer marks first: UTF-32 begins as UTF-16 does
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_BINARY = ((b"\x1f\x8b", "gzip data"), (b"PK\x03\x04", "a zip archive"), (b"%PDF", "a PDF"))
_C1_CONTROLS = re.compile(rb"[\x80-\x9f]")
_AT_CUT = 6  # bytes of an escape such as \\u00e9 that a cut may leave unfinished


def encoding_fault(raw: bytes) -> str | None:
    """What speaks against ``raw`` being UTF-8, and what it looks like instead; None where it is UTF-8."""
    for magic, what in _BINARY:
        if raw.startswith(magic):
            return f"this is {what} where a record's text belongs"
    named = _wide_encoding(raw)
    if named:
        return f"not UTF-8: this looks like {named}; save it as UTF-8"
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as err:
        if err.reason == "unexpected end of data":
            return f"truncated: the text stops inside a character after {err.start} bytes; fetch it again"
        line, column = _position(raw[: err.start].decode("utf-8"), None)
        guess = "Windows-1252" if _C1_CONTROLS.search(raw[err.start : err.start + 1]) else "Latin-1"
        where = f"at byte {err.start} (line {line}, column {column})"
        return f"not UTF-8 {where}: this looks like {guess} or damaged data; save it as UTF-8"
    return None


def json_fault(raw: bytes) -> str:
    """Why ``raw`` cannot be parsed; ``raw`` is known not to be JSON."""
    fault = encoding_fault(raw)
    if fault:
        return fault
    text = raw.decode("utf-8")
    try:
        json.loads(text, parse_constant=_refuse_constant)
    except RecursionError:
        return "nested too deeply for a study record"
    except json.JSONDecodeError as err:
        line, column = _position(text, err.pos)
        if err.msg.startswith("Unterminated") or _cut_escape(text, err) or _cut_word(text[err.pos :].rstrip()):
            return f"truncated: the JSON stops at line {line}, column {column}; fetch the record again"
        return f"not JSON: {_lower(err.msg)} at line {line}, column {column}"
    except ValueError as err:
        return f"not JSON: {err}"
    return "not JSON: a number is beyond what can be kept exactly"


def has_wide_encoding(head: bytes) -> bool:
    """Whether a text that begins with ``head`` is in UTF-16 or UTF-32, by its byte order mark."""
    return head.startswith(tuple(mark for mark, _ in _BOMS))


def _wide_encoding(raw: bytes) -> str | None:
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return f"{name} (it begins with that byte order mark)"
    head = raw[:4]
    if head[1:2] == b"\x00" and head[:1] not in (b"", b"\x00"):
        return "UTF-32 (little endian)" if head[2:4] == b"\x00\x00" else "UTF-16 (little endian)"
    if len(head) == 4 and head[:1] == b"\x00":
        return "UTF-32 (big endian)" if head[:3] == b"\x00\x00\x00" else "UTF-16 (big endian)"
    return None


def _position(text: str, at: int | None) -> tuple[int, int]:
    """Line and column, from 1, of the character at index ``at`` (None: after the last)."""
    end = len(text) if at is None else at
    return text.count("\n", 0, end) + 1, end - text.rfind("\n", 0, end)


def _cut_escape(text: str, err: json.JSONDecodeError) -> bool:
    return "escape" in err.msg and err.pos >= len(text) - _AT_CUT


def _cut_word(rest: str) -> bool:
    """Whether a text that ends with ``rest`` ends before a value, or inside one that JSON writes without quotes."""
    return any(word.startswith(rest) for word in ("true", "false", "null", "-"))


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number; use null or leave the key out")
