"""Reads what a module imports, from its source alone: nothing is executed.

Promises every import, wherever it stands: at the top, in a function, under `TYPE_CHECKING`, relative,
or by a literal name through `importlib`. Does not know which imports are allowed: see `floors`.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

IMPORTING_CALLS = frozenset({"import_module", "__import__"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A parsed module, known by its dotted name."""

    name: str
    tree: ast.Module
    is_package: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import of `target`, the longest dotted name that is known to be a module."""

    importer: str
    target: str
    line: int


def parse_module(name: str, source: str, *, is_package: bool = False) -> Module:
    """Parse `source` as the module `name`; `is_package` says that it is an `__init__.py`."""
    return Module(name=name, tree=ast.parse(source), is_package=is_package)


def read_modules(top: Path, packages: tuple[str, ...]) -> tuple[Module, ...]:
    """Parse every module of `packages` below the folder `top`, sorted by path."""
    paths = (path for package in packages for path in sorted((top / package).rglob("*.py")))
    return tuple(_read_module(top, path) for path in paths)


def imports_of(module: Module, known_modules: frozenset[str]) -> Iterator[Import]:
    """Yield each import of `module`; `from a import b` targets `a.b` only if that is a known module."""
    for node in ast.walk(module.tree):
        for target in _targets(node, module, known_modules):
            yield Import(importer=module.name, target=target, line=getattr(node, "lineno", 0))


def _read_module(top: Path, path: Path) -> Module:
    parts = path.relative_to(top).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    name = ".".join(parts[:-1] if is_package else parts)
    return parse_module(name, path.read_text(encoding="utf-8"), is_package=is_package)


def _targets(node: ast.AST, module: Module, known_modules: frozenset[str]) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (alias.name for alias in names)
        case ast.ImportFrom(module=name, names=names, level=level):
            origin = _absolute(name or "", level, module)
            submodules = [f"{origin}.{alias.name}" for alias in names]
            yield from dict.fromkeys(name if name in known_modules else origin for name in submodules)
        case ast.Call(
            func=ast.Name(id=called) | ast.Attribute(attr=called), args=[ast.Constant(value=str(name)), *_]
        ) if called in IMPORTING_CALLS:
            level = len(name) - len(name.lstrip("."))
            yield _absolute(name.lstrip("."), level, module)


def _absolute(name: str, level: int, module: Module) -> str:
    if level == 0:
        return name
    parts = module.name.split(".")
    climbed = level - 1 if module.is_package else level
    package = parts[: len(parts) - climbed]
    return ".".join([*package, name] if name else package)
