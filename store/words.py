"""Which words rows are asked for: a question in all, any and except, written as a database's own text search reads it.

A word is a run of letters and digits, in any script, as its owner folded it: nothing here cuts, folds or stems, so both
databases find the same rows. It promises that no word can be read as anything but itself. Pure.
"""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """Rows with this word, or with one that begins so."""

    text: str
    is_prefix: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """Rows that each part finds; there is at least one part."""

    parts: "tuple[Asked, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Some:
    """Rows that at least one part finds; without a part, none."""

    parts: "tuple[Asked, ...]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Except:
    """Rows that ``wanted`` finds and ``unwanted`` does not."""

    wanted: "Asked"
    unwanted: "Asked"


Asked: TypeAlias = Word | Every | Some | Except

_NOWHERE = Word(text="-")  # no word has a hyphen


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSyntax:
    """How a database writes such a question."""

    quote: str
    prefix: str
    every: str
    some: str
    but: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordIndexSql:
    """The statements of one index of words over one table.

    ``keys`` selects the column ``found`` of the rows that the question in the parameter :asked finds; ``empty`` takes
    all rows out of table and index. The last of ``listed`` selects each word in the index with the number of each row
    that has it, in a transaction that changes nothing; it is empty where an index cannot part from its table.
    """

    make: tuple[str, ...]
    drop: tuple[str, ...]
    empty: tuple[str, ...]
    keys: str
    listed: tuple[str, ...] = ()


def written(asked: Asked, syntax: WordSyntax) -> str:
    """``asked`` in the database's words.

    >>> fts = WordSyntax(quote='"', prefix="*", every=" AND ", some=" OR ", but=" NOT ")
    >>> written(Except(wanted=Word(text="a", is_prefix=True), unwanted=Word(text="b")), fts)
    '("a"* NOT "b")'
    """
    match asked:
        case Word(text=text, is_prefix=is_prefix):
            return f"{syntax.quote}{text}{syntax.quote}{syntax.prefix if is_prefix else ''}"
        case Every(parts=parts):
            return f"({syntax.every.join(written(part, syntax) for part in parts)})"
        case Some(parts=parts):
            return f"({syntax.some.join(written(part, syntax) for part in parts or (_NOWHERE,))})"
        case Except(wanted=wanted, unwanted=unwanted):
            return f"({written(wanted, syntax)}{syntax.but}{written(unwanted, syntax)})"
