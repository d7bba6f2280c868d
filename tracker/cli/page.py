"""A page for people on standard output: lines, fields and tables that fit the terminal.

It promises that a pipe gets plain text, uncut and without escape codes, that nothing is wider than the
terminal, and that a table which would not fit becomes one paragraph per row. What it is given is text; it
interprets no markup, so nothing in a record can colour the page.
"""

import shutil
from collections.abc import Iterable, Sequence
from typing import NoReturn

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

_UNBOUNDED = 100_000  # columns of a pipe
_LEAST_WIDTH = 20
_LEAST_LAST_COLUMN = 24  # of a table whose last column wraps
_STACKED_BELOW = 60  # columns; narrower, a label stands above its value
_GAP = 2

Cell = Text | str


class _Console(Console):
    """A console that leaves a reader's going away to the front door."""

    def on_broken_pipe(self) -> NoReturn:
        raise BrokenPipeError


class Page:
    """Writes to standard output."""

    def __init__(self) -> None:
        columns = shutil.get_terminal_size((_UNBOUNDED, 24)).columns  # COLUMNS, else the terminal's
        self._width = max(columns, _LEAST_WIDTH)
        self._console = _Console(width=self._width, markup=False, highlight=False, emoji=False)
        self.is_coloured = self._console.is_terminal and not self._console.no_color

    @property
    def is_narrow(self) -> bool:
        """Whether label and value do not fit side by side."""
        return self._width < _STACKED_BELOW

    def line(self, text: Cell = "", *, indent: int = 0, hang: int = 0, style: str = "") -> None:
        """A paragraph; its further lines start ``hang`` columns behind its first."""
        text = _text(text, style)
        if "\n" not in text.plain and text.cell_len + indent <= self._width:
            self._print(Text(" " * indent) + text)
            return
        lines = text.wrap(self._console, max(self._width - indent - hang, _LEAST_WIDTH // 2))
        for number, wrapped in enumerate(lines):
            wrapped.rstrip()
            self._print(Text(" " * (indent + (hang if number else 0))) + wrapped)

    def fields(self, pairs: Iterable[tuple[str, Cell]], *, indent: int = 0) -> None:
        """Labels and values, those without a value left out."""
        known = [(label, _text(value)) for label, value in pairs if (value.plain if isinstance(value, Text) else value)]
        column = max((cell_len(label) for label, _ in known), default=0) + _GAP
        widest = column + indent + max((value.cell_len for _, value in known), default=0)
        for label, value in known:
            if self.is_narrow and widest > self._width:
                self.line(label, indent=indent, style="bold")
                self.line(value, indent=indent + 2)
            else:
                self._side_by_side(Text(label.ljust(column), style="bold"), value, indent)

    def _side_by_side(self, label: Text, value: Text, indent: int) -> None:
        column = label.cell_len
        lines = value.wrap(self._console, max(self._width - column - indent, _LEAST_WIDTH // 2))
        for number, wrapped in enumerate(lines):
            wrapped.rstrip()
            self._print(Text(" " * indent) + (label if number == 0 else Text(" " * column)) + wrapped)

    def table(self, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
        """Rows under headers; the last column wraps where it has to, and is the one that may be long."""
        table = [[_text(cell) for cell in row] for row in rows]
        widths = [
            max(cell_len(header), *(row[at].cell_len for row in table)) if table else cell_len(header)
            for at, header in enumerate(headers)
        ]
        before_last = sum(widths[:-1]) + _GAP * (len(headers) - 1)
        if before_last + min(widths[-1], _LEAST_LAST_COLUMN) > self._width:
            self._cards(headers, table)
            return
        self._row([Text(header, style="bold") for header in headers], widths)
        for row in table:
            self._row(row, widths)

    def _row(self, row: Sequence[Text], widths: Sequence[int]) -> None:
        start = Text()
        for cell, width in zip(row[:-1], widths, strict=False):
            start = start + cell + Text(" " * (width - cell.cell_len + _GAP))
        lines = row[-1].wrap(self._console, max(self._width - start.cell_len, _LEAST_WIDTH // 2)) or [Text()]
        for number, wrapped in enumerate(lines):
            wrapped.rstrip()
            line = (start if number == 0 else Text(" " * start.cell_len)) + wrapped
            line.rstrip()
            self._print(line)

    def _cards(self, headers: Sequence[str], rows: Sequence[Sequence[Text]]) -> None:
        for row in rows:
            name = f"{headers[0]} {row[0].plain}" if row[0].plain.isdigit() else row[0].plain
            self.line(name, style="bold")
            for header, cell in zip(headers[1:], row[1:], strict=True):
                if cell.plain not in ("", "-"):
                    self.line(Text(f"{header.lower()}: ", style="dim") + cell, indent=2, hang=2)

    def _print(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True)


def _text(cell: Cell, style: str = "") -> Text:
    return cell if isinstance(cell, Text) else Text(cell, style=style)
