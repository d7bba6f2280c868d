"""Keeps in step what trials are found by: the words of each one's newest record, and the day since when it holds.

It is told what was recorded after the other views were brought in step. Promises: the same rows live or replayed, in
one batch or in many. A trial that was merged into another is found by nothing, since the other is found in its place.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, and_, bindparam, select, text

from store.bulk import insert_at_once
from store.engine import dialect_named
from store.json_text import encode
from tracker.domain.search_words import LEARNT
from tracker.domain.trial_id import number_of, numbered
from tracker.domain.whereabouts import Whereabouts
from tracker.views.rows import SEARCH_WORDS, RevisionRecorded, Row
from tracker.views.tables import REVISIONS, SEARCH, TRIALS, WORDS

_NUMBERS = 10**8  # of trials on one day
_PAGE = 500

_NOW = (
    select(TRIALS.c.trial_id, TRIALS.c.revision, TRIALS.c.whereabouts, REVISIONS.c.holds_from)
    .add_columns(SEARCH.c.trial_id.label("kept"), SEARCH.c.sort_key, SEARCH.c.words)
    .join(REVISIONS, and_(REVISIONS.c.trial_id == TRIALS.c.trial_id, REVISIONS.c.revision == TRIALS.c.revision))
    .outerjoin(SEARCH, SEARCH.c.trial_id == TRIALS.c.trial_id)
    .where(TRIALS.c.trial_id.in_(bindparam("trials", expanding=True)))
)

WordsRead = dict[tuple[str, int], str]  # of a trial and the number of one of its revisions


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """How a trial is found from now on: by nothing where ``key`` is None; ``is_kept``: it has a row so far."""

    trial_id: str
    key: int | None
    words: str
    is_kept: bool


def sort_key(holds_from: str, trial_id: str) -> int:
    """What trials are ordered by: the day since when their newest record holds, then their number."""
    return date.fromisoformat(holds_from).toordinal() * _NUMBERS + number_of(trial_id)


def trial_with(key: int) -> str:
    """The trial that has this sort key."""
    return numbered(key % _NUMBERS)


def _first_place(row: Row, read: WordsRead) -> _Place:
    trial_id, holds_from = row["trial_id"], row["holds_from"]
    key, words = sort_key(holds_from, trial_id), read[trial_id, row["revision"]]
    return _Place(trial_id=trial_id, key=key, words=words, is_kept=False)


class SearchWriter:
    """Applies recorded revisions to what trials are found by, within one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def apply(self, batch: Sequence[RevisionRecorded], *, new: Sequence[Row]) -> None:
        """Apply ``batch``, whose other views are written; ``new``: the first revisions' rows of trials that are new."""
        read: WordsRead = {
            (recorded.revision.trial_id, recorded.revision.number): recorded.facts[SEARCH_WORDS]
            for recorded in batch
            if recorded.facts is not None
        }
        self._learn(read.values())
        times = Counter(recorded.revision.trial_id for recorded in batch)
        alone = [row for row in new if times[row["trial_id"]] == 1]
        places = self._places(sorted(times.keys() - {row["trial_id"] for row in alone}), read)
        places += [_first_place(row, read) for row in alone]
        self._put(sorted(places, key=lambda place: place.key or 0))

    def _learn(self, texts: Iterable[str]) -> None:
        """Keep the words that are new, all of a batch in one statement."""
        words = [word for word in set().union(*[text.split(" ") for text in texts]) if word and word[0] in LEARNT]
        if words:
            learn = f"INSERT INTO {WORDS.name} SELECT value FROM ({{texts}}) AS given WHERE true ON CONFLICT DO NOTHING"
            self._given(learn, sorted(words))

    def _places(self, trial_ids: Sequence[str], read: WordsRead) -> list[_Place]:
        """The places of those trials that are found otherwise from now on."""
        places = []
        for at in range(0, len(trial_ids), _PAGE):
            for row in self._connection.execute(_NOW, {"trials": trial_ids[at : at + _PAGE]}):
                is_merged = row.whereabouts == Whereabouts.MERGED.value
                place = _Place(
                    trial_id=row.trial_id,
                    key=None if is_merged else sort_key(row.holds_from, row.trial_id),
                    words=read.get((row.trial_id, row.revision), row.words),
                    is_kept=row.kept is not None,
                )
                if (place.key, place.words) != (row.sort_key, row.words):
                    places.append(place)
        return places

    def _put(self, places: list[_Place]) -> None:
        """One statement takes out the rows that were there, and one puts in all: see ``store.word_index``."""
        kept = [place.trial_id for place in places if place.is_kept]
        if kept:
            self._given(f"DELETE FROM {SEARCH.name} WHERE trial_id IN ({{texts}})", kept)
        rows = [(place.trial_id, place.key, place.words) for place in places]
        insert_at_once(self._connection, SEARCH, rows)

    def _given(self, statement: str, texts: Sequence[str]) -> None:
        """Run a statement in which ``{texts}`` stands for a selection of these texts."""
        selected = dialect_named(self._connection.dialect.name).json_texts
        self._connection.execute(text(statement.format(texts=selected)), {"texts": encode(texts).decode()})
