"""What the parsers of a page text share: the draft they write into, and how values stand on the page.

It promises that nothing said on the page is lost: a line that no parser understands is kept in ``unread``.
It does not know any section.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tracker.domain.record import OWN_SECTION, Json

NOT_SAID = ("", "-", "N/A")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDraft:
    """The record as it grows, and the lines that found no place in it."""

    record: dict[str, Json] = field(default_factory=dict)
    unread: list[str] = field(default_factory=list)

    def put(self, *keys: str, value: Json) -> None:
        """Set a value of the protocol section; None and empty lists are not set."""
        put_at(self.record, "protocolSection", *keys, value=value)

    def put_own(self, key: str, value: Json) -> None:
        """Set what API v2 has no place for."""
        put_at(self.record, OWN_SECTION, key, value=value)


def put_at(record: dict[str, Json], *keys: str, value: Json) -> None:
    """Set ``value`` at ``keys``, making the objects on the way; None and empty lists are not set."""
    if value is None or value == []:
        return
    for key in keys[:-1]:
        record = record.setdefault(key, {})
    record[keys[-1]] = value


def said(text: str | None) -> str | None:
    """``text``, or None where the page's mark for nothing stands."""
    stripped = (text or "").strip()
    return None if stripped in NOT_SAID else stripped


def after(line: str, label: str) -> str | None:
    """What follows ``label`` in ``line`` (``Group Type EXPERIMENTAL``); None in another line."""
    if line == label:
        return ""
    return line[len(label) :].strip() if line.startswith((f"{label} ", f"{label}:")) else None


def without_none(**values: Json) -> dict[str, Json]:
    """An object of the values that are said."""
    return {key: value for key, value in values.items() if value not in (None, [])}


def labelled(values: list[str], labels: Mapping[str, object], unread: list[str]) -> Iterator[tuple[str, str]]:
    """Label and value where each stands on its own line; a label followed by another label has no value."""
    at = 0
    while at < len(values):
        label, following = values[at], values[at + 1] if at + 1 < len(values) else None
        if label not in labels:
            unread.append(label)
            at += 1
        elif following is None or following in labels:
            at += 1
        else:
            yield label, following
            at += 2


def ending_with(values: list[str], label: str, unread: list[str]) -> Iterator[tuple[list[str], str]]:
    """Items that end with a ``label`` line: the lines before it, and what the label says."""
    item: list[str] = []
    for line in values:
        value = after(line, label)
        if value is None:
            item.append(line)
        else:
            yield item, value
            item = []
    unread.extend(item)


def led_by_name(values: list[str], label: str, unread: list[str]) -> Iterator[tuple[str, str, list[str]]]:
    """Items of a name, a ``label`` line and more lines: the name, what the label says, and the rest."""
    marks = [index for index, line in enumerate(values) if index and after(line, label) is not None]
    unread.extend(values[: marks[0] - 1] if marks else values)
    for mark, following in zip(marks, [*marks[1:], len(values) + 1], strict=True):
        yield values[mark - 1], after(values[mark], label) or "", values[mark + 1 : following - 1]


def bare(text: str) -> str:
    """What follows a label, without its colon."""
    return text.removeprefix(":").strip()
