"""Text as the history interface gives it: HTML where API v2 has Markdown, escaped once or twice.

Source of the forms: recorded history answers. Fields with markup get paragraphs, lists and a line break after
each sentence; every text is escaped once, the addresses of links had been escaped before and so are twice.
"""

import html
import re

from tracker.domain.record import Json
from tracker.simulator.field_tree import markup_keys

_MARKDOWN_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_SENTENCE_END = re.compile(r"(?<=[.!?]) +(?=[A-Z])")
_BULLET = re.compile(r"\s*\* +(.*)")
_NUMBER = re.compile(r"\s*(\d+)\. +(.*)")
_LINKS = frozenset(
    {
        ("protocolSection", "referencesModule", "seeAlsoLinks", "url"),
        ("protocolSection", "referencesModule", "availIpds", "url"),
    }
)


def as_history(study: Json) -> Json:
    """A copy of ``study`` with its text as the history interface has it."""
    return _convert(study, ())


def as_legacy(study: Json) -> Json:
    """A copy of ``study`` for ``markupFormat=legacy``: the same text without Markdown's escapes."""
    return _unescaped(study, ())


def html_of(text: str) -> str:
    """Markdown as HTML, each sentence on a line of its own; a plain paragraph stays without a tag."""
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    told = [_block(block.split("\n")) for block in blocks]
    if len(told) == 1 and not told[0].startswith("<"):
        return told[0]
    return "".join(block if block.startswith("<") else f"<p>{block}</p>" for block in told)


def _block(lines: list[str]) -> str:
    bullets = [_BULLET.fullmatch(line) for line in lines]
    if all(bullets):
        return "<ul>" + "".join(f"<li>{_sentences(match[1])}</li>" for match in bullets if match) + "</ul>"
    numbers = [_NUMBER.fullmatch(line) for line in lines]
    if [str(n) for n in range(1, len(lines) + 1)] == [match[1] for match in numbers if match]:
        return "<ol>" + "".join(f"<li>{_sentences(match[2])}</li>" for match in numbers if match) + "</ol>"
    return _sentences("\n".join(lines))


def _sentences(text: str) -> str:
    return _SENTENCE_END.sub("\n", escaped(_MARKDOWN_ESCAPE.sub(r"\1", text)))


def escaped(text: str) -> str:
    """``text`` as the history interface escapes it once: the five of HTML, and the slash."""
    return html.escape(text).replace("/", "&#x2F;")


def _convert(value: Json, path: tuple[str, ...]) -> Json:
    if isinstance(value, dict):
        return {key: _convert(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_convert(item, path) for item in value]
    if not isinstance(value, str):
        return value
    if path in markup_keys():
        return html_of(value)
    return escaped(html.escape(value) if path in _LINKS else value)


def _unescaped(value: Json, path: tuple[str, ...]) -> Json:
    if isinstance(value, dict):
        return {key: _unescaped(item, (*path, key)) for key, item in value.items()}
    if isinstance(value, list):
        return [_unescaped(item, path) for item in value]
    return _MARKDOWN_ESCAPE.sub(r"\1", value) if isinstance(value, str) and path in markup_keys() else value
