"""JSON as bytes: compact, keys sorted, exact.

It promises that `decode(encode(value)) == value` for every JSON value, NUL, lone surrogates and integers
of any size included, and that equal values encode to equal bytes. What JSON cannot say exactly (NaN,
keys that are not text, datetimes) is refused, never bent. It does not know what the values mean.

orjson does the work; the standard library does what orjson cannot: lone surrogates (written as escapes)
and integers beyond 64 bits, which orjson would read as floats.
"""

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

import orjson

from store.errors import InvalidInput

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS
_CANONICAL = json.JSONEncoder(sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
_FINITE_ONLY = json.JSONEncoder(allow_nan=False, default=repr)
_DIGITS_TO_ZERO = bytes(0x30 if 0x30 <= byte <= 0x39 else 0x20 for byte in range(256))
_LONGEST_CERTAIN_INT = 18  # digits: every integer this long fits 64 bits
_TOO_MANY_DIGITS = b"0" * (_LONGEST_CERTAIN_INT + 1)


def encode(value: Any) -> bytes:
    """The canonical bytes of a JSON value; InvalidInput for anything JSON cannot say exactly."""
    try:
        text = orjson.dumps(value, option=_OPTIONS)
    except TypeError:  # orjson's JSONEncodeError is one
        return _encode_slowly(value)
    if b"null" in text and orjson.loads(text) != value:  # orjson writes NaN and infinities as null
        _refuse_not_finite(value)
    return text


def encode_members(value: dict[str, Any]) -> dict[str, bytes]:
    """Each member of an object encoded by itself, for callers that need the whole and some of its parts.

    `value` comes from `decode`, so that there is no NaN in it to look for.
    """
    try:
        return {key: orjson.dumps(member, option=_OPTIONS) for key, member in value.items()}
    except TypeError:
        return {key: encode(member) for key, member in value.items()}


def join_members(members: Mapping[str, bytes]) -> bytes:
    """The object of encoded members, as `encode` writes it."""
    pieces: list[bytes] = []  # joined once: a member may be large
    for key in sorted(members):
        pieces += (b"," if pieces else b"{", encode(key), b":", members[key])
    return b"".join([*pieces, b"}"]) if pieces else b"{}"


def encode_and_decode(value: Any) -> tuple[bytes, Any]:
    """The canonical bytes, and what they will decode to: lists for tuples, text for enumerations."""
    try:
        text = orjson.dumps(value, option=_OPTIONS)
    except TypeError:  # orjson's JSONEncodeError is one
        text = _encode_slowly(value)
        return text, _decode_slowly(text)
    read = orjson.loads(text)  # exact: dumps has refused what loads would bend
    if b"null" in text and read != value:  # orjson writes NaN and infinities as null
        _refuse_not_finite(value)
    return text, read


def decode(text: bytes | str) -> Any:
    """The value of a JSON text in UTF-8; InvalidInput (a ValueError) when it is not JSON."""
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if _TOO_MANY_DIGITS in raw.translate(_DIGITS_TO_ZERO):
        return _decode_slowly(raw)
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _decode_slowly(raw)


def decode_and_compare(text: bytes) -> tuple[Any, bool]:
    """The value as `decode` reads it, and whether dumping it gives `text` again, order of keys as it stands.

    Where it does, nothing is lost in the value: a dump names each key once, and writes as many digits as a number has.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _decode_slowly(text), False
    if _dump_is(value, text):
        return value, True
    return (_decode_slowly(text) if _TOO_MANY_DIGITS in text.translate(_DIGITS_TO_ZERO) else value), False


def _dump_is(value: Any, text: bytes) -> bool:
    try:
        return orjson.dumps(value) == text
    except TypeError:  # orjson reads deeper than it writes
        return False


def _encode_slowly(value: Any) -> bytes:
    try:
        text = _CANONICAL.encode(value).encode("ascii")  # raises on a value that contains itself
    except (TypeError, ValueError, RecursionError) as err:
        raise InvalidInput(f"not a JSON value: {err}; hand in text, numbers, lists and objects only") from err
    _refuse_other_keys(value)
    return text


def _decode_slowly(raw: bytes) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as err:
        raise InvalidInput(f"not a JSON text of {len(raw)} bytes: {err}") from err


def _refuse_not_finite(value: Any) -> None:
    try:
        _FINITE_ONLY.encode(value)
    except ValueError as err:
        raise InvalidInput(f"JSON has no NaN and no infinity ({err}); write null or text instead") from err


def _refuse_other_keys(value: Any) -> None:
    """The standard library would quietly turn the key 1 into "1", and None into "null"."""
    waiting = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, dict):
            if not all(isinstance(key, str) for key in item):
                raise InvalidInput("a JSON object has a key that is not text; make every key text")
            waiting.extend(item.values())
        elif isinstance(item, (list, tuple)):
            waiting.extend(item)


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidInput(f"JSON has no {name}")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise InvalidInput(f"the number {digits[:40]} is beyond a double")
    return number
