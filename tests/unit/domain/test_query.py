"""Registry queries: what is taken, what is refused with which advice, and that text and query are one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.domain.errors import InvalidInput
from tracker.domain.query import EVERYTHING, PARAMETERS, Query, checked_query, parse_query


def test_parameters_are_read_in_any_order() -> None:
    """A query is its parameters; how they were ordered and encoded is of no matter."""
    expected = Query(parameters=(("filter.overallStatus", "RECRUITING"), ("query.cond", "liver cirrhosis")))
    assert expected == parse_query("query.cond=liver cirrhosis&filter.overallStatus=RECRUITING")
    assert expected == parse_query("?filter.overallStatus=RECRUITING&query.cond=liver+cirrhosis")
    assert expected == parse_query("query.cond=liver%20cirrhosis&filter.overallStatus=RECRUITING")


def test_a_query_is_told_as_it_was_typed() -> None:
    """What needs no encoding is shown without."""
    assert "filter.advanced=AREA[Phase]PHASE2&query.cond=head %26 neck" == str(
        parse_query("query.cond=head %26 neck&filter.advanced=AREA[Phase]PHASE2")
    )


@given(
    st.dictionaries(
        st.sampled_from([name for name in PARAMETERS if name.startswith("query.")]),
        st.text(min_size=1).map(lambda text: "".join(c for c in text if c.isprintable()).strip() + "x"),
        min_size=1,
    )
)
def test_a_query_survives_being_told(chosen: dict[str, str]) -> None:
    """parse_query undoes str, whatever the values hold."""
    query = checked_query(chosen)
    assert query == parse_query(str(query))


def test_an_expression_of_ours_joins_theirs() -> None:
    """Ours narrows theirs: both in brackets, joined by AND; without theirs it stands alone."""
    ours = "AREA[LastUpdatePostDate]RANGE[2026-11-20,MAX]"
    theirs = parse_query("filter.advanced=AREA[Phase]PHASE2 OR AREA[Phase]PHASE3&query.cond=asthma")
    assert Query(
        parameters=(
            ("filter.advanced", f"(AREA[Phase]PHASE2 OR AREA[Phase]PHASE3) AND ({ours})"),
            ("query.cond", "asthma"),
        )
    ) == theirs.joined(ours)
    assert Query(parameters=(("filter.advanced", ours),)) == EVERYTHING.joined(ours)


@pytest.mark.parametrize(
    ("text", "sentence"),
    (
        ("query.cnod=asthma", "'query.cnod' is no parameter .*did you mean query.cond"),
        ("cond=asthma", "did you mean query.cond"),
        ("overallstatus=RECRUITING", "did you mean filter.overallStatus"),
        ("bogusParam=1", "expected one of query.cond, query.term"),
        ("pageSize=5&query.cond=x", "pageSize does not choose trials"),
        ("fields=NCTId", "fields does not choose trials"),
        ("postFilter.geo=x", "write filter.geo"),
        ("aggFilters=phase:2", "whole address of the search page"),
        ("query.cond=", "query.cond in the query has no value"),
        ("query.cond=a&query.cond=b", "query.cond twice"),
        ("query.cond=head & neck", "' neck' in the query is not name=value.*%26"),
        ("", "is not name=value"),
        ("query.cond=%ff", "not percent-encoded UTF-8"),
        ("query.cond=a%0Ab", "cannot be printed"),
    ),
)
def test_what_cannot_be_meant_is_refused(text: str, sentence: str) -> None:
    """A refusal names the part and what is near or expected."""
    with pytest.raises(InvalidInput, match=sentence):
        parse_query(text)


@pytest.mark.parametrize(
    "text",
    (
        "filter.ids=NCT03460795",
        "filter.ids=NCT03460795,NCT00000001",
        "query.term=nct03460795 NCT00000001",
        "query.id=NCT03460795&filter.overallStatus=RECRUITING",
        "query.id=NCT03460795 OR NCT00000001",
        'query.term="NCT03460795"',
        "query.term=(NCT03460795) AND (NCT1)",
        "query.term=NCT03460795 NOT NCT00000001",
        "query.term=AREA[NCTId]NCT03460795",
        "filter.advanced=AREA[NCTId]NCT03460795",
        'filter.advanced=AREA[NCTId](COVERAGE[FullMatch]"NCT03460795" or NCT00000001)',
        "filter.ids=NCT03460795&filter.overallStatus=RECRUITING&filter.geo=distance(1,2,3mi)",
        "filter.ids=NCT03460795&filter.advanced=AREA[Phase]PHASE2",
        "query.cond=NCT03460795&filter.advanced=AREA[Phase]PHASE2",
        "query.cond=NCT03460795&query.term=NCT00000001",
        "query.term=\N{FULLWIDTH LATIN CAPITAL LETTER N}CT03460795",
        "query.term=NCT-03460795, NCT 00000001",
    ),
)
def test_nothing_but_ids_is_to_be_tracked(text: str) -> None:
    """Ids are no search: the registry would ignore every filter, so the advice is to track them."""
    with pytest.raises(InvalidInput, match="trialog track NCT03460795"):
        parse_query(text)


@pytest.mark.parametrize(
    "text",
    (
        "query.id=NCT03460795 OR ABC-1",
        "filter.ids=NCT03460795&query.cond=asthma",
        "query.cond=asthma&query.term=NCT03460795, NCT1",
        "query.term=NOT NCT03460795",
        "query.term=NOT (NCT03460795 OR NCT00000001)",
        "filter.advanced=AREA[NCTId]NCT03460795 AND AREA[Phase]PHASE2",
        "filter.advanced=AREA[NCTId]RANGE[NCT03460795,MAX]",
        "query.cond=NCT Heidelberg",
    ),
)
def test_ids_among_other_things_are_a_query(text: str) -> None:
    """Ids beside a search, or in an expression, are the registry's to understand."""
    assert text in (str(parse_query(text)), "&".join(reversed(str(parse_query(text)).split("&"))))
