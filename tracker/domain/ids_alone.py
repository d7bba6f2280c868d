"""Whether a search names nothing but trial ids, however they are written. Pure.

It promises to see ids through quotes, brackets, commas, ``OR`` and ``AND`` in any case, full-width letters, and the
areas of the registry's expressions (``AREA[NCTId]NCT00000001``), and to take a word that is no id for a real condition.
Ids that are only ruled out (``NOT NCT00000001``) name no trials. It does not know whether the trials exist.
"""

import re
import unicodedata

_SPACED_ID = re.compile(r"\bNCT[\s_-]+(?=\d{8}\b)", re.ASCII | re.IGNORECASE)
_WHERE_AND_HOW = re.compile(r"\b(?:AREA|COVERAGE|EXPANSION|SEARCH|TILT)\s*\[[^\]]*\]", re.IGNORECASE)
_TOKEN = re.compile(r"[()]|[^\W_]+")
_ID = re.compile(r"NCT\d+", re.ASCII | re.IGNORECASE)
_JOINS = frozenset({"AND", "OR"})


def ids_alone(text: str) -> tuple[str, ...]:
    """The ids of ``text`` in capitals, in its order, where it asks for nothing else; empty where it does.

    >>> ids_alone('("nct03460795") OR AREA[NCTId]NCT00000001')
    ('NCT03460795', 'NCT00000001')
    >>> ids_alone("NCT03460795 asthma")
    ()
    """
    wanted, asks_for_more = _read(_tokens(text))
    return () if asks_for_more else tuple(dict.fromkeys(wanted))


def ids_in(text: str) -> tuple[str, ...]:
    """All ids that ``text`` names, in capitals, each once."""
    return tuple(dict.fromkeys(token.upper() for token in _tokens(text) if _ID.fullmatch(token)))


def _tokens(text: str) -> list[str]:
    plain = _WHERE_AND_HOW.sub(" ", unicodedata.normalize("NFKC", text))
    return _TOKEN.findall(_SPACED_ID.sub("NCT", plain))


def _read(tokens: list[str]) -> tuple[list[str], bool]:
    """The ids that are wanted, and whether any other word stands among them."""
    wanted: list[str] = []
    is_not, outer = False, [False]  # whether the next operand is ruled out; the same of each open bracket
    for token in tokens:
        word = token.upper()
        if word == "(":
            outer.append(is_not != outer[-1])
            is_not = False
        elif word == ")":
            outer = outer[:-1] or [False]
            is_not = False
        elif word == "NOT":
            is_not = not is_not
        elif _ID.fullmatch(word):
            if is_not == outer[-1]:
                wanted.append(word)
            is_not = False
        elif word not in _JOINS:
            return wanted, True
    return wanted, False
