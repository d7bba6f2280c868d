"""What the value of a setting may be: checks that answer the value, or say what was expected at which place.

They take what TOML and what the environment can say, where everything is text. Pure.
"""

import difflib
import ipaddress
import math
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from tracker.domain.errors import InvalidInput

Check = Callable[[object, str], object]
_LONGEST_S = 86_400.0


def expected_names(name: str, known: Iterable[str]) -> str:
    """What was probably meant by ``name``, or all that there is."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f"; did you mean {near[0]}?" if near else f"; expected one of {', '.join(known)}"


def text(value: object, place: str) -> str:
    """A text."""
    if not isinstance(value, str):
        raise InvalidInput(f"{place} is {value!r}; expected a text in quotes")
    return value


def one_of(expected: tuple[str, ...]) -> Callable[[object, str], str]:
    """One of some words."""

    def check(value: object, place: str) -> str:
        if value not in expected:
            raise InvalidInput(f"{place} is {value!r}{expected_names(str(value), expected)}")
        return str(value)

    return check


def whole_number(most: int, *, least: int = 0) -> Callable[[object, str], int]:
    """A whole number from ``least`` to ``most``."""

    def check(value: object, place: str) -> int:
        number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
        if not isinstance(number, int) or isinstance(number, bool) or not least <= number <= most:
            raise InvalidInput(f"{place} is {value!r}; expected a whole number from {least} to {most}")
        return number

    return check


def seconds(least: float) -> Callable[[object, str], float]:
    """Seconds, a day at most."""

    def check(value: object, place: str) -> float:
        try:
            number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type] # refused below
        except (TypeError, ValueError):
            number = math.nan
        if not least <= number <= _LONGEST_S:  # NaN is in no range
            raise InvalidInput(f"{place} is {value!r}; expected seconds from {least:g} to {_LONGEST_S:g}")
        return number

    return check


def site(value: object, place: str, *, what: str = "the registry's site, such as https://clinicaltrials.gov") -> str:
    """The address of a site, without query and fragment."""
    address = text(value, place).strip().rstrip("/")
    expected = f"{place} is {value!r}; expected {what}"
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for one that is none
    except ValueError as err:
        raise InvalidInput(expected) from err
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or parts.username is not None
        or parts.query
        or parts.fragment
        or not address.isascii()
        or not address.isprintable()
        or " " in address
    ):
        raise InvalidInput(expected)
    return address


def header_text(value: object, place: str) -> str:
    """A text that a request's header can carry."""
    plain = text(value, place).strip()
    if not plain.isascii() or not plain.isprintable():
        raise InvalidInput(f"{place} is {value!r}; expected plain letters, as a request's header takes them")
    return plain


def public_site(value: object, place: str) -> str:
    """Where trialog is reached from outside; empty where it is not."""
    return (
        site(value, place, what="where trialog is reached, such as https://trialog.example.org") if value != "" else ""
    )


def waits(value: object, place: str) -> tuple[float, ...]:
    """A list of seconds, in the environment separated by commas; none is shorter than the one before it."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts:
        raise InvalidInput(f"{place} is {value!r}; expected seconds, such as 0, 5, 300")
    found = tuple(seconds(0.0)(part, place) for part in parts)
    if list(found) != sorted(found):
        raise InvalidInput(f"{place} is {value!r}; expected waits that do not get shorter")
    return found


def networks(value: object, place: str) -> str:
    """Networks separated by commas."""
    given = text(value, place).strip()
    for part in filter(None, map(str.strip, given.split(","))):
        try:
            ipaddress.ip_network(part)
        except ValueError as err:
            raise InvalidInput(f"{place}: {part!r} is no network; expected such as 10.0.0.0/8 ({err})") from err
    return given


def secret(value: object, place: str) -> str:
    """A text that is never repeated in a message."""
    if not isinstance(value, str):
        raise InvalidInput(f"{place} is not a text; expected one in quotes")
    return value
