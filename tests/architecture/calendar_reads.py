"""One more house rule: what time it is, is asked of the clock that was handed in, never of the machine.

Found is every name that leads to the machine's calendar, called or not, however it was imported. Monotonic clocks are
another matter: they measure, and tell no time.
"""

import ast
from collections.abc import Iterable, Iterator

from tests.architecture.imports import Module

CALENDAR = frozenset(
    {
        *("datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today", "datetime.date.today"),
        *("time.time", "time.time_ns", "time.clock_gettime", "time.clock_gettime_ns", "time.localtime", "time.gmtime"),
        *("time.ctime", "time.asctime", "time.strftime", "email.utils.formatdate", "email.utils.localtime"),
        "tracker.domain.clock.SystemClock",
    }
)

# Who may, and why.
READERS = {
    "tracker.domain.clock": "it is the machine's clock",
    "tracker.services": "it chooses the clock",
    "tracker.examining": "the doctor holds the machine's clock against others",
    "tracker.web.requests_limit": "how often somebody asked is counted in real minutes",
    "tracker.posting": "signatures of webhooks are judged by the clocks of their receivers",
    "tracker.sources.ctgov.courtesy": "a Retry-After that is a date goes by the registry's clock",
    "tracker.simulator.faults": "so does the one that the simulator sends",
    "tracker.simulator.server": "so does the Date of an HTTP answer",
    "tracker.daemon.timers": "APScheduler wakes by the machine's time, and decides nothing",
    "tracker.cli.demo.receivers": "a receiver holds signatures against a clock of its own",
    "tracker.cli.commands.simulate": "a simulated world begins at the machine's time, and tells its own from there",
}


def calendar_reads(modules: Iterable[Module]) -> list[str]:
    """The clock is a port, and only those who are named in READERS know another."""
    return [
        f"{module.name}:{line} reads {name}: take the time from the clock that tracker.services hands out"
        for module in modules
        if module.name not in READERS
        for name, line in _uses(module.tree)
    ]


def idle_readers(modules: Iterable[Module]) -> list[str]:
    """Nobody is named in READERS who has no need of it."""
    reading = {module.name for module in modules if any(_uses(module.tree))}
    return [f"{name} reads no calendar: strike it from READERS" for name in READERS if name not in reading]


def _uses(tree: ast.Module) -> Iterator[tuple[str, int]]:
    known = dict(_imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name | ast.Attribute):
            name = _full_name(node, known)
            if name in CALENDAR:
                yield name, node.lineno


def _imported(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each name that an import binds, and what it stands for."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for alias in names:
                    top = alias.name.partition(".")[0]
                    yield (alias.asname, alias.name) if alias.asname else (top, top)
            case ast.ImportFrom(module=str(module), names=names, level=0):
                for alias in names:
                    yield alias.asname or alias.name, f"{module}.{alias.name}"


def _full_name(node: ast.expr, known: dict[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return known.get(name, "")
        case ast.Attribute(value=value, attr=name):
            return f"{_full_name(value, known)}.{name}"
    return ""
