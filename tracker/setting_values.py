"""What the value of a setting may be: checks that answer the value, or say what was expected at which place.

They take what TOML and what the environment can say, where everything is text. Pure.
"""

import difflib
import ipaddress
import math
import re
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from tracker.domain.errors import InvalidInput
from tracker.domain.schedule import parse_rules

Check = Callable[[object, str], object]
_LOOPBACK = {4: ipaddress.ip_network("127.0.0.0/8"), 6: ipaddress.ip_network("::1/128")}
_LONGEST_S = 86_400.0
_LAST_PORT = 65_535
_AGE = re.compile(r"([1-9]\d{0,4})d", re.ASCII)


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


def number(least: float, most: float, *, unit: str) -> Callable[[object, str], float]:
    """A number of some unit."""

    def check(value: object, place: str) -> float:
        try:
            given = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type] # refused below
        except (TypeError, ValueError):
            given = math.nan
        if not least <= given <= most:  # NaN is in no range
            raise InvalidInput(f"{place} is {value!r}; expected {unit} from {least:g} to {most:g}")
        return given

    return check


def seconds(least: float) -> Callable[[object, str], float]:
    """Seconds, a day at most."""
    return number(least, _LONGEST_S, unit="seconds")


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


def clock_address(value: object, place: str) -> str:
    """An http address on this machine that tells the time; empty for the machine's own clock."""
    address = text(value, place).strip()
    if not address:
        return ""
    expected = f"{place} is {value!r}; expected an http address on this machine, such as http://127.0.0.1:8485/clock"
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for one that is none
    except ValueError as err:
        raise InvalidInput(expected) from err
    if (
        parts.scheme != "http"
        or not _is_on_this_machine(parts.hostname or "")
        or parts.username is not None
        or parts.fragment
        or not address.isascii()
        or not address.isprintable()
        or " " in address
    ):
        raise InvalidInput(expected)
    return address


def _is_on_this_machine(host: str) -> bool:
    """Whether it is 127.0.0.0/8, ::1 or localhost; no other name, since that may lead elsewhere tomorrow."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address in _LOOPBACK[address.version]


def waits(value: object, place: str) -> tuple[float, ...]:
    """A list of seconds, in the environment separated by commas; none is shorter than the one before it."""
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, list) or not parts:
        raise InvalidInput(f"{place} is {value!r}; expected seconds, such as 0, 5, 300")
    found = tuple(seconds(0.0)(part, place) for part in parts)
    if list(found) != sorted(found):
        raise InvalidInput(f"{place} is {value!r}; expected waits that do not get shorter")
    return found


def yes_or_no(value: object, place: str) -> bool:
    """true or false."""
    if isinstance(value, bool):
        return value
    if value not in ("true", "false"):
        raise InvalidInput(f"{place} is {value!r}; expected true or false")
    return value == "true"


def origins(value: object, place: str) -> str:
    """Origins of web pages, such as https://example.org, separated by commas; ``*`` alone for all."""
    given = text(value, place).strip()
    for part in filter(None, map(str.strip, given.split(","))) if given != "*" else ():
        found = site(part, place, what="origins, such as https://example.org")
        if urlsplit(found).path:
            raise InvalidInput(
                f"{place}: {part!r} is no origin; expected one without a path, such as https://example.org"
            )
    return given


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


def rules(value: object, place: str) -> tuple[str, ...]:
    """Rules of a schedule; in a text, such as one of the environment, separated by semicolons, as cron has commas."""
    parts = value.split(";") if isinstance(value, str) else value
    if not isinstance(parts, list) or not all(isinstance(part, str) for part in parts):
        raise InvalidInput(f'{place} is {value!r}; expected a list of rules, such as ["every 20m"], or ["off"]')
    try:
        return parse_rules(parts).texts
    except InvalidInput as err:
        raise InvalidInput(f"{place}: {err}") from err


def age_days(value: object, place: str) -> int:
    """An age in whole days, such as 180d."""
    found = _AGE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise InvalidInput(f"{place} is {value!r}; expected a number of days from 1d, such as 180d")
    return int(found[1])


def listen_address(value: object, place: str) -> str:
    """A host and a port, such as 127.0.0.1:8484; empty for ``off``."""
    given = text(value, place).strip()
    if given.lower() in ("off", ""):
        return ""
    host, _, port = given.rpartition(":")
    plain = host.removeprefix("[").removesuffix("]")
    if not plain or not port.isascii() or not port.isdigit() or not int(port) <= _LAST_PORT:
        raise InvalidInput(f"{place} is {value!r}; expected a host and a port, such as 127.0.0.1:8484, or off")
    return given
