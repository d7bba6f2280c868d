"""The law of ids: a query of nothing but ids is refused however it is written, and one real condition makes it one."""

from urllib.parse import quote_plus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws import tries
from tests.properties.records import LAWFUL
from tracker.domain.errors import InvalidInput
from tracker.domain.query import ADVANCED, IDS, checked_query, parse_query
from tracker.sources.ctgov.search_address import read_query

SEARCHED = ("query.id", "query.term", "query.cond", "query.titles", "query.patient")
PARTS = ("term", "cond", "intr", "titles", "outc", "spons", "lead", "locn", "locStr")
FILTERS = {"filter.overallStatus": "RECRUITING", "filter.geo": "distance(39,-77,50mi)", "filter.synonyms": "x"}
WORDS = ("asthma", "liver cirrhosis", "AREA[Phase]PHASE2", '"head and neck"', "ABC-1", "NCT Heidelberg", "2024")
AREAS = ("AREA[NCTId]", "AREA[NCTIdAlias]", "area[NCTId]COVERAGE[FullMatch]", "AREA[SecondaryId]EXPANSION[None]")

ADVICE = r"track them instead: trialog track NCT\d"

_ids = st.integers(1, 99_999_999).map(lambda number: f"NCT{number:08}") | st.sampled_from(("NCT01", "NCT1"))
_spelled = _ids | _ids.map(str.lower) | _ids.map(str.title)
_joins = st.sampled_from((" OR ", " or ", " ", ", ", ",", " | ", "|", "; ", " AND ", "  ", " NOT "))


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        inner.map(lambda text: f"({text})"),
        inner.map(lambda text: f" {text} , "),
        st.tuples(st.sampled_from(AREAS), inner).map(lambda one: f"{one[0]}({one[1]})"),
        st.tuples(inner, _joins, inner).map("".join),
    )


_quoted = st.tuples(st.sampled_from(("", '"', "'", "“")), _spelled).map(
    lambda one: f"{one[0]}{one[1]}{'”' if one[0] == '“' else one[0]}"
)
_alone = st.tuples(st.sampled_from(("", *AREAS)), _quoted).map("".join)
DISGUISES = st.recursive(_alone, _wrapped, max_leaves=5)

QUERIES = st.builds(
    lambda searched, ids, advanced, filters: {**searched, **ids, **advanced, **filters},
    st.dictionaries(st.sampled_from(SEARCHED), DISGUISES, max_size=3),
    st.dictionaries(st.just(IDS), st.lists(_ids, min_size=1, max_size=3).map(",".join)),
    st.dictionaries(st.just(ADVANCED), DISGUISES),
    st.sets(st.sampled_from(sorted(FILTERS))).map(lambda names: {name: FILTERS[name] for name in names}),
).filter(lambda chosen: bool(chosen.keys() - FILTERS.keys()))


@settings(LAWFUL, max_examples=tries(300))
@given(chosen=QUERIES)
def test_ids_are_seen_through_every_disguise(chosen: dict[str, str]) -> None:
    """Whatever parameters hold them, joined, quoted or bracketed: refused, with the advice to track them."""
    text = "&".join(f"{name}={quote_plus(value)}" for name, value in chosen.items())
    with pytest.raises(InvalidInput, match=ADVICE):
        checked_query(chosen)
    with pytest.raises(InvalidInput, match=ADVICE):
        parse_query(text)


@settings(LAWFUL, max_examples=tries(300))
@given(chosen=QUERIES, word=st.sampled_from(WORDS), name=st.sampled_from(SEARCHED), is_first=st.booleans())
def test_one_real_condition_makes_it_a_query(chosen: dict[str, str], word: str, name: str, is_first: bool) -> None:
    """A word beside the ids, in their own parameter or in another, is a search."""
    beside = chosen.get(name)
    value = word if beside is None else " OR ".join((word, beside) if is_first else (beside, word))
    assert dict(checked_query({**chosen, name: value}).parameters)[name] == value


@settings(LAWFUL, max_examples=tries(100))
@given(
    parts=st.lists(st.tuples(st.sampled_from(PARTS), DISGUISES), min_size=1, max_size=3),
    filters=st.sampled_from(("", "&aggFilters=status:rec", "&aggFilters=phase:2,results:with")),
    word=st.sampled_from(WORDS),
)
def test_an_address_of_the_search_page_hides_no_ids(parts: list[tuple[str, str]], filters: str, word: str) -> None:
    """Copied from the page, ids alone are refused as well, and taken with a word."""
    written = "&".join(f"{name}={quote_plus(value)}" for name, value in parts)
    address = f"https://clinicaltrials.gov/search?{written}{filters}"
    with pytest.raises(InvalidInput, match="track them instead"):
        read_query(address)
    assert read_query(f"{address}&intr={quote_plus(word)}").parameters
