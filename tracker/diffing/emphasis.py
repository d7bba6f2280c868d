"""Emphasis: bold, italic and underlined text says what the same text says without it, in HTML and in Markdown alike.

Promises: only marks that come in pairs around words go, and only at the edges of words, so that every word and figure
stays as it was and apart from its neighbours: ``2*3*4``, ``Drug A* and B*`` and ``snake_case_name`` are text. A raised
or lowered figure keeps its mark, since 10^9^ is not 109; HTML's tag is written as that mark. It does not know a mark
that Markdown escapes from one that it does not, as a history snapshot escapes none. Recorded fields with such marks:
none so far; the rule is that of CommonMark, narrowed.
"""

import re

MARKUP_KEYS = frozenset(
    (
        *("briefSummary", "detailedDescription", "eligibilityCriteria", "studyPopulation", "genderDescription"),
        *("description", "interventionModelDescription", "maskingDescription", "accessCriteria"),
        *("populationDescription", "preAssignmentDetails", "recruitmentDetails", "groupDescription"),
        *("comment", "estimateComment", "statisticalComment", "notes"),
    )
)
"""The names of the fields with markup: those in which live records escape Markdown's characters."""

TAG_MARKS = {"sub": "~", "sup": "^", "b": "", "strong": "", "i": "", "em": "", "u": "", "span": ""}
"""What stands for the tags inside a line."""

_MOST_NESTED = 3
_OPENS, _CLOSES = r"(?=[^\s*_)\]},.;:!?])", r"(?<=[^\s*_(\[{])"
_STARS = re.compile(rf"(?<![\w*])(\*{{1,3}}){_OPENS}((?:[^*]|(?<=\w)\*(?=\w))+){_CLOSES}\1(?![\w*])")
_UNDERLINES = re.compile(rf"(?<!\w)(_){_OPENS}((?:[^_]|(?<=[^\W_])_(?=[^\W_]))+){_CLOSES}\1(?!\w)")


def without_emphasis(text: str) -> str:
    """``text``, in which lines and paragraphs are told apart no more, without the marks of emphasis.

    >>> without_emphasis("**Inclusion:** 2*3*4 _mg_ of *Drug A*, not a_b_c")
    'Inclusion: 2*3*4 mg of Drug A, not a_b_c'
    """
    for _ in range(_MOST_NESTED):
        plain = _UNDERLINES.sub(r"\2", _STARS.sub(r"\2", text)) if "*" in text or "_" in text else text
        if plain == text:
            break
        text = plain
    return text
