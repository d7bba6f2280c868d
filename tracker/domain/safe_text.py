"""Text from records made safe to show: what a terminal would obey or a reader would not see, as escapes.

Records are written by strangers. A control character could move the cursor or set a colour, and a bidirectional
override could make one word look like another; neither reaches a terminal raw.
"""

import re
import unicodedata

_JOINERS = "\u200c\u200d"  # part of how some scripts and emoji are spelt
_PERHAPS = re.compile(r"[^\n\x20-\x7e\xa1-\xac\xae-\u02ff]")  # the rest is looked at one by one
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shown(text: str) -> str:
    """``text`` with control, invisible and bidirectional characters as escapes; line ends stay.

    >>> shown("a\\x1b[31mb\\u202ec")
    'a\\\\x1b[31mb\\\\u202ec'
    """
    if text.isascii() and text.isprintable():  # most are, and this is soon said
        return text
    return _PERHAPS.sub(_escape, text.replace("\r\n", "\n").replace("\t", " "))


def one_line(text: str) -> str:
    """``text`` as ``shown``, its white space closed up to single blanks."""
    return " ".join(shown(text).split())


def shortened(text: str, most: int) -> str:
    """``one_line`` of ``text``, cut at a blank where it is longer than ``most`` characters."""
    line = one_line(text)
    if len(line) <= most:
        return line
    cut = line[: most - 1]
    return (cut[: cut.rfind(" ")] if " " in cut[most // 2 :] else cut) + "…"


def _escape(match: re.Match[str]) -> str:
    char = match.group()
    if char in _JOINERS or unicodedata.category(char) not in _UNSEEN:
        return char
    return char.encode("unicode_escape").decode("ascii")
