"""The words by which a trial is found: which its record gives, and which a question holds. Pure.

A word is a run of letters and digits of a text without case and accents (``tracker.domain.text_search``). Each stands
behind the letter of its group, so that one index tells titles from sponsors: ``tmelanoma``, ``sroche``. A record's
words are one text; those of conditions, interventions, sponsors and countries stand as they do in the record, others
each once. Of one group's texts the first 20,000 characters count.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

from tracker.domain.facts import Facts
from tracker.domain.record import Json, list_at, module, text_at
from tracker.domain.text_search import fold

TITLE = "t"  # brief and official title, acronym
ID_PART = "n"  # of an id of several words
WHOLE_ID = "k"  # the trial's, its aliases', its organisation's, secondary ones: all letters and digits as one word
CONDITION = "c"
INTERVENTION = "i"
SPONSOR = "s"
COUNTRY = "l"
STATUS = "u"  # as published
PHASE = "p"

LEARNT = frozenset({TITLE, CONDITION, INTERVENTION, SPONSOR, COUNTRY})
"""Groups of which all words that there are must be known, to find one by its beginning or its middle."""

_MOST_CHARS = 20_000
_MOST_LETTERS = 250  # a longer word is several: databases have limits, and nobody asks for such
_WORD = re.compile(rf"[^\W_]{{1,{_MOST_LETTERS}}}")
_ASCII = "".join([chr(code).lower() if chr(code).isalnum() else " " for code in range(128)])
_BARE = re.compile(r"(?:nct)?(\d{1,8})")


def words_in(text: str) -> list[str]:
    """The words of ``text`` in its order.

    >>> words_in("Sjögren's syndrome, SS-A")
    ['sjogren', 's', 'syndrome', 'ss', 'a']
    """
    text = text[:_MOST_CHARS]
    if text.isascii():  # most are: several times as quick
        words = text.translate(_ASCII).split()
        if len(text) <= _MOST_LETTERS or max(map(len, words), default=0) <= _MOST_LETTERS:
            return words
    return _WORD.findall(fold(text))


def as_one_word(text: str) -> str:
    """All letters and digits of ``text``, for what is compared as a whole.

    >>> as_one_word("NCT 0346-0795"), as_one_word("ACTIVE_NOT_RECRUITING")
    ('nct03460795', 'activenotrecruiting')
    """
    return "".join(words_in(text))[:_MOST_LETTERS]


def whole_ids(text: str) -> list[str]:
    """The ids that ``text`` may be, each as one word: itself, and the NCT number whose digits it gives.

    >>> whole_ids("03460795"), whole_ids("nct 3460795"), whole_ids("AB-12")
    (['03460795', 'nct03460795'], ['nct3460795', 'nct03460795'], ['ab12'])
    """
    word = as_one_word(text)
    digits = _BARE.fullmatch(word)
    is_nct = digits is not None and (word.startswith("nct") or len(word) == 8)
    number = f"nct{int(digits[1]):08d}" if digits is not None and is_nct else word
    return list(dict.fromkeys(found for found in (word, number) if found))


def search_words(record: Json, facts: Facts) -> str:
    """The words of ``record``, whose facts these are, behind the letters of their groups and separated by spaces."""
    identification = module(record, "identificationModule")
    titles = [text_at(identification, name) for name in ("briefTitle", "officialTitle", "acronym")]
    ids = [words_in(text) for text in _ids(identification)]
    parts = [
        _grouped(TITLE, dict.fromkeys(words_in(_lines(titles)))),
        _grouped(CONDITION, words_in(_lines(facts.conditions))),
        _grouped(INTERVENTION, words_in(_lines(facts.interventions))),
        _remembered(SPONSOR, (facts.lead_sponsor,)),
        _remembered(COUNTRY, facts.countries),
        _grouped(WHOLE_ID, dict.fromkeys("".join(words)[:_MOST_LETTERS] for words in ids if words)),
        _grouped(ID_PART, dict.fromkeys(word for words in ids if len(words) > 1 for word in words)),
        _remembered_whole(STATUS, (facts.staleness.published_status or "",)),
        _remembered_whole(PHASE, facts.phases),
    ]
    return " ".join([part for part in parts if part])


def _ids(identification: Json) -> list[str]:
    secondary = [text_at(one, "id") for one in list_at(identification, "secondaryIdInfos")]
    others = [text_at(identification, "nctId"), text_at(identification, "orgStudyIdInfo", "id"), *secondary]
    return [text for text in (*others, *list_at(identification, "nctIdAliases")) if isinstance(text, str)]


def _lines(texts: Iterable[str | None]) -> str:
    return "\n".join([text for text in texts if text])


def _grouped(group: str, words: Iterable[str]) -> str:
    joined = f" {group}".join(words)
    return group + joined if joined else ""


@lru_cache(maxsize=4096)  # sponsors and lists of countries come again and again
def _remembered(group: str, texts: tuple[str | None, ...]) -> str:
    return _grouped(group, words_in(_lines(texts)))


@lru_cache(maxsize=256)  # so do statuses and phases
def _remembered_whole(group: str, texts: tuple[str, ...]) -> str:
    return _grouped(group, [word for word in map(as_one_word, texts) if word])
