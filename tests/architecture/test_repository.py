"""The repository is fit for strangers: no trace of one machine, no undocumented or overgrown module."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tracker.config_files import config_text

TOP = Path(__file__).resolve().parents[2]
PACKAGES = ("tracker", "store", "notifiers")

MOST_LINES_OF_A_FILE = 300
MOST_LINES_OF_A_FUNCTION = 60
REASON_TO_BE_LONG = re.compile(r"# long: \S")

# Assembled from pieces, so that this file does not hold what it looks for.
SLASH = "/"
DASHES = "-" * 2
MACHINE_FOLDERS = ("home", "root", "work", "Users")
INDEX_HOSTS = ("pypi" + r"\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian")
TRACES = re.compile(
    rf"(?<![\w.]){SLASH}(?:{'|'.join(MACHINE_FOLDERS)}){SLASH}"
    + rf"|{'|'.join(INDEX_HOSTS)}"
    + rf"|file:{SLASH}{{3}}\w"
    + rf"|{DASHES}(?:(?:extra-)?index-url|find-links)\b"
)

PIN = re.compile(r"[a-z0-9][a-z0-9-]*==\S+( ; [^\\]+)? \\")


def committed_files() -> tuple[Path, ...]:
    """Return the files that git has or would take, sorted; in an unpacked sdist, all but what tools made."""
    if not (TOP / ".git").exists():
        return tuple(path for path in sorted(TOP.rglob("*")) if path.is_file() and not _is_made_by_tools(path))
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listing = subprocess.run(command, cwd=TOP, check=True, capture_output=True, text=True).stdout
    paths = (TOP / name for name in listing.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def traces_of_a_machine(text: str) -> list[str]:
    """Return the lines that name a folder of one machine, or a package index."""
    return [line.strip() for line in text.splitlines() if TRACES.search(line)]


def lines_over_the_limit(source: str) -> list[str]:
    """Return a sentence if the file has too many lines."""
    count = len(source.splitlines())
    return [f"{count} lines"] if count > MOST_LINES_OF_A_FILE else []


def long_functions(source: str) -> list[str]:
    """Return each function that is too long and gives no reason, above it or in its first line."""
    lines = source.splitlines()
    return [
        f"{function.name}: {length} lines"
        for function in _functions(ast.parse(source))
        if (length := (function.end_lineno or function.lineno) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
        and not any(REASON_TO_BE_LONG.search(line) for line in _first_lines(function, lines))
    ]


def missing_docstring(source: str) -> list[str]:
    """Return a sentence if the module does not say what it is."""
    return [] if ast.get_docstring(ast.parse(source)) else ["no docstring"]


def unpinned_requirements(text: str) -> list[str]:
    """Return the lines that are neither a pin with hashes, nor a hash, nor a comment."""
    return [
        line
        for line in text.splitlines()
        if not (PIN.fullmatch(line) or line.startswith("    --hash=sha256:") or line.lstrip().startswith("#"))
    ]


def _is_made_by_tools(path: Path) -> bool:
    folders = path.relative_to(TOP).parts[:-1]
    return any(folder.startswith(".") or folder == "__pycache__" for folder in folders)


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _first_lines(function: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> list[str]:
    top = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return lines[max(top - 2, 0) : function.body[0].lineno]


def python_files(*folders: str) -> tuple[Path, ...]:
    """Return the committed modules below `folders`, or all of them."""
    modules = (path for path in committed_files() if path.suffix == ".py")
    return tuple(path for path in modules if not folders or path.relative_to(TOP).parts[0] in folders)


def findings(check: Callable[[str], list[str]], paths: tuple[Path, ...]) -> dict[str, list[str]]:
    """Return what `check` says, by file, where it says anything; bytes that are no text are skipped."""
    assert paths, "nothing to check"
    said = {path: check(path.read_text(encoding="utf-8", errors="ignore")) for path in paths}
    return {str(path.relative_to(TOP)): sentences for path, sentences in said.items() if sentences}


def test_no_file_names_a_machine_or_an_index() -> None:
    """What is committed works anywhere: it names no folder of one machine and no package index."""
    assert {} == findings(traces_of_a_machine, committed_files())


def test_every_module_has_a_docstring() -> None:
    """Every module says what it is before it does anything."""
    assert {} == findings(missing_docstring, python_files())


def test_files_are_short() -> None:
    """No module of our packages is so long that it must hold two ideas."""
    assert {} == findings(lines_over_the_limit, python_files(*PACKAGES))


def test_functions_are_short_or_give_a_reason() -> None:
    """No function of our packages is long without a comment that says why."""
    assert {} == findings(long_functions, python_files(*PACKAGES))


def test_requirements_are_pinned_with_hashes() -> None:
    """Every requirement is one release, and pip can tell a forged file from the one that was tested."""
    assert {} == findings(unpinned_requirements, tuple(sorted((TOP / "requirements").glob("*.txt"))))


def test_config_files_are_read_as_they_are_shipped() -> None:
    """The package hands out each file of config/ unchanged."""
    expected = {path.name: path.read_text(encoding="utf-8") for path in (TOP / "config").glob("*.toml")}
    assert expected, "config/ is empty"
    assert expected == {name: config_text(name) for name in expected}


def test_unknown_config_file_is_refused() -> None:
    """A name that was not shipped is an error that says the name."""
    with pytest.raises(FileNotFoundError, match=r"'nothing\.toml'"):
        config_text("nothing.toml")


@pytest.mark.parametrize(
    "line",
    (
        f"see {SLASH}home{SLASH}ada/notes",
        f"'{SLASH}root{SLASH}.cache'",
        f"{SLASH}Users{SLASH}ada",
        f"prefix={SLASH}work{SLASH}out",
        "https://" + "pypi" + ".org/simple",
        "https://files." + "python" + "hosted.org/x.whl",
        f"{DASHES}extra-index-url https://example.org",
        "x @ file:" + SLASH * 3 + "srv/x.whl",
    ),
)
def test_trace_of_a_machine_is_caught(line: str) -> None:
    """A line that names a machine's folder or an index is found among others."""
    assert [line] == traces_of_a_machine(f"first\n{line}\nlast")


@pytest.mark.parametrize(
    "line",
    (
        f"seen at school{SLASH}work{SLASH}play",
        f"https://example.org{SLASH}root{SLASH}x",
        f"..{SLASH}work{SLASH}x",
        "/var/lib/trialog",
        "from PyPI",
    ),
)
def test_innocent_line_is_no_trace(line: str) -> None:
    """Words, relative paths, addresses and a server's usual folders are not a machine's traces."""
    assert [] == traces_of_a_machine(line)


def test_missing_docstring_is_caught() -> None:
    """A comment is no docstring."""
    assert ["no docstring"] == missing_docstring("# what it is\nimport re\n")


@pytest.mark.parametrize(("count", "sentences"), ((300, []), (301, ["301 lines"])))
def test_long_file_is_caught(count: int, sentences: list[str]) -> None:
    """The limit is the last length that passes."""
    assert sentences == lines_over_the_limit("x = 1\n" * count)


@pytest.mark.parametrize(
    ("above", "first", "count", "sentences"),
    (
        ("", "", 60, []),
        ("", "", 61, ["f: 61 lines"]),
        ("# long: one case a status", "", 61, []),
        ("# long: one case a status\n@decorated", "", 61, []),
        ("", "# long: one case a status", 61, []),
        ("# long:", "", 61, ["f: 61 lines"]),
        ("# long: one case a status\n", "", 61, ["f: 61 lines"]),
    ),
)
def test_long_function_is_caught(above: str, first: str, count: int, sentences: list[str]) -> None:
    """A long function is found unless a reason stands right above it or in its first line."""
    body = [f"    {first or 'x = 0'}", *("    x = 1" for _ in range(count - 2))]
    source = "\n".join([above, "def f():", *body, ""])
    assert sentences == long_functions(source)


@pytest.mark.parametrize("line", ("click>=8", "click==8.5.1", "-r other.txt", "git+https://example.org/x", "./local"))
def test_unpinned_requirement_is_caught(line: str) -> None:
    """A range, a pin without hashes, an include and an address are found."""
    assert [line] == unpinned_requirements(f"# header\n{line}\n")
