"""Which trials a search asks for, and its question for words, rank by rank.

Ranks, each without the trials of those before it:

0. an id is the text: in any case, however spaced, NCT numbers by their digits; that of a merged trial finds the other;
1. all its words are in titles;
2. all its words are in titles, conditions, interventions, the lead sponsor's name or ids, together;
3. and 4. the same where the last word, of three letters or more, only begins so; of more than 100 such words in
   titles, conditions, interventions or sponsors the shortest count. An NCT number begins so from its fifth digit on.

Of the text the first 1,000 characters count, and of a text's words the first 32. A filter's words narrow the search
where an index can; what it cannot decide, such as two words beside each other, is left to whoever reads the rows
(``is_exact``).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, func, select

from store.words import Asked, Every, Except, Some, Word
from tracker.domain import search_words as groups
from tracker.domain.search_words import as_one_word, whole_ids, words_in
from tracker.domain.text_search import fold
from tracker.domain.trial_id import is_trial_id
from tracker.views.tables import TRIALS, WORDS

_LEARNT_ANYWHERE = (groups.TITLE, groups.CONDITION, groups.INTERVENTION, groups.SPONSOR)
_ANYWHERE = (*_LEARNT_ANYWHERE, groups.ID_PART, groups.WHOLE_ID)
_MOST_CHARS = 1000
_MOST_WORDS = 32
_MOST_BEGUN = 100  # in one group
_MOST_HELD = 200
_LEAST_PREFIX = 3
_PART_OF_NUMBER = re.compile(r"nct\d{5,7}")
_LAST_LETTER = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialFilter:
    """Which trials; the values of one filter are alternatives, different filters must all hold.

    ``text``: see the module; None or blank asks for nothing, one without a letter or digit finds nothing. Conditions,
    interventions, sponsors and countries are texts anywhere in the value, without regard to case and accents, as
    everywhere in trialog; status (as published) and phases are the registry's words in any case.
    """

    text: str | None = None
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()
    sponsors: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """What the words of a filter's values say: ``asked`` None where they narrow nothing down.

    ``like``: a pattern of words one after another, which all that is found is like.
    """

    asked: Asked | None
    is_exact: bool
    like: tuple[str, ...] = ()


def ranks(connection: Connection, text: str | None) -> "Sequence[Callable[[], Asked | None]]":
    """The questions of the ranks, each worked out when it is asked for; None asks for all trials."""
    if text is None or not text.strip():
        return [lambda: None]
    text = fold(text[:_MOST_CHARS])
    ids, words = whole_ids(text), list(dict.fromkeys(words_in(text)))[:_MOST_WORDS]
    if not words:
        return []
    by_id = Some(parts=tuple(Word(text=groups.WHOLE_ID + one) for one in (*ids, *_survivors(connection, ids))))
    by_title = _every(words, (groups.TITLE,))
    anywhere = _every(words, _ANYWHERE)
    found: list[Callable[[], Asked | None]] = [
        lambda: by_id,
        lambda: Except(wanted=by_title, unwanted=by_id),
        lambda: Except(wanted=anywhere, unwanted=Some(parts=(by_id, by_title))),
    ]
    if len(words[-1]) >= _LEAST_PREFIX and text[-1].isalnum():
        before = Some(parts=(by_id, anywhere))
        title = _Beginning(connection=connection, words=words, groups=(groups.TITLE,))
        any_one = _Beginning(connection=connection, words=words, groups=_LEARNT_ANYWHERE)
        found += [
            lambda: Except(wanted=title.asked(), unwanted=before),
            lambda: Except(wanted=any_one.asked(), unwanted=Some(parts=(before, title.asked()))),
        ]
    return found


def _every(words: Sequence[str], among: Sequence[str]) -> Every:
    return Every(parts=tuple(Some(parts=tuple(Word(text=group + word) for group in among)) for word in words))


def _survivors(connection: Connection, ids: Sequence[str]) -> list[str]:
    """The trials into which those of ``ids`` were merged, as whole ids."""
    named = [one.upper() for one in ids if is_trial_id(one.upper())]
    question = select(TRIALS.c.merged_into).where(TRIALS.c.trial_id.in_(named), TRIALS.c.merged_into.is_not(None))
    return [one.lower() for one in connection.scalars(question)] if named else []


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beginning:
    """All words as they are but the last, which begins so, in one of the groups."""

    connection: Connection
    words: Sequence[str]
    groups: Sequence[str]

    def asked(self) -> Asked:
        last = self.words[-1]
        begun = [Word(text=word) for group in self.groups for word in self._begun(group + last)]
        if _PART_OF_NUMBER.fullmatch(last) and len(self.groups) > 1:
            begun.append(Word(text=groups.WHOLE_ID + last, is_prefix=True))
        whole = _ANYWHERE if len(self.groups) > 1 else self.groups
        return Every(parts=(*_every(self.words[:-1], whole).parts, Some(parts=tuple(begun))))

    def _begun(self, start: str) -> Sequence[str]:
        return _learnt(self.connection, _begins(start), most=_MOST_BEGUN)


def _begins(start: str) -> ColumnElement[bool]:
    return and_(WORDS.c.word >= start, WORDS.c.word <= start + _LAST_LETTER)


def _learnt(connection: Connection, condition: ColumnElement[bool], *, most: int) -> Sequence[str]:
    """The words for which ``condition`` holds, the shortest ``most`` of them."""
    question = select(WORDS.c.word).where(condition).order_by(func.length(WORDS.c.word), WORDS.c.word).limit(most)
    return connection.scalars(question).all()


def narrowed(connection: Connection, wanted: TrialFilter) -> Narrowed:
    """What all filters say together."""
    found = [
        *_by_texts(connection, groups.CONDITION, wanted.conditions),
        *_by_texts(connection, groups.INTERVENTION, wanted.interventions),
        *_by_texts(connection, groups.SPONSOR, wanted.sponsors),
        *_by_texts(connection, groups.COUNTRY, wanted.countries),
        *_by_names(groups.STATUS, wanted.statuses),
        *_by_names(groups.PHASE, wanted.phases),
    ]
    parts = tuple(one.asked for one in found if one.asked is not None)
    like = tuple(pattern for one in found for pattern in one.like)
    return Narrowed(asked=Every(parts=parts) if parts else None, is_exact=all(one.is_exact for one in found), like=like)


def _by_names(group: str, names: tuple[str, ...]) -> list[Narrowed]:
    words = tuple(Word(text=group + as_one_word(name)) for name in names)
    return [Narrowed(asked=Some(parts=words), is_exact=True)] if names else []


def _by_texts(connection: Connection, group: str, texts: tuple[str, ...]) -> list[Narrowed]:
    if not texts:
        return []
    found = [_by_text(connection, group, text) for text in texts]
    if len(found) == 1:
        return found
    parts = tuple(one.asked for one in found if one.asked is not None)
    is_narrow = len(parts) == len(found)  # one that narrows nothing leaves all of them so
    return [Narrowed(asked=Some(parts=parts) if is_narrow else None, is_exact=all(one.is_exact for one in found))]


def _by_text(connection: Connection, group: str, text: str) -> Narrowed:
    """A text anywhere in a value: its first word may be the end of one there, and its last the beginning."""
    text = fold(text)
    words = words_in(text)[:_MOST_WORDS]
    if not words:
        return Narrowed(asked=None, is_exact=False)
    parts = []
    for place, word in enumerate(words):
        begins = place > 0 or not text.startswith(word)
        ends = place < len(words) - 1 or not text.endswith(word)
        held = _held(connection, group, word, begins=begins, ends=ends)
        if held is not None:
            parts.append(Some(parts=tuple(Word(text=one) for one in held)))
    is_exact = words == [text] and len(parts) == 1
    like = (f"%{f' {group}'.join(words)}%",) if len(words) > 1 else ()
    return Narrowed(asked=Every(parts=tuple(parts)) if parts else None, is_exact=is_exact, like=like)


def _held(connection: Connection, group: str, word: str, *, begins: bool, ends: bool) -> Sequence[str] | None:
    """The words of a group that hold ``word`` at that place; None where they are too many to ask for."""
    if begins and ends:
        return [group + word]
    pattern = f"{group}{'' if begins else '%'}{word}{'' if ends else '%'}"
    found = _learnt(connection, _begins(group) & WORDS.c.word.like(pattern), most=_MOST_HELD + 1)
    return found if len(found) <= _MOST_HELD else None
