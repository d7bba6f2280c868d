"""The house rules of the three packages, each a function from modules to the sentences that break it.

An empty list means that the rule holds. The floors are those of `docs/architecture.md`: a module
imports only from lower floors or from its own room, and two rooms of one floor are strangers.
Nothing here runs the code that it judges.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter

from tests.architecture.imports import Import, Module, imports_of

PACKAGES = ("tracker", "store", "notifiers")

FLOORS = {
    "store": 0,
    "notifiers": 0,
    "tracker.domain": 0,
    "tracker.ledger": 1,
    "tracker.registry": 1,
    "tracker.source": 1,
    "tracker.sources": 2,
    "tracker.diffing": 2,
    "tracker.views": 2,
    "tracker.simulator": 2,
    "tracker.clock_url": 2,
    "tracker.pipeline": 3,
    "tracker.alerts": 3,
    "tracker.delivery": 3,
    "tracker.access": 3,
    "tracker.doctor": 3,
    "tracker.services": 4,
    "tracker.posting": 4,
    "tracker.standing_requests": 4,
    "tracker.seeing": 4,
    "tracker.examining": 4,
    "tracker.logs": 4,
    "tracker.daemon": 5,
    "tracker.web": 5,
    "tracker.cli": 6,
    "tracker.docs": 7,
}

# A leaf is for every floor from the second up. It may import the standard library, and these.
LOWEST_READER_OF_LEAVES = 2
LEAVES: dict[str, tuple[str, ...]] = {
    "tracker.config_files": (),
    "tracker.setting_values": ("tracker.domain.errors", "tracker.domain.schedule"),
    "tracker.setting_groups": (),
    "tracker.setting_layers": ("tracker.config_files", "tracker.domain.errors"),
    "tracker.settings": (
        "tracker.setting_groups",
        "tracker.setting_layers",
        "tracker.setting_values",
        "tracker.domain.errors",
        "platformdirs",
    ),
}

# A library that decides much is met in one place only, so that replacing it stays a small change.
HOMES = {
    "apprise": ("notifiers.apprise",),
    "apscheduler": ("tracker.daemon.timers",),
    "deepdiff": ("tracker.diffing.differ",),
    "fastapi": ("tracker.web",),
    "filelock": ("tracker.daemon.lock",),
    "icalendar": ("tracker.web",),
    "limits": ("tracker.web.requests_limit",),
    "httpcore2": ("notifiers.guarded_connections", "notifiers.webhook"),
    "httpx2": ("tracker.sources.ctgov.transports.over_httpx",),
    "prometheus_client": ("tracker.web",),
    "pycurl": ("tracker.sources.ctgov.transports.over_curl",),
    "smtplib": ("notifiers.email",),
    "sqlalchemy": ("store", "tracker.views"),
    "starlette": ("tracker.web",),
    "uvicorn": ("tracker.web.serving", "tracker.web.patience", "tracker.web.application"),
}

ENVIRONMENT_READER = "tracker.settings"
ENVIRONMENT_NAMES = frozenset({"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"})


def unplaced_modules(modules: Iterable[Module]) -> list[str]:
    """Every module of `tracker` stands in a room that has a floor."""
    return [
        f"{module.name} stands on no floor: give its room one in FLOORS and in docs/architecture.md"
        for module in modules
        if module.name != "tracker" and _room(module.name) is None
    ]


def forbidden_imports(modules: Iterable[Module]) -> list[str]:
    """Every import among our packages points down a floor, into its own room, or to a leaf."""
    return [
        f"{_place(found)} imports {found.target}, {objection}"
        for found in _imports(modules)
        if (objection := _objection(found)) is not None
    ]


def impure_domain(modules: Iterable[Module]) -> list[str]:
    """The words and rules of trials need the standard library and nothing else."""
    return [
        f"{_place(found)} imports {found.target}, which is not in the standard library"
        for found in _imports(modules)
        if _is_within(found.importer, "tracker.domain")
        and not _is_within(found.target, "tracker.domain")
        and not _is_standard(found.target)
    ]


def misplaced_libraries(modules: Iterable[Module]) -> list[str]:
    """Each library of HOMES is imported at home only."""
    return [
        f"{_place(found)} imports {found.target}, whose home is {' and '.join(homes)}"
        for found in _imports(modules)
        if (homes := HOMES.get(_top(found.target))) is not None
        and not any(_is_within(found.importer, home) for home in homes)
    ]


def environment_reads(modules: Iterable[Module]) -> list[str]:
    """One module reads the environment; all others are told."""
    return [
        f"{module.name}:{line} reads os.{name}, which is for {ENVIRONMENT_READER}"
        for module in modules
        if not _is_within(module.name, ENVIRONMENT_READER)
        for name, line in _environment_uses(module.tree)
    ]


def import_cycles(modules: Iterable[Module]) -> list[str]:
    """No module needs itself, by whatever detour, not even for a type."""
    modules = tuple(modules)
    names = frozenset(module.name for module in modules)
    graph: dict[str, set[str]] = {name: set() for name in sorted(names)}
    for found in _imports(modules):
        if found.target in names:
            graph[found.importer].add(found.target)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [f"import cycle: {' -> '.join(reversed(error.args[1]))}"]
    return []


def busy_packages(modules: Iterable[Module]) -> list[str]:
    """An `__init__.py` holds a docstring, imports and `__all__`: names, never work."""
    problems = []
    for module in modules:
        if not module.is_package:
            continue
        if ast.get_docstring(module.tree) is None:
            problems.append(f"{module.name}/__init__.py has no docstring")
        problems += [
            f"{module.name}/__init__.py:{node.lineno} does work: {ast.unparse(node)}"
            for node in module.tree.body
            if not _is_naming(node)
        ]
    return problems


def _objection(found: Import) -> str | None:
    """Return why this import is forbidden, or None; imports of other people's packages are not judged."""
    importer, target = _room(found.importer), _room(found.target)
    if importer in LEAVES:
        return _leaf_objection(importer, found)
    if _top(found.target) not in PACKAGES or (target is not None and importer == target):
        return None
    if found.target == "tracker":
        return None if _top(found.importer) == "tracker" else "which knows trials"
    if importer is None or target is None:
        return "and one of the two stands on no floor"
    if target in LEAVES:
        is_high_enough = FLOORS[importer] >= LOWEST_READER_OF_LEAVES
        return None if is_high_enough else f"a leaf for floors from {LOWEST_READER_OF_LEAVES} up"
    if FLOORS[importer] == FLOORS[target]:
        return f"a stranger on its own floor {FLOORS[target]}"
    is_downward = FLOORS[importer] > FLOORS[target]
    return None if is_downward else f"up from floor {FLOORS[importer]} to {FLOORS[target]}"


def _leaf_objection(leaf: str, found: Import) -> str | None:
    allowed = (leaf, *LEAVES[leaf])
    if _is_standard(found.target) or any(_is_within(found.target, name) for name in allowed):
        return None
    return "but a leaf has only the standard library" + "".join(f", {name}" for name in LEAVES[leaf])


def _imports(modules: Iterable[Module]) -> Iterator[Import]:
    modules = tuple(modules)
    rooms = FLOORS.keys() | LEAVES.keys() | {name for names in LEAVES.values() for name in names}
    known = frozenset(module.name for module in modules) | rooms
    for module in modules:
        yield from imports_of(module, known)


def _room(name: str) -> str | None:
    rooms = (room for room in (*FLOORS, *LEAVES) if _is_within(name, room))
    return next(rooms, None)


def _is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


def _is_standard(name: str) -> bool:
    return _top(name) in sys.stdlib_module_names


def _top(name: str) -> str:
    return name.partition(".")[0]


def _place(found: Import) -> str:
    return f"{found.importer}:{found.line}"


def _environment_uses(tree: ast.Module) -> Iterator[tuple[str, int]]:
    names_of_os = {
        alias.asname or "os"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
        if alias.name == "os" or (_top(alias.name) == "os" and alias.asname is None)
    }
    for node in ast.walk(tree):
        match node:
            case ast.ImportFrom(module="os", names=names):
                yield from ((alias.name, node.lineno) for alias in names if alias.name in ENVIRONMENT_NAMES)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if owner in names_of_os:
                if name in ENVIRONMENT_NAMES:
                    yield name, node.lineno


def _is_naming(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id="__all__")]) | ast.AnnAssign(target=ast.Name(id="__all__")):
            return True
    return False
