"""Header texts of mail made harmless, and the policy that writes them.

Promises that no control, bidirectional or invisible character of a record reaches a header, and no encoded word: the
standard library decodes ``=?utf-8?q?=0D=0ABcc:...?=`` in a value that it is given, and may write the result as a
header of its own. Addresses and URLs stay in one piece.
"""

import re
import unicodedata
from email.policy import EmailPolicy
from typing import Any

LONGEST_LINE = 998  # RFC 5322, 2.1.1
MOST_SUBJECT = 400
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BEGINNING, _END = re.compile("=( ?)[?]"), re.compile("[?]( ?)=")
_JOINERS = "\u200c\u200d"  # part of how some scripts and emoji are spelt
_WHOLE = frozenset({"list-unsubscribe", "list-id", "message-id", "references", "in-reply-to"})


class LetterPolicy(EmailPolicy):
    """Writes machine-read headers on one line: folded ones would be encoded words, which no mail program follows."""

    def fold_binary(self, name: str, value: Any) -> bytes:
        if name.lower() in _WHOLE:
            return f"{name}: {value}{self.linesep}".encode("ascii")
        return bytes(super().fold_binary(name, value))


POLICY = LetterPolicy(linesep="\r\n", raise_on_defect=False)
UTF8_POLICY = POLICY.clone(utf8=True)


def header_text(text: str, *, most: int = MOST_SUBJECT) -> str:
    """``text`` on one line, without what a reader cannot see, and without beginning or end of an encoded word.

    The blanks at which the header may be folded are not enough to break one: some readers unfold without them.
    """
    seen = "".join(char if char in _JOINERS or unicodedata.category(char) not in _UNSEEN else " " for char in text)
    line = _END.sub(r"?\1_=", _BEGINNING.sub(r"=\1_?", " ".join(seen.split())))
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def token(text: str) -> str:
    """``text`` as a part of an identifier: letters, digits, ``.``, ``_`` and ``-`` of ASCII, others as ``-``."""
    kept = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "-" for char in text)
    return kept.strip(".-")[:128] or "none"


def body_text(text: str) -> str:
    """``text`` as it can be encoded: lone surrogates become question marks."""
    return text.encode("utf-8", "replace").decode("utf-8")
