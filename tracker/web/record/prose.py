"""Prose of records as paragraphs and lists: Markdown of live records, escaped HTML of their history. Pure.

It promises text and nothing else: every tag and escape is read or shown as it is written, never passed on, and no word
is lost. It knows paragraphs, bullets, numbers and how deep they are indented; emphasis says nothing and goes.
"""

import html
import re
from collections.abc import Iterator

from tracker.diffing.emphasis import without_emphasis
from tracker.domain.safe_text import one_line, shown
from tracker.web.record.parts import Block, Item

_MOST_ESCAPED = 4
_MOST_DEPTH = 4
_TAG = re.compile(
    r"""<(/?)(p|br|div|span|ul|ol|li|b|i|em|strong|u|sub|sup|h[1-6])"""
    r"""(?:\s+[a-z-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>/]+))*\s*/?>""",
    re.IGNORECASE,
)
_INLINE = {"sub": "~", "sup": "^"}
_IN_LINE = frozenset({"span", "b", "i", "em", "strong", "u"})
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>~|&^$\"'/:=@%,;?])")
_MARK = re.compile(r"(?P<indent>\s*)(?:(?P<bullet>[*•·-])|(?P<number>\(?(?:\d{1,3}|[a-zA-Z])[.)]))\s+(?P<text>\S.*)")


def plain_lines(text: str) -> str:
    """Prose as plain lines without tags and escapes, as it is compared word by word.

    >>> plain_lines("&lt;p&gt;Age &amp;gt; 18&lt;/p&gt;")
    'Age > 18'
    """
    return "\n".join(_line(item, block.kind) for block in blocks_of(text) for item in block.items)


def blocks_of(text: str) -> tuple[Block, ...]:
    """The paragraphs and lists of a text."""
    found: list[Block] = []
    for kind, item, is_new in _items(_unpacked(text)):
        before = found[-1] if found else None
        if before is not None and before.kind == kind == "list" and not is_new:
            found[-1] = Block(kind="list", items=(*before.items, item))
        else:
            found.append(Block(kind=kind, items=(item,)))  # type: ignore[arg-type]  # one of the two kinds
    return tuple(found)


def _items(text: str) -> Iterator[tuple[str, Item, bool]]:
    """Kind, item and whether a list begins anew; lines that go on are joined to what they belong to."""
    pending: list[str] = []
    item: re.Match[str] | None = None
    is_new = True
    for line in [*text.split("\n"), ""]:
        mark = _MARK.fullmatch(line)
        if mark is None and line.strip():
            pending.append(line)
            continue
        if pending:
            yield _finished(item, pending, is_new=is_new)
            is_new = item is None
        item, pending = mark, [mark["text"]] if mark else []
    if pending:
        yield _finished(item, pending, is_new=is_new)


def _finished(mark: re.Match[str] | None, lines: list[str], *, is_new: bool) -> tuple[str, Item, bool]:
    text = _cleaned(" ".join(lines))
    if mark is None:
        return "paragraph", Item(text=text), is_new
    depth = min(_MOST_DEPTH, len(mark["indent"].expandtabs(4)) // 2)
    return "list", Item(text=text, depth=depth, number=mark["number"]), is_new


def _cleaned(text: str) -> str:
    return without_emphasis(_ESCAPED.sub(r"\1", one_line(text)))


def _line(item: Item, kind: str) -> str:
    return item.text if kind == "paragraph" else f"{'  ' * item.depth}{item.number or '•'} {item.text}"


def _unpacked(text: str) -> str:
    """Escapes of HTML undone and its tags turned into line ends and Markdown's marks."""
    for _ in range(_MOST_ESCAPED):
        if "&" not in text:
            break
        text = html.unescape(text)
    if "<" in text:
        text = _without_tags(text)
    return shown(text)


def _without_tags(text: str) -> str:
    numbers: list[int] = []  # for each open list the number of its last item, or -1 where it has bullets

    def replaced(match: re.Match[str]) -> str:
        closing, name = match.group(1), match.group(2).lower()
        if name in _INLINE:
            return _INLINE[name]
        if name in _IN_LINE:
            return ""
        if name in ("ul", "ol"):
            if not closing:
                numbers.append(-1 if name == "ul" else 0)
            elif numbers:
                numbers.pop()
            return "\n"
        if name != "li" or closing:
            return "\n" if name in ("br", "li") else "\n\n"
        if not numbers or numbers[-1] < 0:
            return f"\n{'  ' * max(0, len(numbers) - 1)}* "
        numbers[-1] += 1
        return f"\n{'  ' * (len(numbers) - 1)}{numbers[-1]}. "

    return _TAG.sub(replaced, text)
