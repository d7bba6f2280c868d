"""Nobody but those who are named reads the machine's calendar, and the rule is seen to catch who does."""

from pathlib import Path

import pytest

from tests.architecture import floors
from tests.architecture.calendar_reads import READERS, calendar_reads, idle_readers
from tests.architecture.imports import Module, parse_module, read_modules

TOP = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def our_modules() -> tuple[Module, ...]:
    """Every module of the three packages."""
    return read_modules(TOP, floors.PACKAGES)


def test_our_packages_take_the_time_from_the_port(our_modules: tuple[Module, ...]) -> None:
    """No module outside those named, which each have a reason, asks the machine what time it is."""
    assert [] == calendar_reads(our_modules)


def test_no_exception_outlives_its_reason(our_modules: tuple[Module, ...]) -> None:
    """Whoever is named still reads the calendar."""
    assert [] == idle_readers(our_modules)


@pytest.mark.parametrize(
    ("source", "found"),
    (
        ("from datetime import UTC, datetime\nnow = datetime.now(UTC)", "datetime.datetime.now"),
        ("from datetime import datetime as dt\nfields(\ndefault=dt.utcnow)", "datetime.datetime.utcnow"),
        ("import datetime\nday = datetime.date.today()", "datetime.date.today"),
        ("import datetime as d\ndef f():\n    return d.datetime.today()", "datetime.datetime.today"),
        ("import time\nstamp = int(time.time())", "time.time"),
        ("from time import time_ns as ns\nstamp = ns()", "time.time_ns"),
        ("import email.utils\nsent = email.utils.formatdate()", "email.utils.formatdate"),
        (
            "def f():\n    from tracker.domain.clock import SystemClock\n    return SystemClock()",
            "tracker.domain.clock.SystemClock",
        ),
    ),
)
def test_a_reading_of_the_calendar_is_caught(source: str, found: str) -> None:
    """Called or handed on, by whatever import: the sentence names module, line and what is read."""
    line = source.count("\n") + 1
    advice = "take the time from the clock that tracker.services hands out"
    assert [f"store.engine:{line} reads {found}: {advice}"] == calendar_reads([parse_module("store.engine", source)])


@pytest.mark.parametrize(
    "source",
    (
        "import time\nstarted_s = time.monotonic()\ntime.sleep(1)\nused = time.process_time()",
        "from datetime import datetime, time\nat = datetime.combine(day, time())\nread = datetime.fromisoformat(text)",
        "def answer(self):\n    return self.now(), datetime.now",
        "from tracker.domain.clock import Clock, require_aware\nnow = clock.now()",
    ),
)
def test_what_reads_no_calendar_passes(source: str) -> None:
    """Monotonic clocks, instants that are built or read, and clocks that were handed in break nothing."""
    assert [] == calendar_reads([parse_module("store.engine", source)])


def test_an_idle_exception_is_caught() -> None:
    """One who is named and reads nothing is found."""
    idle = idle_readers([parse_module(name, "") for name in READERS])
    assert [f"{name} reads no calendar: strike it from READERS" for name in READERS] == idle
